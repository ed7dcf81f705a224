"""Admin of sessions with their places and bookings, which `symposium.sessions` does not know."""

from collections.abc import Collection

from django.contrib import admin
from django.db import transaction
from django.db.models import Count
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from symposium.core.admin.base import EditionFilter, EditionModelAdmin
from symposium.registrations import places
from symposium.registrations.admin.mixins import (
    SEARCH_FIELDS,
    CapacityAdminMixin,
    ReadOnlyMixin,
    changelist_link,
    count_subquery,
    state_badge,
)
from symposium.registrations.models import Booking
from symposium.sessions.admin import SessionAdmin as ProgrammeSessionAdmin
from symposium.sessions.models import Session

admin.site.unregister(Session)


@admin.register(Session)
class SessionAdmin(CapacityAdminMixin, ProgrammeSessionAdmin):
    list_display = [
        *ProgrammeSessionAdmin.list_display[:4],
        "booked",
        *ProgrammeSessionAdmin.list_display[4:],
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(
            booked_count=count_subquery(Booking.objects.occupying(), "session"),
            waiting_count=count_subquery(Booking.objects.filter(state="waiting"), "session"),
        )  # fmt: skip

    def protected_reason(self, session) -> str:
        number = session.bookings.count()
        words = ngettext(
            "“%(session)s” has %(n)d booking, so it can’t be deleted. Cancel it instead: "
            "it stays in the programme, marked as cancelled, and the person is told.",
            "“%(session)s” has %(n)d bookings, so it can’t be deleted. Cancel it instead: "
            "it stays in the programme, marked as cancelled, and everyone booked is told.",
            number,
        )
        booked = words % {"n": number, "session": session} if number else ""
        return booked or super().protected_reason(session)

    def tells(self, request, session) -> str:
        """Return who gets an e-mail if the time, the room or the status changes."""
        if session.status != session.Status.PUBLISHED:
            return ""
        booked = session.bookings.active().filter(registration__user__isnull=False)
        starred = session.stars.filter(user__agenda__wants_mail=True, user__is_active=True)
        number = booked.values("registration__user").union(starred.values("user")).count()
        words = ngettext(
            "If the time or the room changes, or if you cancel the session, %(n)d person who "
            "booked or starred it gets an email.",
            "If the time or the room changes, or if you cancel the session, %(n)d people who "
            "booked or starred it get an email.",
            number,
        )
        return words % {"n": number} if number else ""

    def aside(self, request, session):
        """Return the seats too, to those who may see the bookings."""
        parts = super().aside(request, session)
        if request.user.has_perm("symposium_registrations.view_booking"):
            counted = self.get_queryset(request).get(pk=session.pk)
            if seats := self.booked(counted):
                parts.append({"title": _("Bookings"), "facts": [(_("booked"), seats)]})
        return parts

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and "status" in form.changed_data:
            give_seats(obj)

    def attempt(self, request, verb, session, *arguments) -> bool:
        """Run `verb`, then give free seats: a session that is no longer cancelled may have some."""
        with transaction.atomic():
            done = super().attempt(request, verb, session, *arguments)
            if done:
                give_seats(session)
        return done

    def seats_taken(self, keys: Collection[int]) -> dict[int, int]:
        taken = Booking.objects.occupying().filter(session__in=keys).order_by()
        return dict(taken.values_list("session").annotate(Count("pk")))

    @admin.display(description=_("booked"), ordering="booked_count")
    def booked(self, session):
        if session.places is None and not session.booked_count:
            return None
        words = _("%(n)d of %(places)d") if session.places else "%(n)d"
        number = words % {"n": session.booked_count, "places": session.places}
        chosen = {"edition": session.edition_id, "session__id__exact": session.pk}
        booked = changelist_link(number, Booking, **chosen)
        if not session.waiting_count:
            return format_html('<span class="num">{}</span>{}', booked, meter(session))
        waiting = _("%(n)d waiting") % {"n": session.waiting_count}
        return format_html(
            '<span class="num">{}</span>{}<span class="row-sub">{}</span>',
            booked, meter(session),
            changelist_link(waiting, Booking, **chosen, state__exact="waiting"),
        )  # fmt: skip


def meter(session: Session) -> str:
    """Return a bar of the booked seats, beside the words that say the same; "" without a limit."""
    if not session.places:
        return ""
    shown = min(session.booked_count, session.places)
    meter_html = '<meter max="{}" value="{}" aria-hidden="true"></meter>'
    return format_html(meter_html, session.places, shown)


def give_seats(session: Session) -> None:
    """Give the seats that became free while the session was cancelled."""
    row = places.lock_rows(Session, [session.pk])[session.pk]
    places.give_free_places(row)


class BookedSessionFilter(admin.RelatedFieldListFilter):
    """Filter by the sessions of the chosen edition with limited places."""

    def field_choices(self, field, request, model_admin):
        edition = model_admin.chosen_edition(request)
        limit = {"places__isnull": False} | ({"edition": edition} if edition else {})
        return field.get_choices(include_blank=False, limit_choices_to=limit)


@admin.register(Booking)
class BookingAdmin(ReadOnlyMixin, EditionModelAdmin):
    list_display = ["text", "session", "state_shown", "created_at"]
    list_filter = [EditionFilter, "state", ("session", BookedSessionFilter)]
    list_select_related = ["edition", "registration", "session"]
    search_fields = [f"registration__{field}" for field in SEARCH_FIELDS]
    show_full_result_count = False
    fields = ["registration", "session", "state_shown", "created_at"]
    readonly_fields = ["state_shown"]

    @admin.display(description=_("name"), ordering="registration__family_name")
    def text(self, booking):
        return super().text(booking.registration)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, booking):
        return state_badge(booking.state, booking.get_state_display())
