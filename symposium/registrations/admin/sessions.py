"""Sessions again, with their places: what the programme's own page of them knows nothing of."""

from django.contrib import admin
from django.db import transaction
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from symposium.core.admin.base import DeskAdmin, EditionFilter
from symposium.registrations import places
from symposium.registrations.admin.mixins import (
    NAMED,
    OwnerAdmin,
    ReadOnly,
    chip,
    listed,
    number_of,
)
from symposium.registrations.models import Booking
from symposium.sessions.admin import SessionAdmin as ProgrammeSessionAdmin
from symposium.sessions.models import Session

admin.site.unregister(Session)


@admin.register(Session)
class SessionAdmin(OwnerAdmin, ProgrammeSessionAdmin):
    list_display = [
        *ProgrammeSessionAdmin.list_display[:-1],
        "booked",
        "waiting",
        "languages_filled",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(
            booked_count=number_of(Booking.objects.holding(), "session"),
            waiting_count=number_of(Booking.objects.filter(state="waiting"), "session"),
        )  # fmt: skip

    def why_kept(self, session) -> str:
        number = session.bookings.count()
        words = ngettext(
            "“%(session)s” has %(n)d booking, so it can’t be deleted. Cancel it instead: "
            "it stays in the programme, marked as cancelled, and the person is told.",
            "“%(session)s” has %(n)d bookings, so it can’t be deleted. Cancel it instead: "
            "it stays in the programme, marked as cancelled, and everyone booked is told.",
            number,
        )
        booked = words % {"n": number, "session": session} if number else ""
        return booked or super().why_kept(session)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and "status" in form.changed_data:
            give_seats(obj)

    def attempt(self, request, verb, session, *arguments) -> bool:
        """A session that is held again has seats to give."""
        with transaction.atomic():
            done = super().attempt(request, verb, session, *arguments)
            if done:
                give_seats(session)
        return done

    @admin.display(description=_("booked"), ordering="booked_count")
    def booked(self, session):
        if session.places is None and not session.booked_count:
            return None
        places = "–" if session.places is None else session.places
        number = format_html('<bdi dir="ltr">{} / {}</bdi>', session.booked_count, places)
        return listed(number, Booking, edition=session.edition_id, session__id__exact=session.pk)

    @admin.display(description=_("waiting"), ordering="waiting_count")
    def waiting(self, session):
        if not session.waiting_count:
            return None
        return listed(
            session.waiting_count, Booking, edition=session.edition_id,
            session__id__exact=session.pk, state__exact="waiting",
        )  # fmt: skip


def give_seats(session: Session) -> None:
    """Seats that became free while it was cancelled."""
    row = places.locked(Session, [session.pk])[session.pk]
    places.give_free_places(row)


class BookedSession(admin.RelatedFieldListFilter):
    """The sessions of the chosen edition with limited places."""

    def field_choices(self, field, request, model_admin):
        edition = model_admin.chosen_edition(request)
        limit = {"places__isnull": False} | ({"edition": edition} if edition else {})
        return field.get_choices(include_blank=False, limit_choices_to=limit)


@admin.register(Booking)
class BookingAdmin(ReadOnly, DeskAdmin):
    list_display = ["text", "session", "state_shown", "created_at"]
    list_filter = [EditionFilter, "state", ("session", BookedSession)]
    list_select_related = ["edition", "registration", "session"]
    search_fields = [f"registration__{field}" for field in NAMED]
    show_full_result_count = False
    fields = ["registration", "session", "state_shown", "created_at"]
    readonly_fields = ["state_shown"]

    @admin.display(description=_("name"), ordering="registration__family_name")
    def text(self, booking):
        return super().text(booking.registration)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, booking):
        return chip(booking.state, booking.get_state_display())
