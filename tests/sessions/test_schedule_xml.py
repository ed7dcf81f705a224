"""The schedule as XML, validated by the schema of its authors."""

from pathlib import Path

import pytest
from django.utils import translation
from lxml import etree

from symposium.sessions.exports import sessions_with_details
from symposium.sessions.models import Session
from symposium.sessions.schedule_json import schedule
from symposium.sessions.schedule_xml import as_xml
from tests.factories import (
    make_edition,
    make_participation,
    make_resource,
    make_room,
    make_session,
    make_speaker,
    make_track,
)
from tests.sessions.test_schedule_json import awkward_edition, fill_with_talks

pytestmark = pytest.mark.django_db
SCHEMA = Path(__file__).parents[3] / "shared" / "schemas" / "schedule.xsd"
needs_schema = pytest.mark.skipif(not SCHEMA.exists(), reason=f"{SCHEMA} is not on this machine")


@pytest.fixture
def edition():
    return make_edition("2021", name_fr="Villes", venue_fr="Campus Atlas")


def written(edition, language="fr") -> etree._Element:
    with translation.override(language):
        return etree.fromstring(as_xml(schedule(edition, sessions_with_details(edition))))


def faults(root: etree._Element) -> list[str]:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    schema.validate(root)
    errors = schema.error_log.filter_from_errors()
    return [f"{error.line}: {error.message}" for error in errors if "Warning" not in error.message]


@needs_schema
@pytest.mark.parametrize("zone", ["Africa/Casablanca", "America/New_York", "Etc/GMT+1", "UTC"])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_schedule_with_hostile_content_is_valid(zone, language):
    assert faults(written(awkward_edition(zone=zone), language)) == []


@needs_schema
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_schedule_with_talks_is_valid(edition, language):
    fill_with_talks(edition)
    root = written(edition, language)
    assert faults(root) == []
    assert len(root.findall(".//event")) == 3


@needs_schema
def test_empty_schedule_is_valid(edition):
    assert faults(written(edition)) == []


@needs_schema
def test_validator_reports_planted_faults(edition):
    make_session(edition)
    root = written(edition)
    root.find(".//event").set("guid", "1")
    assert len(faults(root)) == 1


def test_event_has_all_fields(edition):
    session = make_session(
        edition, slug="mobilites", title_fr="Mobilités", room=make_room(edition, name_fr="Atlas"),
        track=make_track(edition, name_fr="Usages"), languages=["fr"],
    )  # fmt: skip
    speaker = make_speaker(edition, given_name_fr="Salma", family_name_fr="Médina")
    make_participation(session, speaker)
    make_resource(session, title_fr="Diapositives", url="https://example.org/slides")
    event = written(edition).find("day/room[@name='Atlas']/event")
    assert dict(event.attrib) == {"guid": str(session.guid), "id": str(session.pk)}
    names = ["title", "date", "start", "duration", "room", "track", "type", "language", "url"]
    assert [event.findtext(name) for name in names] == [
        "Mobilités",
        "2021-06-09T09:00:00+01:00",
        "09:00",
        "00:45",
        "Atlas",
        "Usages",
        "talk",
        "fr",
        "http://testserver/fr/2021/programme/mobilites/",
    ]
    [person], [link] = event.find("persons"), event.find("links")
    assert (person.text, person.get("guid")) == ("Salma Médina", str(speaker.guid))
    assert (link.text, link.get("href"), link.get("type")) == (
        "Diapositives",
        "https://example.org/slides",
        "slides",
    )


def test_markup_in_a_title_is_escaped(edition):
    title = "<event/> & « ]]> »"
    make_session(edition, title_fr=title)
    assert [event.findtext("title") for event in written(edition).iter("event")] == [title]


def test_conference_and_days(edition):
    make_session(edition, track=make_track(edition, name_fr="Usages", slug="usages"))
    root = written(edition)
    names = ["acronym", "title", "start", "end", "days", "time_zone_name", "url"]
    assert [root.findtext(f"conference/{name}") for name in names] == [
        "symposium_2021",
        "Villes",
        "2021-06-09",
        "2021-06-10",
        "2",
        "Africa/Casablanca",
        "http://testserver/fr/2021/programme/",
    ]
    assert [dict(track.attrib) for track in root.iter("track") if track.attrib] == [
        {"name": "Usages", "slug": "track-usages"}
    ]
    assert [(day.get("index"), day.get("date"), len(day)) for day in root.findall("day")] == [
        ("1", "2021-06-09", 1),
        ("2", "2021-06-10", 0),
    ]


def test_schedule_is_served_at_its_url(client, edition):
    make_session(edition, title_ar="ماء", status=Session.Status.CANCELLED)
    response = client.get("/2021/schedule.xml?lang=ar")
    names = ["Content-Type", "Content-Language", "Content-Disposition", "Cache-Control"]
    assert [response.headers[name] for name in names] == [
        "application/xml",
        "ar",
        'inline; filename="2021-schedule.xml"',
        "public, max-age=60",
    ]
    event = etree.fromstring(response.content).find(".//event")
    assert (event.findtext("title"), event.findtext("subtitle")) == ("ماء", "ملغاة")
