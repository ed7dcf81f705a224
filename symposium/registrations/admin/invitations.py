"""Admin of invitations to a category: importing a list of people, and sending the e-mails."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from symposium.core.admin.base import EditionFilter, EditionModelAdmin, EditionRelatedFilter
from symposium.registrations import invitations
from symposium.registrations.admin import audit_log
from symposium.registrations.models import Category, Invitation, Registration

MAX_FILE_BYTES = 2 * 1024 * 1024
# One request queues all of them.
MAX_MAILS = 1000


class ListForm(forms.Form):
    """Form for a list of people, pasted or uploaded."""

    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("Category"),
        help_text=gettext_lazy("The categories by invitation of this edition."),
    )  # fmt: skip
    lines = forms.CharField(
        label=gettext_lazy("The list"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto", "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "One person per line, or a list pasted from your email program or a "
            "spreadsheet: email address, name and language (fr, en or ar). If the first "
            "line has column names, other columns are ignored."
        ),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("or a file"), required=False, help_text=gettext_lazy("CSV or XLSX.")
    )

    def __init__(self, *args, edition, **kwargs):
        super().__init__(*args, **kwargs)
        found = Category.objects.filter(by_invitation=True).select_related("edition")
        self.fields["category"].queryset = found.filter(edition=edition) if edition else found

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > MAX_FILE_BYTES:
            raise ValidationError(_("This file is too large."), code="too_large")
        return file

    def clean(self):
        """Append the text of the file to the pasted text, and parse both."""
        data = self.cleaned_data
        text = data.get("lines", "")
        if data.get("file"):
            text = f"{text.rstrip()}\n{invitations.read_text(data['file'], data['file'].name)}"
        text = text.replace("\0", "").lstrip("\r\n")
        if not text.strip() and "file" not in self.errors:
            raise ValidationError(_("Paste a list or choose a file."), code="empty")
        data["text"] = text
        if data.get("category"):
            self.read = invitations.parse(text, data["category"])
        return data


class AnsweredFilter(admin.SimpleListFilter):
    title = gettext_lazy("registered")
    parameter_name = "registered"

    def lookups(self, request, model_admin):
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request, queryset):
        if self.value() in ("yes", "no"):
            return queryset.filter(has_registered=self.value() == "yes")
        return queryset


@admin.register(Invitation)
class InvitationAdmin(EditionModelAdmin):
    edition_path = "category__edition"
    change_list_template = "admin/symposium_registrations/invitation/change_list.html"
    list_display = ["email", "name", "category", "language", "sent_at", "registered"]
    list_filter = [
        EditionFilter,
        ("category", EditionRelatedFilter),
        ("sent_at", admin.EmptyFieldListFilter),
        AnsweredFilter,
        "language",
    ]
    list_select_related = ["category__edition"]
    search_fields = ["email", "name"]
    show_full_result_count = False
    fields = ["category", "email", "name", "language"]
    actions = ["send", "send_again"]

    def get_queryset(self, request):
        answers = Registration.objects.active().filter(
            user__email=OuterRef("email"), edition=OuterRef("category__edition")
        )
        return super().get_queryset(request).annotate(has_registered=Exists(answers))

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "category":
            kwargs["queryset"] = Category.objects.filter(by_invitation=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("registered"), boolean=True)
    def registered(self, invitation):
        return invitation.has_registered

    # The mails

    @admin.action(description=gettext_lazy("Send the invitation"), permissions=["change"])
    def send(self, request, queryset):
        self.send_all(request, queryset, again=False)

    @admin.action(
        description=gettext_lazy("Resend the invitation, including to people already invited"),
        permissions=["change"],
    )
    def send_again(self, request, queryset):
        self.send_all(request, queryset, again=True)

    def send_all(self, request, queryset, *, again: bool) -> None:
        number = queryset.count()
        if number > MAX_MAILS:
            text = _("Select no more than %(most)d at a time.") % {"most": MAX_MAILS}
            messages.error(request, text)
            return
        sent = sum(invitations.send(one, again=again) for one in queryset)
        if sent:
            words = ngettext("%(n)d invitation sent.", "%(n)d invitations sent.", sent)
            messages.success(request, words % {"n": sent})
            audit_log.log_action(request.user, _("Invitations"), words % {"n": sent})
        if left := number - sent:
            words = ngettext(
                "%(n)d invitation had already been sent, so it wasn’t sent again.",
                "%(n)d invitations had already been sent, so they weren’t sent again.",
                left,
            )
            messages.warning(request, words % {"n": left})

    # The list

    def get_urls(self):
        view = self.admin_site.admin_view(self.import_view)
        name = "symposium_registrations_invitation_import"
        return [path("import/", view, name=name), *super().get_urls()]

    def import_view(self, request):
        """Show the parsed list with its errors; add the valid lines, leave the rest in the form."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        edition = self.chosen_edition(request)
        form = ListForm(request.POST or None, request.FILES or None, edition=edition)
        lines = []
        if form.is_valid():
            category, lines = form.cleaned_data["category"], form.read
            if "add" in request.POST:
                self.add(request, lines, category)
                lines = [line for line in lines if line.fault]
                if not lines:
                    address = reverse("admin:symposium_registrations_invitation_changelist")
                    return redirect(f"{address}?edition={category.edition_id}")
            left = "\n".join(line.text for line in lines)
            kept = {"category": category, "lines": left}
            lines = invitations.parse(left, category)
            form = ListForm(initial=kept, edition=edition)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Invite a list of people"),
            "form": form,
            "lines": lines,
            "right": sum(not line.fault for line in lines),
            "wrong": sum(bool(line.fault) for line in lines),
        }
        name = "admin/symposium_registrations/invitation/import.html"
        return TemplateResponse(request, name, context)

    def add(self, request, lines, category) -> None:
        new = invitations.save_lines(lines, category)
        words = ngettext("%(n)d invitation added.", "%(n)d invitations added.", new)
        messages.success(request, words % {"n": new})
        if wrong := sum(bool(line.fault) for line in lines):
            words = ngettext(
                "%(n)d line wasn’t added. Correct it below.",
                "%(n)d lines weren’t added. Correct them below.",
                wrong,
            )
            messages.warning(request, words % {"n": wrong})
