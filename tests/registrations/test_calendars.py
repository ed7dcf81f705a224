"""The calendar of a registration, read back by third-party libraries."""

import datetime

import pytest
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from symposium.editions.models import Edition
from symposium.registrations import places
from symposium.registrations.documents import calendars
from symposium.sessions import ical
from symposium.sessions.exports import sessions_with_details
from symposium.sessions.models import Session
from tests.factories import (
    make_booking,
    make_category,
    make_registration,
    make_room,
    make_workshop,
    open_edition,
    refreshed,
    times,
)

pytestmark = pytest.mark.django_db
AWKWARD = "Villes; côtes, ports\\ 🏙 أثر\r\nBEGIN:VEVENT"


@pytest.fixture
def edition():
    return open_edition(slug="2031", name_fr="Villes", name_ar="مدن", venue_fr="Campus Atlas")


@pytest.fixture
def registration(edition):
    return make_registration(make_category(edition))


def events(registration, language="fr") -> list:
    return Calendar.from_ical(calendars.registration_calendar(registration, language)).events


def test_calendar_contains_confirmed_bookings_only(registration, edition):
    held = make_workshop(edition, at="09:00", title_fr="Tenu", title_ar="ورشة")
    make_booking(registration, held)
    make_booking(registration, make_workshop(edition, at="10:00", places=0))
    places.leave(make_booking(registration, make_workshop(edition, at="11:00")))
    [event] = events(registration, "ar")
    assert (str(event["uid"]), str(event["summary"])) == (f"{held.guid}@testserver", "ورشة")


def test_booked_event_equals_the_programme_event(registration, edition):
    session = make_workshop(edition, at="09:00", room=make_room(edition))
    make_booking(registration, session)
    Session.objects.filter(pk=session.pk).update(**times(edition, "11:00"))
    [event] = events(registration)
    [public] = Calendar.from_ical(ical.calendar(edition, sessions_with_details(edition), "")).events
    assert (event.to_ical(), event["sequence"]) == (public.to_ical(), 1)


def test_cancelled_session_has_cancelled_status(registration, edition):
    session = make_workshop(edition)
    make_booking(registration, session)
    Session.objects.filter(pk=session.pk).update(status=Session.Status.CANCELLED)
    [event] = IcsCalendarStream.calendar_from_ics(
        calendars.registration_calendar(registration, "fr").decode()
    ).events
    assert (event.status, event.sequence, event.uid) == (
        "CANCELLED", 1, f"{session.guid}@testserver",
    )  # fmt: skip


def test_calendar_without_bookings_contains_the_edition_days(registration, edition):
    content = calendars.registration_calendar(registration, "ar").decode()
    [event] = IcsCalendarStream.calendar_from_ics(content).events
    assert (event.uid, event.summary, event.location, event.status) == (
        "edition-2031@testserver", "مدن", "Campus Atlas، Casablanca", "CONFIRMED",
    )  # fmt: skip
    last = edition.ends_on + datetime.timedelta(days=1)
    assert (event.dtstart, event.dtend) == (edition.starts_on, last)
    calendar = Calendar.from_ical(content)
    assert (calendar["method"], calendar["version"]) == ("PUBLISH", "2.0")
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in content


def test_edition_change_increments_the_event_sequence(registration, edition):
    before = events(registration)[0]["sequence"]
    later = refreshed(edition).updated_at + datetime.timedelta(minutes=1)
    Edition.objects.filter(pk=edition.pk).update(updated_at=later)
    registration.edition.refresh_from_db()
    assert events(registration)[0]["sequence"] - before == 1


def test_hostile_names_are_escaped_in_calendar(edition):
    Edition.objects.filter(pk=edition.pk).update(name_fr=AWKWARD, venue_fr=AWKWARD)
    registration = make_registration(make_category(refreshed(edition)))
    text = calendars.registration_calendar(registration, "fr").decode()
    assert text.split("\r\n").count("BEGIN:VEVENT") == 1
    [event] = IcsCalendarStream.calendar_from_ics(text).events
    assert event.summary == AWKWARD.replace("\r", "")
