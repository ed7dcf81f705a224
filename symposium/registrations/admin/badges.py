"""Actions that print a paper for each selected person: a badge, or an invitation letter."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from symposium.editions.models import Edition
from symposium.editions.previews import changes_of
from symposium.registrations.admin import audit_log
from symposium.registrations.documents import letters, tickets
from symposium.registrations.documents.samples import sample_registration
from symposium.registrations.models import Registration

# One request prints all of them.
MAX_BADGES = 1000


@dataclass(frozen=True)
class Paper:
    """Kind of paper: its `name` is that of the action, `log` says what was printed."""

    name: str
    title: str | Promise
    nobody: str | Promise
    label: str | Promise
    log: str | Promise
    render: Callable[[Collection[Registration], str], bytes]


BADGES = Paper(
    "badges",
    gettext_lazy("Print badges"),
    gettext_lazy("Badges are for confirmed on-site registrations. None of those selected qualify."),
    gettext_lazy("Badges"),
    gettext_lazy("Badges printed: %(n)d."),
    tickets.badges_pdf,
)
LETTERS = Paper(
    "letters",
    gettext_lazy("Print invitation letters"),
    gettext_lazy(
        "Letters are for confirmed on-site registrations. None of those selected qualify."
    ),
    gettext_lazy("Invitation letters"),
    gettext_lazy("Letters printed: %(n)d."),
    letters.letters_pdf,
)


class PaperForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)


class BadgesMixin(admin.ModelAdmin):
    def get_urls(self):
        view = self.admin_site.admin_view(self.badge_view)
        name = "symposium_registrations_registration_badge"
        return [path("badge/<int:edition>.pdf", view, name=name), *super().get_urls()]

    def badge_view(self, request: HttpRequest, edition: int) -> HttpResponse:
        """Return the badge of a person who doesn't exist, with the looks that are tried."""
        if not request.user.has_perm("symposium_editions.change_edition"):
            raise PermissionDenied
        tried = get_object_or_404(Edition, pk=edition)
        for field, value in changes_of(request).items():
            setattr(tried, field, value)
        registration = sample_registration(tried)
        registration.updated_at = timezone.now()
        content = tickets.badges_pdf([registration], get_language())
        return HttpResponse(content, content_type="application/pdf")

    @admin.action(description=BADGES.title, permissions=["change"])
    def badges(self, request, queryset):
        return self.papers(request, queryset, BADGES)

    @admin.action(description=LETTERS.title, permissions=["change"])
    def letters(self, request, queryset):
        return self.papers(request, queryset, LETTERS)

    def papers(self, request, queryset, paper: Paper):
        """Show how many papers there are and who is left out; on the next step, return the PDF."""
        people = queryset.prefetch_related(None)
        coming = people.confirmed().filter(category__on_site=True).with_details()
        number = coming.count()
        if not number:
            messages.error(request, paper.nobody)
            return None
        if coming.order_by().values("edition").distinct().count() > 1:
            messages.error(request, _("Select people from one edition."))
            return None
        if number > MAX_BADGES:
            text = _("Select no more than %(most)d at a time.") % {"most": MAX_BADGES}
            messages.error(request, text)
            return None
        form = PaperForm(
            request.POST if "decided" in request.POST else None,
            initial={"language": get_language()},
        )
        if form.is_valid():
            in_order = list(coming.order_by("family_name", "given_name", "pk"))
            return self.papers_file(request, in_order, form.cleaned_data["language"], paper)
        context = {
            "form": form,
            "title": paper.title,
            "action": paper.name,
            "left_out": people.count() - number,
        }
        return self.asked(request, coming, context)

    def papers_file(self, request, people: list, language: str, paper: Paper) -> HttpResponse:
        content = paper.render(people, language)
        audit_log.log_action(request.user, str(paper.label), str(paper.log) % {"n": len(people)})
        name = f"{paper.name}-{timezone.localtime():%Y-%m-%d-%H%M}.pdf"
        return HttpResponse(
            content, content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip
