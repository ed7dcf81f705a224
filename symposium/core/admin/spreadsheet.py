"""Spreadsheet export of the desk's lists, protected against formula injection."""

import re

from django import forms
from django.db.models import DateTimeField
from django.utils.text import capfirst
from import_export import resources
from import_export.admin import ExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm

STARTS_A_FORMULA = re.compile(r'[\s"]*[=+\-@＝＋－＠]')
# Parts of a cell between characters that some locales of a spreadsheet take as separators.
LIST_ITEM = re.compile(r"[^;\t\r\n]+")
PHONE_NUMBER = re.compile(r"\+[\d ().\u00a0-]+")
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escape_formula(value):
    """Return the value with an apostrophe before each part that would run as a formula.

    The parts of a text are separated by semicolons, tabs and line ends. Quotation marks around the
    cell give no protection: the French Excel expects semicolons as separators in a CSV file, does
    not recognise quotation marks in the middle of a cell, and splits the text there. The apostrophe
    then comes first in each part. A phone number such as “+212 5…” stays unchanged.
    """
    if not isinstance(value, str):
        return value
    return LIST_ITEM.sub(lambda part: escape_list(part[0]), UNWRITABLE.sub("", value))


def escape_list(text: str) -> str:
    runs = STARTS_A_FORMULA.match(text) and not PHONE_NUMBER.fullmatch(text.strip())
    return f"'{text}" if runs else text


class ExportResource(resources.ModelResource):
    """Export of one row per object: times in the edition's zone, translated headings."""

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


class DeskExportForm(ExportForm):
    """Form of an export whose first format is chosen."""

    def __init__(self, formats, resources, **kwargs):
        super().__init__(formats, resources, **kwargs)
        field = self.fields["format"]
        field.widget = forms.RadioSelect()
        field.choices = [(str(n), one().get_title().upper()) for n, one in enumerate(formats)]
        field.initial = "0"


class DeskExportMixin(ExportMixin):
    formats = [XLSX, CSV]
    export_form_class = DeskExportForm
    # Without the byte order mark, a spreadsheet misreads the Arabic text of a CSV file.
    to_encoding = "utf-8-sig"

    def init_request_context_data(self, request, form):
        """Name the columns as the file does."""
        context = super().init_request_context_data(request, form)
        resources = self.get_export_resource_classes(request)
        made = [resource(**self.get_export_resource_kwargs(request)) for resource in resources]
        columns = [heading for resource in made for heading in resource.get_export_headers()]
        return context | {"columns": columns}
