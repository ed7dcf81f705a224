"""An edition that is over, and who was seen there."""

import datetime

from django.utils import timezone

from symposium.editions.models import Edition
from symposium.registrations.models import CheckIn, Registration
from symposium.sessions.models import Session
from tests.factories import instant, make_edition

LONG_AGO = datetime.datetime(2021, 1, 1, tzinfo=datetime.UTC)


def past_edition(**fields) -> Edition:
    """9 and 10 June 2021; its registration was never closed, so that tests can register."""
    fields = {"slug": "2021", "registration_opens_at": LONG_AGO} | fields
    return make_edition(**fields)


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
