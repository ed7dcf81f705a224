"""Programme changes for organisers: since a moment that they choose, day by day."""

import datetime
from itertools import groupby

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from symposium.editions.models import Edition
from symposium.sessions import changes
from symposium.sessions.models import Announcement

ONE_DAY = datetime.timedelta(days=1)
# The value of <input type="datetime-local">, in both directions.
INPUT_FORMAT = "%Y-%m-%dT%H:%M"


class AnnouncementForm(forms.Form):
    """Form with one moment, in the time zone of the edition, which the view activates."""

    moment = forms.DateTimeField(
        input_formats=[INPUT_FORMAT, f"{INPUT_FORMAT}:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=INPUT_FORMAT),
    )

    def __init__(self, label: str, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["moment"].label = label


class ChangesMixin(admin.ModelAdmin):
    def changelist_view(self, request, extra_context=None):
        edition = self.chosen_edition(request)
        query = {"changes_query": f"edition={edition.pk}" if edition else ""}
        return super().changelist_view(request, query | (extra_context or {}))

    def get_urls(self):
        view = self.admin_site.admin_view(self.changes_view)
        name = "symposium_sessions_session_changes"
        return [path("changes/", view, name=name), *super().get_urls()]

    def changes_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        edition = self.working_edition(request)
        if edition is None:
            raise Http404
        with timezone.override(edition.zone):
            if request.method == "POST":
                return self.announce(request, edition)
            return self.changes_page(request, edition)

    def announce(self, request: HttpRequest, edition: Edition) -> HttpResponse:
        """Set the moment since which readers see changes."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = AnnouncementForm(_("Announced"), request.POST)
        if not form.is_valid():
            return self.changes_page(request, edition, announced=form)
        at = form.cleaned_data["moment"]
        Announcement.objects.update_or_create(edition=edition, defaults={"at": at})
        self.log_change(request, edition, f"{_('Announced')}: {at:%Y-%m-%d %H:%M}")
        messages.success(request, _("Saved. Readers will see changes made since then."))
        name = reverse("admin:symposium_sessions_session_changes")
        return redirect(f"{name}?edition={edition.pk}")

    def changes_page(
        self, request: HttpRequest, edition: Edition, announced: AnnouncementForm | None = None
    ) -> HttpResponse:
        known = Announcement.objects.filter(edition=edition).first()
        since = timezone.localtime() - ONE_DAY
        asked = {"moment": request.GET.get("moment") or since.strftime(INPUT_FORMAT)}
        form = AnnouncementForm(_("Since"), asked)
        shifts = (
            changes.changes_since(edition, form.cleaned_data["moment"]) if form.is_valid() else []
        )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Programme changes"),
            "shown": edition,
            "form": form,
            "announced": announced
            or AnnouncementForm(_("Announced"), initial={"moment": known and known.at}),
            "may_announce": self.has_change_permission(request),
            "days": by_day_of_programme(edition, shifts),
        }
        name = "admin/symposium_sessions/session/changes.html"
        return TemplateResponse(request, name, context).render()


def by_day_of_programme(edition: Edition, shifts: list[changes.SessionChange]) -> list[tuple]:
    """Return (day, changes) pairs in programme order.

    The day is the session's present day, or its former day if it has none now, or None.
    """

    def day(shift: changes.SessionChange) -> datetime.date | None:
        start = shift.last.new_starts_at or shift.first.old_starts_at
        return start.astimezone(edition.zone).date() if start else None

    def order(shift: changes.SessionChange) -> tuple:
        start = shift.last.new_starts_at or shift.first.old_starts_at
        return (start is None, start.timestamp() if start else 0)

    return [(date, list(found)) for date, found in groupby(sorted(shifts, key=order), key=day)]
