"""Release of the draft for organisers: what it would change, then the release itself."""

from collections.abc import Collection

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from symposium.core.admin.base import EditionModelAdmin, db_error_message, name_list
from symposium.core.i18n.localized import LANGUAGE_NAMES, LANGUAGES
from symposium.core.i18n.typography import direction
from symposium.editions.models import Edition
from symposium.sessions import releases
from symposium.sessions.changes_admin import by_day_of_programme
from symposium.sessions.models import Release, Session
from symposium.speakers.models import Speaker


class ReleaseForm(forms.ModelForm):
    """Public note in each language, and the keys of the moves that the organiser has seen."""

    moves = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Release
        fields = [f"note_{code}" for code in LANGUAGES]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for code in LANGUAGES:
            field = self.fields[f"note_{code}"]
            field.label = LANGUAGE_NAMES[code].capitalize()
            field.help_text = ""
            field.widget = forms.Textarea(
                {"rows": 2, "maxlength": 1000, "lang": code, "dir": direction(code)}
            )

    def clean_moves(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["moves"].split(",") if key.isdecimal()]

    @property
    def notes(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"note_{code}"] or "" for code in LANGUAGES}


class ReleaseMixin(EditionModelAdmin):
    """Mixin with the page of the release; `audiences` and `seats_taken` know who is concerned."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.release_view)
        name = "symposium_sessions_session_release"
        return [path("release/", view, name=name), *super().get_urls()]

    def audiences(self, keys: Collection[int]) -> list[str]:
        """Return sentences about the people whom a change of the sessions `keys` concerns."""
        speakers = Speaker.objects.filter(participations__session__in=keys).distinct()
        names = list(speakers.order_by("pk"))
        words = ngettext(
            "%(n)d speaker, not told by email: %(names)s.",
            "%(n)d speakers, not told by email: %(names)s.",
            len(names),
        )
        return [words % {"n": len(names), "names": name_list(names)}] if names else []

    def seats_taken(self, keys: Collection[int]) -> dict[int, int]:
        """Return the number of seats taken in each of the sessions `keys` that have any."""
        return {}

    def report_consequences(self, request, sessions, *, published: bool = False) -> None:
        """Show messages about effects on readers that organisers may not expect."""

    def release_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        edition = self.working_edition(request)
        if edition is None:
            raise Http404
        with timezone.override(edition.zone):
            if request.method != "POST":
                return self.release_page(request, edition, ReleaseForm())
            form = ReleaseForm(request.POST)
            if form.is_valid() and self.make_release(request, edition, form):
                return redirect(self.planner_url(edition))
            return self.release_page(request, edition, form)

    def planner_url(self, edition: Edition) -> str:
        name = reverse("admin:symposium_sessions_session_planner")
        return f"{name}?edition={edition.pk}"

    def make_release(self, request, edition: Edition, form: ReleaseForm) -> bool:
        keys = form.cleaned_data["moves"]
        try:
            made = releases.release(edition, request.user, keys, form.notes)
        except ValidationError as refused:
            form.add_error(None, refused)
            return False
        except (IntegrityError, OperationalError) as error:
            messages.error(request, db_error_message(error))
            return False
        self.report_release(request, edition, made, len(keys))
        return True

    def report_release(
        self, request: HttpRequest, edition: Edition, made: Release, asked: int
    ) -> None:
        self.log_change(request, edition, f"{Release._meta.verbose_name}: {made.number}")
        messages.success(request, _("Version %(n)s is public.") % {"n": made.number})
        if late := edition.moves.count():
            words = ngettext(
                "%(n)d move stays in the draft.", "%(n)d moves stay in the draft.", late
            )
            messages.warning(request, words % {"n": late})
        found = Session.objects.filter(changes__release=made)
        self.report_consequences(request, found.distinct())

    def release_page(
        self, request: HttpRequest, edition: Edition, form: ReleaseForm
    ) -> HttpResponse:
        sessions = releases.moved_sessions(edition)
        if (alone := request.GET.get("session", "")).isdecimal():
            sessions = sessions.filter(pk=alone)
        preview = releases.preview(edition, sessions)
        seats = self.seats_taken(preview.public_keys)
        for shift in preview.changes:
            shift.session.seats = seats.get(shift.session.pk)
        form.initial["moves"] = keys = ",".join(map(str, preview.keys))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Release version %(n)s") % {"n": preview.number},
            "shown": edition,
            "preview": preview,
            "days": by_day_of_programme(edition, preview.changes),
            "form": form,
            "keys": keys,
            "audiences": self.audiences(preview.public_keys),
            "planner_url": self.planner_url(edition),
        }
        name = "admin/symposium_sessions/session/release.html"
        return TemplateResponse(request, name, context).render()
