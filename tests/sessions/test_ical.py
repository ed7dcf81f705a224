"""Calendars, read back by the library that writes them and by two others."""

import datetime
import io

import pytest
from dateutil import tz
from django.db import connection
from django.utils import translation
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from symposium.abstracts.models import Abstract
from symposium.sessions import ical
from symposium.sessions.exports import sessions_with_details
from symposium.sessions.models import Participation, Session
from tests.factories import (
    instant,
    make_abstract,
    make_edition,
    make_keyword,
    make_participation,
    make_room,
    make_session,
    make_speaker,
    make_track,
    refreshed,
    times,
)

pytestmark = pytest.mark.django_db
AWKWARD = "أثر الأزمات؛ 👩🏽‍🔬 on cities, one\\two\r\nBEGIN:VEVENT\x0b\u2028 " + "مدينة 🏙 " * 20
ZONES = ["Africa/Casablanca", "Europe/Paris", "America/St_Johns", "Australia/Lord_Howe", "UTC"]


@pytest.fixture
def edition():
    return make_edition("2021", name_fr="Villes", venue_fr="Campus Atlas")


def written(edition, language="fr") -> str:
    with translation.override(language):
        return ical.calendar(edition, sessions_with_details(edition), str(edition)).decode()


def events(edition, language="fr") -> list:
    return Calendar.from_ical(written(edition, language)).events


def read(edition, language="fr"):
    [event] = events(edition, language)
    return event


def sequence(session) -> int:
    return refreshed(session).sequence


# One session


def test_break_event_is_transparent(edition):
    make_session(edition, kind="break", title_fr="Café")
    make_session(edition, kind="talk", at="10:00", title_fr="Eau")
    assert {str(event["summary"]): event.get("transp") for event in events(edition)} == {
        "Café": "TRANSPARENT",
        "Eau": None,
    }


def test_calendar_refresh_interval_is_one_hour(edition):
    make_session(edition)
    lines = written(edition).split("\r\n")
    assert [line for line in lines if "PT" in line] == [
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]


def test_event_contains_the_session_details(edition):
    room = make_room(edition, name_fr="Auditorium")
    track = make_track(edition, name_fr="Usages")
    session = make_session(
        edition, slug="mobilites", title_fr="Mobilités", description_fr="Bouger.",
        room=room, track=track,
    )  # fmt: skip
    make_keyword(make_abstract(session=session), name_fr="Résilience")
    salma = make_speaker(
        edition, given_name_fr="Salma", family_name_fr="Médina", affiliation_fr="Institut"
    )
    make_participation(session, salma, role=Participation.Role.CHAIR)
    event, session = read(edition), refreshed(session)
    assert {name: event.decoded(name) for name in ("dtstart", "dtend", "dtstamp")} == {
        "dtstart": instant(edition, "09:00"),
        "dtend": instant(edition, "09:45"),
        "dtstamp": session.updated_at.replace(microsecond=0),
    }
    assert event.decoded("last-modified") == event.decoded("dtstamp")
    assert event["dtstart"].params["TZID"] == "Africa/Casablanca"
    assert {name: str(event[name]) for name in ("uid", "sequence", "status", "url")} == {
        "uid": f"{session.guid}@testserver",
        "sequence": "0",
        "status": "CONFIRMED",
        "url": "http://testserver/fr/2021/programme/mobilites/",
    }
    assert (event["summary"], event["summary"].params["LANGUAGE"]) == ("Mobilités", "fr")
    assert event["description"] == "Bouger.\n\nSalma Médina, Institut (Présidence de séance)"
    assert event["location"] == "Auditorium, Campus Atlas"
    assert event.categories == ["Usages", "Résilience"]


def test_event_is_in_the_requested_language(edition):
    make_session(edition, slug="mobilites", title_fr="Mobilités", title_ar="التنقل")
    event = read(edition, "ar")
    assert (event["summary"], event["summary"].params["LANGUAGE"]) == ("التنقل", "ar")
    assert event["url"] == "http://testserver/ar/2021/programme/mobilites/"


