"""Factories of an edition that is over, its attendees and their check-ins."""

from django.utils import timezone

from symposium.editions.models import Edition
from symposium.registrations import places
from symposium.registrations.models import Category, CheckIn, Registration
from symposium.registrations.models.registrations import State
from symposium.sessions.models import Session
from tests.factories import build_registration, instant, make_category, make_edition


def past_edition(**fields) -> Edition:
    """Create an edition of 9 and 10 June 2021."""
    return make_edition(**{"slug": "2021"} | fields)


def make_attendee(
    edition: Edition | None = None, category: Category | None = None, **fields
) -> Registration:
    """Create a registration, made while registration was open, to an edition that is over."""
    edition = edition or (category.edition if category else past_edition())
    state = fields.pop("state", State.CONFIRMED)
    registration = build_registration(category or make_category(edition), **fields)
    registration.state = state
    registration.created_at = instant(edition, "12:00", day=-30)
    if state == State.WAITING:
        registration.queue_number = 1
    registration.save()
    places.log_state_change(registration, by=None)
    return registration


def make_check_in(
    registration: Registration,
    *,
    day: int = 1,
    at: str = "08:30",
    session: Session | None = None,
    undone: bool = False,
) -> CheckIn:
    scanned_at = instant(registration.edition, at, day)
    return CheckIn.objects.create(
        edition=registration.edition,
        registration=registration,
        session=session,
        day=scanned_at.date(),
        scanned_at=scanned_at,
        undone_at=timezone.now() if undone else None,
    )
