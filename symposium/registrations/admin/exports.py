"""Export of registrations to a file: permissions, and the entry in the audit log."""

import tempfile
from collections.abc import Collection

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from symposium.core.admin.spreadsheet import DeskExportMixin
from symposium.registrations import spreadsheet_export
from symposium.registrations.admin import audit_log

# Filters whose values identify nobody. A search or a lookup typed in the URL may contain a name,
# and the erasure of a person's data would not find it in the audit log.
IMPERSONAL = {
    "state__exact", "category__id__exact", "checked_in", "session", "role__exact", "country",
}  # fmt: skip
HIDDEN = "…"
# A larger file goes to disk.
MAX_MEMORY_BYTES = 2 * 1024 * 1024


class ExportForm(forms.Form):
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[("xlsx", gettext_lazy("Excel workbook (XLSX)")), ("csv", "CSV")],
        widget=forms.RadioSelect, initial="xlsx",
    )  # fmt: skip
    needs = forms.BooleanField(
        label=gettext_lazy("Include accessibility needs"), required=False,
        help_text=gettext_lazy("Health data. Include it only if you’re preparing on-site support."),
    )  # fmt: skip

    def __init__(self, *args, may_read_needs: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_read_needs:
            del self.fields["needs"]


class RegistrationExportMixin(DeskExportMixin):
    """Export of the filtered list, with the answers as columns."""

    def has_export_permission(self, request):
        may = request.user.has_perm("symposium_registrations.export_registration")
        return may and self.has_view_permission(request)

    def export_action(self, request):
        if not self.has_export_permission(request):
            raise PermissionDenied
        queryset = self.get_export_queryset(request)
        may_read_needs = request.user.has_perm("symposium_registrations.view_accessibility_needs")
        form = ExportForm(request.POST or None, may_read_needs=may_read_needs)
        if form.is_valid():
            return self.file(request, queryset, **form.cleaned_data)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Export the list"),
            "form": form,
            "number": queryset.count(),
            "filters": self.filters_in_words(request),
        }
        name = "admin/symposium_registrations/registration/export.html"
        return TemplateResponse(request, name, context)

    def file(self, request, queryset, *, format: str, needs: bool = False) -> FileResponse:
        edition = self.chosen_edition(request)
        editions = [edition] if edition else self.editions.all()
        columns = spreadsheet_export.columns(editions, with_needs=needs)
        file = tempfile.SpooledTemporaryFile(max_size=MAX_MEMORY_BYTES)  # noqa: SIM115 (sent, then closed)
        number = spreadsheet_export.FORMATS[format](
            spreadsheet_export.rows(columns, spreadsheet_export.lines(queryset)), file
        )
        self.note_export(request, format, number, needs=needs)
        file.seek(0)
        name = f"registrations-{edition.slug if edition else 'all'}.{format}"
        return FileResponse(
            file,
            as_attachment=True,
            filename=name,
            content_type=spreadsheet_export.CONTENT_TYPES[format],
        )

    def note_export(self, request, format: str, number: int, *, needs: bool) -> None:
        words = ngettext(
            "%(n)d registration exported as %(format)s. Filter: %(filter)s.",
            "%(n)d registrations exported as %(format)s. Filter: %(filter)s.",
            number,
        )
        chosen = self.filters_in_words(request, told=IMPERSONAL)
        text = words % {"n": number, "format": format.upper(), "filter": chosen}
        if needs:
            text += " " + _("Includes accessibility needs.")
        audit_log.log_action(request.user, _("Export of registrations"), text)

    def filters_in_words(self, request, told: Collection[str] | None = None) -> str:
        """Describe the filters of the list, as in its URL.

        `told` names the parameters whose values are shown; None shows all values.
        """
        edition = self.chosen_edition(request)
        chosen = QueryDict(mutable=True)
        chosen.update(request.GET)
        for name in ("edition", "_changelist_filters", "o", "p"):
            chosen.pop(name, None)
        words = [str(edition) if edition else _("all editions")]
        for name, value in chosen.items():
            words.append(f"{name} = {value if told is None or name in told else HIDDEN}")
        return ", ".join(words)