def test_title_in_another_language_has_its_language_tag(edition):
    make_session(edition, title_fr="", title_ar="التنقل")
    event = read(edition, "en")
    assert (event["summary"], event["summary"].params["LANGUAGE"]) == ("التنقل", "ar")


def test_cancelled_session_has_cancelled_status(edition):
    make_session(edition, status=Session.Status.CANCELLED)
    assert read(edition)["status"] == "CANCELLED"


def test_bare_session_has_no_empty_property(edition):
    make_session(edition)
    event = read(edition)
    assert (event["location"], "description" in event, event.categories) == (
        "Campus Atlas",
        False,
        [],
    )


def test_calendar_has_only_public_scheduled_sessions(edition):
    make_session(edition, at=None)
    make_session(edition, status=Session.Status.DRAFT)
    make_session(make_edition("2022"))
    session = make_session(edition, at="11:00", stream_url="https://stream.example.org/secret")
    make_participation(session, make_speaker(edition, family_name_fr="Cachée", is_published=False))
    draft = make_abstract(session=session, status=Abstract.Status.DRAFT)
    make_keyword(draft, name_fr="Brouillon")
    text = written(edition)
    assert [event["uid"] for event in events(edition)] == [f"{session.guid}@testserver"]
    assert [word for word in ("secret", "Cachée", "Brouillon") if word in text] == []


# The calendar file


def test_calendar_has_its_name_and_properties(edition):
    make_session(edition)
    calendar = Calendar.from_ical(written(edition))
    names = ["prodid", "version", "method", "name", "x-wr-calname"]
    assert [str(calendar[name]) for name in names] == [
        "-//testserver//Symposium portal//FR",
        "2.0",
        "PUBLISH",
        "Villes",
        "Villes",
    ]
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in written(edition)


def test_hostile_text_is_escaped_in_calendar(edition):
    edition.name_fr = edition.venue_fr = AWKWARD
    room = make_room(edition, name_fr=AWKWARD[:80])
    track = make_track(edition, name_fr=AWKWARD[:80])
    session = make_session(
        edition, title_fr=AWKWARD[:200], description_fr=AWKWARD, room=room, track=track
    )
    speaker = make_speaker(edition, given_name_fr=AWKWARD[:100], affiliation_fr=AWKWARD[:200])
    make_participation(session, speaker)
    make_keyword(make_abstract(session=session), name_fr=AWKWARD[:79])
    text = written(edition)
    lines = text.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert lines.count("BEGIN:VEVENT") == 1
    assert not any(character in text.replace("\r\n", "") for character in "\r\n\x0b\u2028")
    event = read(edition)
    kept = AWKWARD.replace("\r", "").replace("\x0b", "").replace("\u2028", "\n")
    assert event["description"].startswith(kept)
    assert len(event.categories) == 2
    assert IcsCalendarStream.calendar_from_ics(text).events[0].description.startswith(kept)


def test_calendar_is_read_alike_by_a_second_parser(edition):
    session = make_session(
        edition, title_fr="Mobilités", status=Session.Status.CANCELLED,
        room=make_room(edition, name_fr="Auditorium"),
    )  # fmt: skip
    make_keyword(make_abstract(session=session), name_fr="Eau")
    [event] = IcsCalendarStream.calendar_from_ics(written(edition)).events
    assert (event.uid, event.summary, event.location, event.status, event.categories) == (
        f"{session.guid}@testserver",
        "Mobilités",
        "Auditorium, Campus Atlas",
        "CANCELLED",
        ["Eau"],
    )
    assert (event.dtstart, event.dtend) == (session.starts_at, session.ends_at)


# The time zone


