"""JSON-LD of a session page, read by the library that search engines recommend."""

import datetime

import extruct
import pytest
from django.utils import timezone

from symposium.sessions.models import Announcement, Session
from tests.factories import make_edition, make_participation, make_room, make_session, make_speaker

pytestmark = pytest.mark.django_db
SITE = "http://testserver"
EDITION, PAGE = f"{SITE}/fr/2021/", f"{SITE}/fr/2021/programme/eau/"
SCHEMA = "https://schema.org"


@pytest.fixture
def edition():
    return make_edition(
        "2021", name_fr="Villes", venue_fr="Campus", address_fr="1, rue Bleue",
        city_fr="Casablanca", country_fr="Maroc",
    )  # fmt: skip


def read(client) -> list[dict]:
    page = client.get("/fr/2021/programme/eau/").content.decode()
    return extruct.extract(page, syntaxes=["json-ld"])["json-ld"]


def moved(session, **fields) -> None:
    """Update a session ten days after its programme was announced."""
    past = timezone.now() - datetime.timedelta(days=10)
    Announcement.objects.update_or_create(edition=session.edition, defaults={"at": past})
    session.edition.changes.all().delete()
    Session.objects.filter(pk=session.pk).update(**fields)


def test_a_session_is_an_event_of_its_edition(client, edition):
    session = make_session(
        edition, slug="eau", title_fr="Eau", description_fr="Boire.", languages=["fr", "ar"],
        room=make_room(edition, name_fr="Salle A"), stream_url="https://example.org/live",
    )  # fmt: skip
    salma = make_speaker(
        edition, slug="salma", family_name_fr="Médina", affiliation_fr="Institut </script>"
    )
    make_participation(session, salma)
    make_participation(session, make_speaker(edition, is_published=False))
    address = {
        "@type": "PostalAddress", "streetAddress": "1, rue Bleue",
        "addressLocality": "Casablanca", "addressCountry": "Maroc",
    }  # fmt: skip
    venue = {"@type": "Place", "name": "Campus", "address": address}
    room = {"@type": "Place", "name": "Salle A", "address": address, "containedInPlace": venue}
    assert read(client) == [
        {
            "@context": SCHEMA,
            "@type": "Event",
            "@id": PAGE,
            "name": "Eau",
            "description": "Boire.",
            "url": PAGE,
            "startDate": "2021-06-09T09:00:00+01:00",
            "endDate": "2021-06-09T09:45:00+01:00",
            "eventStatus": f"{SCHEMA}/EventScheduled",
            "eventAttendanceMode": f"{SCHEMA}/MixedEventAttendanceMode",
            "location": [room, {"@type": "VirtualLocation", "url": PAGE}],
            "inLanguage": ["fr", "ar"],
            "performer": [
                {
                    "@type": "Person",
                    "name": "Salma Médina",
                    "url": f"{EDITION}speakers/salma/",
                    "affiliation": "Institut </script>",
                }
            ],
            "superEvent": {
                "@type": "Event",
                "@id": EDITION,
                "name": "Villes",
                "url": EDITION,
                "startDate": "2021-06-09",
                "endDate": "2021-06-10",
                "location": venue,
            },
        }
    ]


def test_moved_session_has_its_previous_start_date(client, edition):
    session = make_session(edition, slug="eau", at="09:00")
    later = datetime.timedelta(hours=2)
    moved(session, starts_at=session.starts_at + later, ends_at=session.ends_at + later)
    [found] = read(client)
    names = ["eventStatus", "startDate", "previousStartDate"]
    assert [found[name] for name in names] == [
        f"{SCHEMA}/EventRescheduled", "2021-06-09T11:00:00+01:00", "2021-06-09T09:00:00+01:00",
    ]  # fmt: skip


def test_a_session_in_another_room_is_not_rescheduled(client, edition):
    session = make_session(edition, slug="eau", room=make_room(edition))
    moved(session, room=make_room(edition))
    [found] = read(client)
    assert (found["eventStatus"], "previousStartDate" in found) == (
        f"{SCHEMA}/EventScheduled",
        False,
    )


def test_cancelled_session_has_cancelled_event_status(client, edition):
    make_session(edition, slug="eau", status="cancelled")
    assert [found["eventStatus"] for found in read(client)] == [f"{SCHEMA}/EventCancelled"]


@pytest.mark.parametrize("fields", [{"at": None}, {"kind": "break"}])
def test_unscheduled_session_and_break_are_not_events(client, edition, fields):
    make_session(edition, slug="eau", **fields)
    assert read(client) == []
