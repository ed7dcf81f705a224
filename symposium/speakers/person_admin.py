"""Returning speakers at the desk: copied from earlier editions, joined as one person."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from symposium.core.admin.base import EditionModelAdmin, db_error_message
from symposium.speakers import person
from symposium.speakers.models import Speaker

TEMPLATE = "admin/symposium_speakers/speaker/earlier.html"
URL_NAME = "symposium_speakers_speaker_earlier"
MAX_SHOWN = 100


class PersonMixin(EditionModelAdmin):
    """Admin of speakers with the page “From an earlier edition” and the actions on one person."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.earlier_view)
        return [path("earlier/", view, name=URL_NAME), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        context = {}
        edition = self.chosen_edition(request)
        if edition and self.has_add_permission(request):
            context = {"earlier_url": f"{reverse(f'admin:{URL_NAME}')}?edition={edition.pk}"}
        return super().changelist_view(request, context | (extra_context or {}))

    def earlier_view(self, request: HttpRequest) -> HttpResponse:
        """Search the speakers of earlier editions, and copy those that are ticked."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        edition = self.working_edition(request)
        if edition is None:
            raise Http404
        asked = request.GET.get("q", "").strip()
        found = person.of_earlier_editions(edition, asked)
        if request.method == "POST" and self.bring_back(request, edition, found):
            changelist = reverse("admin:symposium_speakers_speaker_changelist")
            return redirect(f"{changelist}?edition={edition.pk}")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Speakers from earlier editions"),
            "into": edition,
            "asked": asked,
            "ticked": request.POST.getlist("speakers"),
            "speakers": found[:MAX_SHOWN],
            "left_out": max(found.count() - MAX_SHOWN, 0),
        }
        return TemplateResponse(request, TEMPLATE, context)

    def bring_back(self, request: HttpRequest, edition, found) -> bool:
        """Copy the ticked speakers and return True, or show why not."""
        ticked = [number for number in request.POST.getlist("speakers") if number.isdecimal()]
        chosen = list(found.filter(pk__in=ticked))
        if not chosen:
            messages.error(request, _("Select at least one person."))
            return False
        try:
            twins = person.bring_back(
                edition, Speaker.objects.filter(pk__in=[s.pk for s in chosen])
            )
        except (IntegrityError, OperationalError) as error:
            messages.error(request, db_error_message(error))
            return False
        for twin in twins:
            self.log_addition(request, twin, [{"added": {}}])
        words = ngettext(
            "%(n)d speaker copied. Check it, then publish it.",
            "%(n)d speakers copied. Check them, then publish them.",
            len(twins),
        )
        messages.success(request, words % {"n": len(twins)})
        return True

    @admin.display(description=_("other editions"))
    def other_editions(self, speaker):
        """Return links to the same person at other editions."""
        if not speaker.pk:
            return "–"
        links = (
            (reverse("admin:symposium_speakers_speaker_change", args=[one.pk]), one.edition.slug,
             one.name_and_affiliation)
            for one in Speaker.objects.same_person(speaker)
        )  # fmt: skip
        return (
            format_html_join("", '<a class="line" href="{}">{} · <bdi>{}</bdi></a>', links) or "–"
        )

    @admin.action(description=_("This is one person, at several editions"), permissions=["change"])
    def join(self, request, queryset):
        speakers = Speaker.objects.filter(pk__in=list(queryset.values_list("pk", flat=True)))
        if self.done(request, person.join, speakers):
            for speaker in speakers:
                self.log_change(request, speaker, str(_("Joined with the same person.")))
            messages.success(
                request, _("Joined. Their pages list the sessions of all these editions.")
            )

    @admin.action(
        description=_("This is another person than at other editions"), permissions=["change"]
    )
    def separate(self, request, queryset):
        for speaker in queryset:
            if self.done(request, person.separate, speaker):
                self.log_change(request, speaker, str(_("Separated from other editions.")))
                words = _("“%(speaker)s” is no longer joined with other editions.")
                messages.success(request, words % {"speaker": speaker})

    def done(self, request, verb, *arguments) -> bool:
        """Call `verb` and return True, or show the reason and return False."""
        try:
            verb(*arguments)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        except (IntegrityError, OperationalError) as error:
            messages.error(request, db_error_message(error))
        else:
            return True
        return False