@pytest.mark.parametrize("zone", ZONES)
def test_time_zone_has_the_right_offset_all_year(zone):
    edition = make_edition(time_zone=zone)
    read_back = tz.tzical(io.StringIO(written(edition))).get(zone)
    start = datetime.datetime(2021, 1, 1, tzinfo=datetime.UTC)
    instants = [start + datetime.timedelta(hours=n) for n in range(8760)]
    wrong = [
        at
        for at in instants
        if at.astimezone(read_back).utcoffset() != at.astimezone(edition.zone).utcoffset()
    ]
    assert wrong == []


def test_time_zone_includes_ramadan_clock_changes(edition):
    """Morocco was at UTC from 11 April to 16 May 2021; an onset is in the local time before it."""
    [zone] = Calendar.from_ical(written(edition)).timezones
    assert [
        (part.name, part["dtstart"].dt.isoformat(), part["tzoffsetto"].td.total_seconds())
        for part in zone.subcomponents
    ] == [
        ("DAYLIGHT", "2020-12-31T00:00:00", 3600),
        ("STANDARD", "2021-04-11T03:00:00", 0),
        ("DAYLIGHT", "2021-05-16T02:00:00", 3600),
    ]


def test_session_times_are_right_across_the_end_of_ramadan():
    day = datetime.date(2021, 5, 15)
    edition = make_edition(starts_on=day)
    make_session(edition, at="11:00", day=1)
    make_session(edition, at="11:00", day=2)
    found = IcsCalendarStream.calendar_from_ics(written(edition)).events
    assert [event.dtstart.astimezone(datetime.UTC).hour for event in found] == [11, 10]


# Sequence numbers


@pytest.mark.parametrize("field", ["times", "room", "status"])
def test_sequence_increments_for_time_room_and_status_changes(edition, field):
    session = make_session(edition)
    changes = {
        "times": times(edition, "14:00"),
        "room": {"room": make_room(edition)},
        "status": {"status": Session.Status.CANCELLED},
    }[field]
    before = session.updated_at
    Session.objects.filter(pk=session.pk).update(**changes)
    assert (sequence(session), read(edition)["sequence"]) == (1, 1)
    assert session.updated_at > before


def test_sequence_is_unchanged_for_title_changes(edition):
    session = make_session(edition)
    session.title_fr = "Autrement"
    session.save()
    assert sequence(session) == 0


def test_sequence_never_decreases(edition):
    session = make_session(edition)
    for at in ("10:00", "11:00"):
        Session.objects.filter(pk=session.pk).update(**times(edition, at))
    session.refresh_from_db(fields=["starts_at", "ends_at"])  # the object keeps sequence 0
    session.save()
    assert sequence(session) == 2
    Session.objects.filter(pk=session.pk).update(sequence=0)
    assert sequence(session) == 2


def test_sequence_increments_for_plain_sql_and_room_removal(edition):
    session = make_session(edition, room=make_room(edition))
    Session.objects.filter(pk=session.pk).update(room=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE symposium_sessions_session SET status = 'cancelled' WHERE id = %s", [session.pk]
        )
    assert sequence(session) == 2


# The addresses


