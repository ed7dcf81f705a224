"""Action that prints name badges for the selected registrations."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from symposium.registrations.admin import audit_log
from symposium.registrations.documents import tickets

# One request prints all of them.
MAX_BADGES = 1000


class BadgesForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the badges"), choices=settings.LANGUAGES
    )


class BadgesMixin(admin.ModelAdmin):
    @admin.action(description=gettext_lazy("Print badges"), permissions=["change"])
    def badges(self, request, queryset):
        """Show how many badges there are and who is left out; on the next step, return the PDF."""
        people = queryset.prefetch_related(None)
        coming = people.confirmed().filter(category__on_site=True).with_details()
        number = coming.count()
        if not number:
            text = _(
                "Badges are for confirmed on-site registrations. None of those selected qualify."
            )
            messages.error(request, text)
            return None
        if coming.order_by().values("edition").distinct().count() > 1:
            messages.error(request, _("Select people from one edition."))
            return None
        if number > MAX_BADGES:
            text = _("Select no more than %(most)d at a time.") % {"most": MAX_BADGES}
            messages.error(request, text)
            return None
        form = BadgesForm(
            request.POST if "decided" in request.POST else None,
            initial={"language": get_language()},
        )
        if form.is_valid():
            in_order = coming.order_by("family_name", "given_name", "pk")
            return self.badges_file(request, list(in_order), form.cleaned_data["language"])
        context = {
            "form": form,
            "title": _("Print badges"),
            "action": "badges",
            "badges": number,
            "left_out": people.count() - number,
        }
        return self.asked(request, coming, context)

    def badges_file(self, request, people: list, language: str) -> HttpResponse:
        content = tickets.badges_pdf(people, language)
        audit_log.log_action(
            request.user, _("Badges"), _("Badges printed: %(n)d.") % {"n": len(people)}
        )
        name = f"badges-{timezone.localtime():%Y-%m-%d-%H%M}.pdf"
        return HttpResponse(
            content, content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip
