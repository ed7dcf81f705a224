"""Calendars of one person: of a registration, of all that is on their own programme.

A registration without seats is the days of the symposium; a programme may be empty.
"""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from symposium.accounts.models import User
from symposium.core.i18n.localized import LANGUAGES, localized_text
from symposium.core.i18n.typography import strip_controls
from symposium.editions.models import Edition
from symposium.registrations.models import Registration
from symposium.registrations.models.registrations import State
from symposium.sessions import ical
from symposium.sessions.exports import sessions_with_details
from symposium.sessions.models import Session

DAY = datetime.timedelta(days=1)


def registration_calendar(registration: Registration, language: str) -> bytes:
    """Return the calendar of a confirmed registration, as iCalendar (RFC 5545).

    Each session has the UID and the SEQUENCE that it has in the calendars of the programme: in a
    program that has both, there is one event. A session that is cancelled says so.
    """
    edition = registration.edition
    booked = registration.bookings.confirmed().values("session")
    with translation.override(language):
        sessions = list(sessions_with_details(edition).filter(pk__in=booked))
        content = ical.calendar(edition, sessions, str(edition))
        return content if sessions else with_days(content, edition)


def user_calendar(user: User, language: str) -> bytes:
    """Return what somebody has starred, and the seats that they hold, in one calendar.

    It is the programme's own: same UID, same SEQUENCE, and a cancelled session says so.
    """
    chosen = Q(stars__user=user) | Q(
        bookings__registration__user=user, bookings__state=State.CONFIRMED
    )
    numbers = set(Session.objects.published().filter(chosen).values_list("pk", flat=True))
    editions = Edition.objects.filter(sessions__in=numbers).distinct().order_by("starts_on", "pk")
    with translation.override(language):
        parts = [
            (edition, sessions_with_details(edition).filter(pk__in=numbers)) for edition in editions
        ]
        return ical.editions_calendar(parts, _("My programme"))


def feed_language(asked: str | None, user: User) -> str:
    """The language that an address asks for, else that of its reader's mails."""
    return asked if asked in LANGUAGES else user.language


def with_days(content: bytes, edition: Edition) -> bytes:
    calendar = Calendar.from_ical(content)
    calendar.add_component(edition_event(edition))
    return calendar.to_ical()


def edition_event(edition: Edition) -> Event:
    """The whole symposium as one event of one day or more, without hours."""
    name, language = localized_text(edition, "name")
    result = Event()
    result.add("uid", f"edition-{edition.slug}@{urlsplit(settings.SITE_URL).hostname}")
    # The minute of its last change: nobody counts those of an edition, and it only ever grows.
    result.add("sequence", int(edition.updated_at.timestamp() // 60))
    result.add("dtstamp", edition.updated_at)
    result.add("last-modified", edition.updated_at)
    result.add("dtstart", edition.starts_on)
    result.add("dtend", edition.ends_on + DAY)
    result.add("status", "CONFIRMED")
    result.add("summary", strip_controls(name), parameters={"LANGUAGE": language})
    parts = filter(None, [edition.venue, edition.address, edition.city])
    result.add("location", strip_controls(_(", ").join(parts)))
    result.add("url", f"{settings.SITE_URL}{edition.get_absolute_url()}")
    return result