@pytest.fixture
def published(edition):
    """A session with a room and a speaker; another session has neither."""
    room = make_room(edition, slug="atlas", name_fr="Atlas")
    session = make_session(edition, slug="mobilites", title_fr="Mobilités", room=room)
    make_participation(session, make_speaker(edition, slug="salma"))
    make_session(edition, title_fr="Eau")
    return session


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("address", "titles"),
    [
        ("programme.ics", ["Mobilités", "Eau"]),
        ("programme/mobilites.ics", ["Mobilités"]),
        ("speakers/salma.ics", ["Mobilités"]),
        ("rooms/atlas.ics", ["Mobilités"]),
    ],
)
def test_calendar_is_served_at_its_url(client, address, titles):
    response = client.get(f"/2021/{address}")
    found = Calendar.from_ical(response.content).events
    assert sorted(str(event["summary"]) for event in found) == sorted(titles)
    names = ["Content-Type", "Content-Language", "Content-Disposition", "Cache-Control"]
    last = address.rpartition("/")[2]
    assert [response.headers[name] for name in names] == [
        "text/calendar; charset=utf-8",
        "fr",
        f'inline; filename="2021-{last}"',
        "public, max-age=60",
    ]
    assert response.cookies == {}


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("query", "language"), [("", "fr"), ("?lang=en", "en"), ("?lang=ar", "ar"), ("?lang=xx", "fr")]
)
def test_calendar_language_follows_the_url(client, query, language):
    """The language of the browser is ignored, so that everybody gets the same file."""
    response = client.get(f"/2021/programme.ics{query}", headers={"accept-language": "en"})
    [prefix] = {str(event["url"])[:20] for event in Calendar.from_ical(response.content).events}
    assert prefix == f"http://testserver/{language}"
    assert response.headers["Content-Language"] == language


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("name", ["programme.ics", "schedule.json", "schedule.xml"])
def test_unchanged_calendar_returns_304(client, name):
    etag = client.get(f"/2021/{name}").headers["ETag"]
    response = client.get(f"/2021/{name}", headers={"if-none-match": etag})
    assert (response.status_code, response.content) == (304, b"")
    Session.objects.filter(slug="mobilites").update(title_fr="Autrement")
    response = client.get(f"/2021/{name}", headers={"if-none-match": etag})
    assert (response.status_code, "Autrement" in response.content.decode()) == (200, True)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("address", "present"),
    [("programme/mobilites", "programme/neuf"), ("rooms/atlas", "rooms/neuf"),
     ("speakers/salma", "speakers/neuf")],
)  # fmt: skip
def test_former_calendar_address_redirects_to_the_current_one(client, edition, address, present):
    owner = {
        "programme": edition.sessions, "rooms": edition.rooms, "speakers": edition.speakers
    }[address.partition("/")[0]]  # fmt: skip
    owner.filter(slug=address.partition("/")[2]).update(slug="neuf")
    response = client.get(f"/2021/{address}.ics?lang=ar")
    assert (response.status_code, response.url) == (301, f"/2021/{present}.ics?lang=ar")


def test_unscheduled_session_is_an_empty_calendar(client, edition):
    """Calendars that follow the session remove its event."""
    make_session(edition, slug="plus-tard", at=None)
    response = client.get("/2021/programme/plus-tard.ics")
    assert Calendar.from_ical(response.content).events == []


@pytest.mark.parametrize(
    "address",
    ["2021/programme/brouillon.ics", "2021/speakers/cachee.ics", "2021/rooms/nulle.ics",
     "2022/programme.ics", "2022/schedule.json", "2022/schedule.xml", "fr/programme.ics"],
)  # fmt: skip
def test_calendar_of_hidden_content_is_404(client, edition, address):
    make_session(edition, slug="brouillon", status=Session.Status.DRAFT)
    make_speaker(edition, slug="cachee", is_published=False)
    make_edition("2022", is_published=False)
    assert client.get(f"/{address}").status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_export_query_count_is_constant(client, edition, django_assert_num_queries, count):
    for number in range(count):
        room, track = make_room(edition), make_track(edition)
        session = make_session(edition, room=room, track=track, at=f"{9 + number % 9:02}:00")
        make_participation(session)
        make_keyword(make_abstract(session=session))
    for name, queries in [("programme.ics", 10), ("schedule.json", 7), ("schedule.xml", 7)]:
        with django_assert_num_queries(queries):
            client.get(f"/2021/{name}")


@pytest.mark.parametrize(
    ("page", "calendar"),
    [
        ("programme/?day=all", "/2021/programme.ics?lang=en"),
        ("programme/mobilites/", "/2021/programme/mobilites.ics?lang=en"),
        ("speakers/salma/", "/2021/speakers/salma.ics?lang=en"),
        ("rooms/atlas/", "/2021/rooms/atlas.ics?lang=en"),
    ],
)
@pytest.mark.usefixtures("published")
def test_page_links_to_its_calendar(client, page, calendar):
    assert f'href="{calendar}"' in client.get(f"/en/2021/{page}").content.decode()
