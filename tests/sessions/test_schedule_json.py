"""The schedule for conference apps, validated by the schema of its authors."""

import json
import uuid
from pathlib import Path

import pytest
from django.utils import translation
from jsonschema import Draft6Validator, FormatChecker

from symposium.abstracts.models import Abstract
from symposium.sessions.exports import sessions_with_details
from symposium.sessions.models import Resource, Session
from symposium.sessions.schedule_json import as_json, schedule
from tests.factories import (
    make_abstract,
    make_edition,
    make_participation,
    make_resource,
    make_room,
    make_session,
    make_speaker,
    make_talk,
    make_track,
)

pytestmark = pytest.mark.django_db
SCHEMA = Path(__file__).parents[3] / "shared" / "schemas" / "schedule.schema.json"
needs_schema = pytest.mark.skipif(not SCHEMA.exists(), reason=f"{SCHEMA} is not on this machine")


@pytest.fixture
def edition():
    return make_edition("2021", name_fr="Villes", venue_fr="Campus Atlas")


def written(edition, language="fr") -> dict:
    with translation.override(language):
        return json.loads(as_json(schedule(edition, sessions_with_details(edition))))


def conference(edition, language="fr") -> dict:
    return written(edition, language)["schedule"]["conference"]


def events(edition, language="fr") -> list[dict]:
    days = conference(edition, language)["days"]
    return [event for day in days for room in day["rooms"].values() for event in room]


def read(edition, language="fr") -> dict:
    [event] = events(edition, language)
    return event


def faults(data: dict) -> list[str]:
    validator = Draft6Validator(json.loads(SCHEMA.read_text()), format_checker=FormatChecker())
    return [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(data)]


def fill_with_awkward_things(edition) -> None:
    """Create what an organiser may write and a reader of the schedule may fail on."""
    control = "Titre\x0b\r\nde\u2028<b>deux</b> lignes & ]]> \ufffe👩🏽‍🔬"
    posters = make_room(edition, name_fr="", name_ar="قاعة", slug="-", capacity=None)
    make_session(edition, kind="poster_session", room=posters, at="10:00")
    make_session(edition, kind="poster_session", room=posters, at="10:00", title_fr=control)
    make_session(edition, kind="break", at="12:00")
    make_session(edition, status=Session.Status.CANCELLED, at="12:00")
    make_session(edition, title_fr="", title_ar="التنقل", at="23:30", lasting=60)
    make_session(edition, kind="poster_session", lasting=6 * 24 * 60)
    make_session(edition, at=None)
    session = make_session(
        edition, slug="X", languages=["fr", "ar"], description_fr=control,
        track=make_track(edition, name_fr=control, slug="A__B_"),
        room=make_room(edition, name_fr=control, slug="R"),
    )  # fmt: skip
    make_participation(session, make_speaker(edition, given_name_fr=control))
    make_resource(session, kind="recording", url="https://exemple.org/été?a=1&b=2", title_fr="")
    make_resource(session, kind="slides", url="", file="resources/été 1.pdf")
    make_abstract(session=session, text_fr=control)


def awkward_edition(slug="A-", zone="Etc/GMT+1", days=7):
    edition = make_edition(slug, time_zone=zone, venue_fr="", name_fr="", name_ar="مدن")
    edition.ends_on = edition.starts_on.replace(day=edition.starts_on.day + days - 1)
    edition.save()
    fill_with_awkward_things(edition)
    return edition


@needs_schema
@pytest.mark.parametrize("zone", ["Africa/Casablanca", "America/New_York", "Etc/GMT+1", "UTC"])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_schedule_with_hostile_content_is_valid(zone, language):
    data = written(awkward_edition(zone=zone), language)
    assert faults(data) == []
    named = data["schedule"]["conference"].get("time_zone_name")
    assert named == (None if zone == "Etc/GMT+1" else zone)


def fill_with_talks(edition) -> None:
    """Create a session with talks of each sort, among them one without a time."""
    room, other = make_room(edition), make_room(edition)
    session = make_session(edition, room=room, track=make_track(edition), lasting=60)
    make_participation(session, role="chair")
    talk = make_talk(session, after=0, description_fr="Un début.")
    make_participation(talk)
    make_abstract(session=talk)
    make_resource(talk, url="https://example.org/slides")
    make_talk(session, after=15, room=other, title_fr="", title_ar="ماء")
    make_talk(session, after=30, status=Session.Status.CANCELLED)
    make_talk(session, after=None)


@needs_schema
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_schedule_with_talks_is_valid(edition, language):
    fill_with_talks(edition)
    assert faults(written(edition, language)) == []
    assert len(events(edition, language)) == 3


@needs_schema
def test_empty_schedule_is_valid(edition):
    assert faults(written(edition)) == []


@needs_schema
def test_validator_reports_planted_faults(edition):
    """Formats are checked too: without their packages, such faults would go unseen."""
    make_session(edition)
    data = written(edition)
    [event] = data["schedule"]["conference"]["days"][0]["rooms"]["Campus Atlas"]
    event |= {"url": "not an address", "date": "2021-06-09", "guid": "1"}
    assert len(faults(data)) == 3


