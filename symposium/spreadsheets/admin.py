"""Pages of the desk for imports: file, columns, preview, and what was imported lately."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from symposium.core.admin.base import EditionFilter, EditionModelAdmin, db_error_message
from symposium.registrations.admin import audit_log
from symposium.spreadsheets import imports, photos, undo, workbooks
from symposium.spreadsheets.models import Import
from symposium.spreadsheets.pages import Preview
from symposium.spreadsheets.registry import SHEETS

TEMPLATE = "admin/symposium_spreadsheets/import.html"
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class FileForm(forms.Form):
    file = forms.FileField(
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.tsv,.txt,.json"})
    )


class PhotosForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("ZIP file"), widget=forms.FileInput(attrs={"accept": ".zip"})
    )
    partial = forms.BooleanField(
        label=gettext_lazy("Leave out the files that are of nobody, or no photos"), required=False
    )


def open_kinds(user) -> list[str]:
    """Return the kinds of sheets that the user may import."""
    return [kind for kind, sheet in SHEETS.items() if sheet.is_open_to(user)]


def readable_kinds(user) -> list[str]:
    """Return the kinds of sheets whose objects the user may see."""
    return [kind for kind, sheet in SHEETS.items() if sheet.may_export(user)]


@admin.register(Import)
class ImportAdmin(EditionModelAdmin):
    """The imports of the last days, and the pages of a new one."""

    list_display = ["text", "created_at", "user", "told", "undo_shown"]
    list_display_links = ["text"]
    list_filter = [EditionFilter]
    list_select_related = ["user"]
    ordering = ["-created_at"]
    actions = None

    def has_module_permission(self, request):
        return bool(open_kinds(request.user))

    def has_view_permission(self, request, obj=None):
        return bool(open_kinds(request.user))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        """Return the applied imports, and the previews of the user."""
        mine = super().get_queryset(request)
        found = mine.filter(kind__in=open_kinds(request.user))
        return found.exclude(applied_at=None) | found.filter(applied_at=None, user=request.user)

    @admin.display(description=_("file"), ordering="file_name")
    def text(self, obj):
        return super().text(obj)

    @admin.display(description=_("what it wrote"))
    def told(self, obj):
        if not obj.applied_at:
            return _("not imported yet")
        return sentence(obj.counts)

    @admin.display(description=_("undo"))
    def undo_shown(self, obj):
        if obj.undone_at:
            return _("undone")
        return _("possible") if obj.can_be_undone else ""

    # Addresses

    def get_urls(self):
        def named(route, view, name):
            full = f"symposium_spreadsheets_import_{name}"
            return path(route, self.admin_site.admin_view(view), name=full)

        return [
            named("new/<slug:kind>/", self.new_view, "new"),
            named("export/<slug:kind>.<slug:ending>", self.export_view, "export"),
            named("photos/", self.photos_view, "photos"),
            named("template/<slug:kind>.xlsx", self.template_view, "template"),
            named("<int:pk>/change/", self.preview_view, "change"),
            named("<int:pk>/undo/", require_POST(self.undo_view), "undo"),
            *super().get_urls(),
        ]

    def sheet(self, kind: str, allowed: list[str]):
        if kind not in SHEETS:
            raise Http404
        if kind not in allowed:
            raise PermissionDenied
        return SHEETS[kind]

    # The file

    def new_view(self, request, kind):
        """Read a file and show its preview."""
        sheet = self.sheet(kind, open_kinds(request.user))
        edition = self.working_edition(request)
        form = FileForm(request.POST or None, request.FILES or None)
        problem = ""
        if request.method == "POST" and edition:
            try:
                if not form.is_valid():
                    raise ValidationError(_("Choose a file."), code="file")
                made = imports.start(edition, request.user, kind, form.cleaned_data["file"])
                return redirect("admin:symposium_spreadsheets_import_change", made.pk)
            except ValidationError as error:
                problem = " ".join(error.messages)
            except OperationalError as error:
                problem = db_error_message(error)
        return self.page(request, kind, sheet, edition, problem=problem, form=form)

    def page(self, request, kind, sheet, edition, **context):
        context = {
            **self.admin_site.each_context(request),
            "opts": sheet.model._meta,
            "kind": kind,
            "edition": edition,
            "title": _("Import: %(things)s") % {"things": sheet.label},
            "number": sheet.objects(edition).count() if edition else 0,
            "may_export": kind in readable_kinds(request.user),
            "kinds": [(one, SHEETS[one].label) for one in open_kinds(request.user)],
            "made": None,
        } | context
        return TemplateResponse(request, TEMPLATE, context)

    # The preview

    def made(self, request, pk) -> Import:
        """Return an import whose kinds the user may all import; a preview is its owner's."""
        found = get_object_or_404(Import.objects.select_related("edition", "user"), pk=pk)
        kinds = {one["kind"] for one in [*found.choices.get("tables", ()), *found.written]}
        if not (kinds - {""} | {found.kind}) <= set(open_kinds(request.user)):
            raise PermissionDenied
        if not found.applied_at and found.user_id != request.user.pk:
            raise PermissionDenied
        return found

    def preview_view(self, request, pk):
        made = self.made(request, pk)
        if made.applied_at:
            return self.done_page(request, made)
        with timezone.override(made.edition.zone):
            if request.method == "POST":
                return self.report_db_errors(self.decide, request, made)
            if made.preview.get("language") != get_language():
                imports.refresh(made)
            shown = Preview(made, request.GET.get("show", ""))
            sheet = SHEETS[made.kind]
            return self.page(
                request, made.kind, sheet, made.edition, made=made, shown=shown, form=FileForm()
            ).render()

    def decide(self, request, made):
        """Take what the form says, then check again, leave rows out, or import."""
        address = redirect("admin:symposium_spreadsheets_import_change", made.pk)
        shown = Preview(made, "")
        is_changed = shown.take(request.POST, open_kinds(request.user))
        if "without" in request.POST:
            shown.leave_refused_out()
            is_changed = True
        if is_changed or "apply" not in request.POST:
            imports.refresh(made)
            if "apply" in request.POST:
                messages.warning(request, _("Your choices changed the preview. Check it first."))
            return address
        try:
            done = imports.apply(made, request.user)
        except imports.Changed:
            words = _("The edition has changed since this preview. Here is what it would do now.")
            messages.warning(request, words)
            return address
        if done:
            messages.success(request, _("Imported. %(what)s") % {"what": sentence(made.counts)})
        else:
            messages.error(request, _("Nothing was imported: some rows are refused."))
        return address

    def done_page(self, request, made):
        opts = SHEETS[made.kind].model._meta
        context = {
            **self.admin_site.each_context(request),
            "opts": opts,
            "title": made.file_name,
            "made": made,
            "told": sentence(made.counts),
            "list_url": reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
            + f"?edition={made.edition_id}",
        }
        name = "admin/symposium_spreadsheets/imported.html"
        return TemplateResponse(request, name, context)

    def undo_view(self, request, pk):
        made = self.made(request, pk)
        try:
            number = undo.undo(made, request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            words = ngettext("Undone: %(n)d object.", "Undone: %(n)d objects.", number)
            messages.success(request, words % {"n": number})
        return redirect("admin:symposium_spreadsheets_import_change", made.pk)

    # Photos

    def photos_view(self, request):
        """Give the speakers of the edition the photos of a ZIP."""
        sheet = SHEETS["speakers"]
        edition = self.working_edition(request)
        if not sheet.allows(request.user, "change"):
            raise PermissionDenied
        form = PhotosForm(request.POST or None, request.FILES or None)
        problems = []
        if edition and form.is_valid():
            file, partial = form.cleaned_data["file"], form.cleaned_data["partial"]
            try:
                number = photos.save_photos(edition, file, file.size, partial=partial)
            except ValidationError as error:
                problems = error.messages
            else:
                words = ngettext("%(n)d photo added.", "%(n)d photos added.", number)
                messages.success(request, words % {"n": number})
                return redirect("admin:symposium_speakers_speaker_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": sheet.model._meta,
            "title": _("Photos of speakers"),
            "edition": edition,
            "form": form,
            "problems": problems,
        }
        return TemplateResponse(request, "admin/symposium_spreadsheets/photos.html", context)

    # Files to download

    def export_view(self, request, kind, ending):
        """Return the objects of the edition in the columns that an import reads."""
        self.sheet(kind, readable_kinds(request.user))
        edition = self.working_edition(request)
        if ending not in TYPES or not edition:
            raise Http404
        if kind == "registrations":
            words = _("All registrations of the edition, to be changed.")
            audit_log.log_action(request.user, _("Export of registrations"), words)
        with timezone.override(edition.zone):
            content = (
                workbooks.xlsx_bytes([kind], edition)
                if ending == "xlsx"
                else workbooks.csv_bytes(kind, edition)
            )
        return attachment(content, f"{kind}-{edition.slug}.{ending}", TYPES[ending])

    def template_view(self, request, kind):
        """Return the empty workbook: the kind of the page first, then those that it names."""
        sheet = self.sheet(kind, open_kinds(request.user))
        edition = self.working_edition(request)
        if not edition:
            raise Http404
        kinds = [kind, *(one for one in sheet.needs if one in open_kinds(request.user))]
        content = workbooks.xlsx_bytes(kinds, edition, is_template=True)
        return attachment(content, f"{kind}-{edition.slug}-template.xlsx", TYPES["xlsx"])


def attachment(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def sentence(counts: dict[str, int]) -> str:
    """Return the numbers of an import in words."""
    return _("New: %(new)d. Changed: %(changed)d. Unchanged: %(same)d.") % {
        "new": counts.get("new", 0),
        "changed": counts.get("changed", 0),
        "same": counts.get("same", 0),
    }
