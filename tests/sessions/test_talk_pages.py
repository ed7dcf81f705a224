"""Talks on public pages and in exports: inside their session, with pages of their own."""

import json

import pytest
from django.utils import translation
from icalendar import Calendar

from symposium.agenda import personal_programme
from symposium.sessions import changes
from symposium.sessions.exports import scheduled_sessions
from symposium.sessions.models import Announcement, Session
from symposium.sessions.programme_pdf import programme_data
from symposium.sessions.schedule_json import schedule
from symposium.sessions.timetable import nest_talks
from tests.factories import (
    instant,
    make_abstract,
    make_edition,
    make_keyword,
    make_participation,
    make_room,
    make_session,
    make_speaker,
    make_talk,
)
from tests.helpers.page_html import cards, hrefs, main, texts, tree, words

pytestmark = pytest.mark.django_db
PROGRAMME = "/fr/2021/programme/"
TALKS = ".//ol[contains(@class, 'talks')]/li"


@pytest.fixture
def edition():
    return make_edition("2021")


@pytest.fixture
def parent(edition):
    """A session from 9:00 to 10:00 with a chair."""
    session = make_session(
        room=make_room(edition, name_fr="Auditorium"), at="09:00", lasting=60,
        title_fr="Mobilités", slug="mobilites",
    )  # fmt: skip
    make_participation(session, make_speaker(edition, family_name_fr="Atlas"), role="chair")
    return session


@pytest.fixture
def talks(parent):
    """Two talks, at 9:00 and 9:30, each with a speaker."""
    found = [
        make_talk(parent, after=30, title_fr="Rivages", slug="rivages"),
        make_talk(parent, after=0, title_fr="Marées", slug="marees"),
    ]
    for talk, name in zip(found, ["Oued", "Lagune"], strict=True):
        make_participation(talk, make_speaker(parent.edition, family_name_fr=name))
    return found[::-1]


# The programme


def test_programme_lists_talks_inside_their_session(client, talks):
    page = client.get(PROGRAMME)
    assert cards(page) == ["Mobilités"]
    assert texts(main(page), f"{TALKS}/div") == ["MaréesSalma Lagune", "RivagesSalma Oued"]
    assert texts(main(page), f"{TALKS}/time") == ["09:00", "09:30"]
    assert texts(main(page), ".//article/p") == ["Présidence de séance : Salma Atlas"]


@pytest.mark.parametrize("number", [1, 3])
def test_programme_query_count_does_not_grow_with_talks(
    client, parent, django_assert_num_queries, number
):
    for order in range(number):
        make_participation(make_talk(parent, after=order * 15))
    with django_assert_num_queries(12):
        page = client.get(PROGRAMME)
    assert len(main(page).xpath(TALKS)) == number


@pytest.mark.parametrize(
    ("query", "expected"),
    [("q=rivages", ["Mobilités"]), ("q=Oued", ["Mobilités"]), ("q=absent", []),
     ("keyword=sel", ["Mobilités"]), ("kind=talk&day=all", ["Mobilités"])],
)  # fmt: skip
def test_programme_filters_find_the_session_of_a_talk(client, edition, parent, query, expected):
    parent.kind = "panel"
    parent.save()
    talk = make_talk(parent, title_fr="Rivages")
    make_participation(talk, make_speaker(edition, family_name_fr="Oued"))
    make_keyword(make_abstract(edition, session=talk), slug="sel")
    make_session(edition, at="14:00", kind="panel", title_fr="Autre")
    assert cards(client.get(f"{PROGRAMME}?{query}")) == expected


def test_programme_marks_cancelled_and_hides_draft_talks(client, parent):
    make_talk(parent, title_fr="Rivages", status="cancelled")
    make_talk(parent, after=20, title_fr="Marées", status="draft")
    assert texts(main(client.get(PROGRAMME)), f"{TALKS}/div") == ["RivagesAnnulée"]


def test_programme_lists_talks_without_a_time_last_in_order(client, parent):
    make_talk(parent, after=None, order=2, title_fr="C")
    make_talk(parent, after=None, order=1, title_fr="B")
    make_talk(parent, title_fr="A")
    assert texts(main(client.get(PROGRAMME)), f"{TALKS}/div") == ["A", "B", "C"]


def test_talk_in_a_room_of_its_own_is_in_the_list_of_that_room(client, edition, parent):
    hall = make_room(edition, name_fr="Hall", slug="hall")
    make_talk(parent, room=hall, title_fr="Rivages")
    assert texts(main(client.get(PROGRAMME)), f"{TALKS}/div") == ["RivagesHall"]
    assert cards(client.get("/fr/2021/rooms/hall/")) == ["Rivages"]


def test_door_lists_the_talks_of_a_session(client, parent, talks):
    page = client.get(f"{parent.room.get_absolute_url()}?display=door")
    assert texts(tree(page), ".//ol[@class='display-talks']/li/span/b") == ["Marées", "Rivages"]
    assert len(tree(page).xpath(".//*[@data-session]")) == 1


# The page of a session and of a talk


def test_session_page_lists_its_talks(client, talks):
    page = main(client.get(f"{PROGRAMME}mobilites/"))
    assert texts(page, f"{TALKS}/div/a") == ["Marées", "Rivages"]
    assert hrefs(page, f"{TALKS}/div/a") == [f"{PROGRAMME}marees/", f"{PROGRAMME}rivages/"]