def test_event_has_all_fields(edition):
    session = make_session(
        edition, slug="mobilites", kind="panel", title_fr="Mobilités", description_fr="Bouger.",
        languages=["fr"], room=make_room(edition, name_fr="Auditorium"),
        track=make_track(edition, name_fr="Usages"),
    )  # fmt: skip
    speaker = make_speaker(edition, slug="salma", given_name_fr="Salma", family_name_fr="Médina")
    make_participation(session, speaker)
    make_abstract(session=session, text_fr="La ville apprend.")
    make_resource(session, kind="recording", title_fr="Film", url="https://example.org/film")
    assert read(edition) == {
        "guid": str(session.guid),
        "id": session.pk,
        "date": "2021-06-09T09:00:00+01:00",
        "start": "09:00",
        "end": "2021-06-09T09:45:00+01:00",
        "duration": "00:45",
        "room": "Auditorium",
        "slug": f"symposium_2021-session{session.pk}-mobilites",
        "url": "http://testserver/fr/2021/programme/mobilites/",
        "title": "Mobilités",
        "subtitle": "",
        "track": "Usages",
        "type": "panel",
        "language": "fr",
        "abstract": "La ville apprend.",
        "description": "Bouger.",
        "persons": [
            {
                "guid": str(speaker.guid),
                "name": "Salma Médina",
                "url": "http://testserver/fr/2021/speakers/salma/",
            }
        ],
        "links": [{"type": "media", "url": "https://example.org/film", "title": "Film"}],
    }


def test_conference_has_all_fields(edition):
    room = make_room(edition, name_fr="Auditorium", slug="auditorium", capacity=300)
    make_session(edition, room=room, track=make_track(edition, name_fr="Usages", slug="usages"))
    found = conference(edition)
    [entry] = found["rooms"]
    assert uuid.UUID(entry.pop("guid")).version == 5
    assert entry == {
        "name": "Auditorium",
        "slug": "room-auditorium",
        "description": "",
        "capacity": 300,
        "url": "http://testserver/fr/2021/rooms/auditorium/",
    }
    assert found["tracks"] == [{"name": "Usages", "slug": "track-usages"}]
    names = ["acronym", "title", "start", "end", "daysCount", "time_zone_name", "url"]
    assert [found[name] for name in names] == [
        "symposium_2021",
        "Villes",
        "2021-06-09",
        "2021-06-10",
        2,
        "Africa/Casablanca",
        "http://testserver/fr/2021/programme/",
    ]


def test_schedule_day_uses_the_edition_time_zone(edition):
    make_session(edition, at="00:15", day=2)
    first, second = conference(edition)["days"]
    assert (first["rooms"], list(second["rooms"])) == ({}, ["Campus Atlas"])
    assert (second["index"], second["date"], second["day_start"], second["day_end"]) == (
        2,
        "2021-06-10",
        "2021-06-10T00:00:00+01:00",
        "2021-06-11T00:00:00+01:00",
    )


def test_rooms_are_in_order_with_no_room_last(edition):
    make_session(edition)
    for order, name in [(2, "B"), (1, "C"), (3, "A")]:
        make_session(edition, room=make_room(edition, name_fr=name, order=order))
    assert list(conference(edition)["days"][0]["rooms"]) == ["C", "B", "A", "Campus Atlas"]


def test_schedule_is_in_the_requested_language(edition):
    make_session(edition, slug="mobilites", title_fr="Mobilités", title_ar="التنقل")
    event = read(edition, "ar")
    assert (event["title"], event["url"]) == (
        "التنقل",
        "http://testserver/ar/2021/programme/mobilites/",
    )


def test_cancelled_session_has_a_cancelled_subtitle(edition):
    make_session(edition, title_fr="Eau", status=Session.Status.CANCELLED)
    event = read(edition, "en")
    assert (event["title"], event["subtitle"]) == ("Eau", "Cancelled")


def test_break_is_an_event(edition):
    make_session(edition, kind="break", title_fr="Déjeuner")
    event = read(edition)
    assert (event["title"], event["type"], event["track"]) == ("Déjeuner", "break", None)


def test_schedule_has_only_public_scheduled_sessions(edition):
    make_session(edition, at=None, title_fr="Cachée 1")
    make_session(edition, status=Session.Status.DRAFT, title_fr="Cachée 2")
    session = make_session(edition, at="11:00", stream_url="https://example.org/cachée-3")
    hidden = make_speaker(edition, family_name_fr="Cachée 4", is_published=False)
    make_participation(session, hidden)
    make_abstract(session=session, text_fr="Cachée 5", status=Abstract.Status.DRAFT)
    make_resource(session, kind=Resource.Kind.SLIDES, title_fr="Cachée 6", is_published=False)
    assert [event["guid"] for event in events(edition)] == [str(session.guid)]
    assert "cach" not in json.dumps(written(edition), ensure_ascii=False).lower()


def test_version_follows_the_last_change():
    edition = make_edition(time_zone="Asia/Tokyo")
    session = make_session(edition)
    before = written(edition)["schedule"]["version"]
    assert written(edition)["schedule"]["version"] == before
    Session.objects.filter(pk=session.pk).update(updated_at="2030-06-01T09:00:00Z")
    assert written(edition)["schedule"]["version"] == "2030-06-01 18:00:00"


def test_schedule_is_served_at_its_url(client, edition):
    session = make_session(edition, title_en="Water")
    response = client.get("/2021/schedule.json?lang=en")
    names = ["Content-Type", "Content-Language", "Content-Disposition", "Cache-Control"]
    assert [response.headers[name] for name in names] == [
        "application/json",
        "en",
        'inline; filename="2021-schedule.json"',
        "public, max-age=60",
    ]
    [day, _other] = response.json()["schedule"]["conference"]["days"]
    [[event]] = day["rooms"].values()
    assert (event["id"], event["title"]) == (session.pk, "Water")
