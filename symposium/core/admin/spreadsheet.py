"""Lists that organisers take away as a spreadsheet, with nothing in them that it would run."""

import re

from django.db.models import DateTimeField
from django.utils.text import capfirst
from import_export import resources
from import_export.admin import ExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm

STARTS_A_FORMULA = re.compile(r'[\s"]*[=+\-@＝＋－＠]')
# Where a spreadsheet set up for another country may cut a cell in two.
LIST_ITEM = re.compile(r"[^;\t\r\n]+")
PHONE_NUMBER = re.compile(r"\+[\d ().\u00a0-]+")
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escape_formula(value):
    """The value as it may stand in a cell: what would run as a formula has an apostrophe before.

    So has each part of it after a semicolon, a tab or the end of a line. Quotation marks around
    the cell would not hold: a French Excel, which expects semicolons in a CSV file, takes those in
    the middle of what it reads as one cell for letters, and cuts inside them. Where it cuts, the
    apostrophe stands first. A phone number is no formula: « +212 5… » stays whole.
    """
    if not isinstance(value, str):
        return value
    return LIST_ITEM.sub(lambda part: escape_list(part[0]), UNWRITABLE.sub("", value))


def escape_list(text: str) -> str:
    runs = STARTS_A_FORMULA.match(text) and not PHONE_NUMBER.fullmatch(text.strip())
    return f"'{text}" if runs else text


class ExportResource(resources.ModelResource):
    """A row for each object; times are local to its edition, headings in the reader's language."""

    def export_field(self, field, instance, **kwargs):
        value = field.get_value(instance)
        if isinstance(find_field(self._meta.model, field.attribute), DateTimeField) and value:
            return value.astimezone(instance.edition.zone).strftime("%Y-%m-%d %H:%M")
        return escape_formula(super().export_field(field, instance, **kwargs))

    def get_export_headers(self, selected_fields=None):
        return [self.heading(field) for field in self.get_export_fields(selected_fields)]

    def heading(self, field) -> str:
        model_field = find_field(self._meta.model, field.attribute)
        return str(capfirst(model_field.verbose_name if model_field else field.column_name))


def find_field(model, name: str | None):
    return next((field for field in model._meta.fields if field.name == name), None)


class DeskExportMixin(ExportMixin):
    formats = [XLSX, CSV]
    export_form_class = ExportForm
    # Without this mark a spreadsheet reads Arabic in a CSV file as noise.
    to_encoding = "utf-8-sig"