@pytest.mark.parametrize("number", [1, 3])
def test_session_page_query_count_does_not_grow_with_talks(
    client, parent, django_assert_num_queries, number
):
    for order in range(number):
        make_participation(make_talk(parent, after=order * 15))
    with django_assert_num_queries(16):
        client.get(f"{PROGRAMME}mobilites/")


def test_talk_page_names_its_session_chair_and_neighbours(client, parent, talks):
    make_talk(parent, after=45, title_fr="Dunes", slug="dunes")
    page = main(client.get(f"{PROGRAMME}rivages/"))
    assert texts(page, ".//*[@class='s-part']") == [
        "Dans la session Mobilités Présidence de séance : Salma Atlas"
    ]
    assert texts(page, ".//ul[contains(@class, 'rows')]//h3") == ["Marées", "Dunes"]
    assert "Auditorium" in words(page.xpath(".//dl[@class='when']")[0])


def test_talk_of_a_draft_session_has_no_page(client, parent, talks):
    Session.objects.filter(pk=parent.pk).update(status="draft")
    assert client.get(f"{PROGRAMME}rivages/").status_code == 404


def test_talk_of_a_cancelled_session_is_cancelled(client, parent, talks):
    Session.objects.filter(pk=parent.pk).update(status="cancelled")
    page = main(client.get(f"{PROGRAMME}rivages/"))
    assert "Cette session est annulée." in words(page)


def test_json_ld_links_a_session_and_its_talks(client, parent, talks):
    def ld(slug):
        page = client.get(f"{PROGRAMME}{slug}/").content.decode()
        text = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
        return json.loads(text)

    whole, talk = ld("mobilites"), ld("rivages")
    assert [one["@id"] for one in whole["subEvent"]] == [ld("marees")["@id"], talk["@id"]]
    assert talk["superEvent"]["@id"] == whole["@id"]
    assert talk["location"]["name"] == "Auditorium"


# My programme


def test_session_and_its_talk_are_no_choice(edition, parent, talks):
    beside = make_session(edition, at="09:50")
    [day] = personal_programme.days([parent, talks[0]], edition.zone)
    assert [len(slot.entries) for slot in day.slots] == [1, 1]
    [day] = personal_programme.days([parent, talks[0], beside], edition.zone)
    assert [len(slot.entries) for slot in day.slots] == [3]


# Changes


def test_changes_of_talks_that_follow_their_session_are_told_once(edition, parent, talks):
    Announcement.objects.update(at=instant(edition, "09:00", day=-400))
    Session.objects.filter(pk=parent.pk).update(status="cancelled")
    found = changes.public_changes(edition)
    assert [(shift.session.title_fr, shift.kind) for shift in found] == [
        ("Mobilités", "cancelled"),
    ]


# Exports


def calendar(client, path: str) -> dict:
    found = Calendar.from_ical(client.get(path).content).events
    return {str(event["summary"]): str(event.get("description", "")) for event in found}


def test_calendar_lists_talks_in_the_event_of_their_session(client, talks):
    people = "Salma Atlas (Présidence de séance)"
    listed = f"{people}\n\n09:00 Marées · Salma Lagune\n09:30 Rivages · Salma Oued"
    assert calendar(client, "/2021/programme.ics") == {"Mobilités": listed}
    assert calendar(client, "/2021/programme.ics?talks=1") == {
        "Mobilités": people,
        "Marées": "Mobilités\n\nSalma Lagune",
        "Rivages": "Mobilités\n\nSalma Oued",
    }


def test_calendar_of_a_session_has_its_talks_on_request(client, talks):
    path = "/2021/programme/mobilites.ics"
    assert list(calendar(client, path)) == ["Mobilités"]
    assert list(calendar(client, f"{path}?talks=1")) == ["Mobilités", "Marées", "Rivages"]
    assert list(calendar(client, "/2021/programme/rivages.ics")) == ["Rivages"]


def test_schedule_has_the_talks_instead_of_their_session(edition, parent, talks):
    make_session(edition, at="14:00", title_fr="Seule")
    with translation.override("fr"):
        data = schedule(edition, scheduled_sessions(edition))
    rooms = data["schedule"]["conference"]["days"][0]["rooms"]
    found = [(room, event["title"], event["subtitle"]) for room in rooms for event in rooms[room]]
    assert found == [
        ("Auditorium", "Marées", "Mobilités"),
        ("Auditorium", "Rivages", "Mobilités"),
        ("Casablanca", "Seule", ""),
    ]


def test_programme_pdf_has_talks_inside_their_session(edition, talks):
    sessions = nest_talks(edition.sessions.published().for_programme().with_people())
    with translation.override("fr"):
        data = programme_data(edition, sessions, large=True)
    [group] = data["days"][0]["groups"]
    [session] = group["sessions"]
    assert [(talk["times"], talk["title"]) for talk in session["talks"]] == [
        ("09:00", "Marées"),
        ("09:30", "Rivages"),
    ]


def test_search_finds_a_talk_with_its_session(client, talks):
    page = main(client.get("/fr/2021/search/?q=rivages"))
    assert texts(page, ".//h3") == ["Rivages"]
    assert "Mobilités" in words(page)
