"""Calendars of one person: of one registration, or of their whole programme.

A registration without seats gives the days of the symposium; a programme may be empty.
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

    Sessions have the same UID and SEQUENCE as in the programme's calendars, so that a calendar
    application with both shows one event. A cancelled session has the status CANCELLED.
    """
    edition = registration.edition
    booked = registration.bookings.confirmed().values("session")
    with translation.override(language):
        sessions = list(sessions_with_details(edition).filter(pk__in=booked))
        content = ical.calendar(edition, sessions, str(edition))
        return content if sessions else with_days(content, edition)


def user_calendar(user: User, language: str) -> bytes:
    """Return one calendar of the sessions that the user starred or has a seat in.

    Sessions have the same UID, SEQUENCE and status as in the programme's calendars.
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
    """Return the language `asked` for in the URL, or else the language of the user's e-mails."""
    return asked if asked in LANGUAGES else user.language


def with_days(content: bytes, edition: Edition) -> bytes:
    calendar = Calendar.from_ical(content)
    calendar.add_component(edition_event(edition))
    return calendar.to_ical()


def edition_event(edition: Edition) -> Event:
    """Return the whole symposium as one event of one or more days, without hours."""
    name, language = localized_text(edition, "name")
    result = Event()
    result.add("uid", f"edition-{edition.slug}@{urlsplit(settings.SITE_URL).hostname}")
    # The minute of the last change: an edition has no number of changes, and this only grows.
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
