"""Talks at the desk: rows in the form of their session, and their place in the list."""

import pytest

from symposium.sessions.models import Session
from tests.factories import (
    make_edition,
    make_organiser,
    make_participation,
    make_room,
    make_session,
    make_talk,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, errors_of, form_of, save, told

pytestmark = pytest.mark.django_db

LIST = "/admin/symposium_sessions/session/"


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


@pytest.fixture
def parent(edition):
    """A session from 9:00 to 10:00."""
    room = make_room(edition)
    return make_session(room=room, at="09:00", lasting=60, title_fr="Mobilités", languages=["fr"])


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def clock(talk: Session) -> str:
    zone = talk.edition.zone
    return f"{talk.starts_at.astimezone(zone):%H:%M}–{talk.ends_at.astimezone(zone):%H:%M}"


def row(**fields) -> dict:
    return {"talks": {"heading": "Rivages", "start": "09:20", "minutes": 20} | fields}


def test_row_adds_a_talk_that_is_public_with_its_session(desk, parent):
    assert save(desk, admin_url(parent), row()).status_code == 302
    talk = parent.talks.get()
    assert (talk.title_en, talk.kind, talk.languages) == ("Rivages", "talk", ["fr"])
    assert (clock(talk), talk.effective_room) == ("09:20–09:40", parent.room)
    assert talk in Session.objects.held()


def test_row_adds_a_talk_without_a_time(desk, parent):
    assert save(desk, admin_url(parent), row(start="", minutes="")).status_code == 302
    assert parent.talks.get().starts_at is None


def test_new_session_is_added_with_its_talks(desk, edition):
    times = {"starts_at_0": "2021-06-09", "starts_at_1": "09:00",
             "ends_at_0": "2021-06-09", "ends_at_1": "10:00"}  # fmt: skip
    page = "/admin/symposium_sessions/session/add/"
    response = save(desk, page, row(), title_fr="Mobilités", **times)
    assert response.status_code == 302, errors_of(response)
    assert [talk.parent.title_fr for talk in Session.objects.exclude(parent=None)] == ["Mobilités"]


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"minutes": 60}, {"talks-0-start": [
            "“Mobilités” is on 9 June 2021 \u206609:00–10:00\u2069. Choose a time within it."
        ]}),
        ({"minutes": ""}, {"talks-0-minutes": ["Enter both a start and a length, or neither."]}),
        ({"start": ""}, {"talks-0-start": ["Enter both a start and a length, or neither."]}),
        ({"start": "soon"}, {"talks-0-start": ["Enter a valid time."]}),
        ({"heading": ""}, {"talks-0-heading": ["This field is required."]}),
    ],
)  # fmt: skip
def test_row_that_does_not_fit_is_refused_beside_its_field(desk, parent, fields, errors):
    assert errors_of(save(desk, admin_url(parent), row(**fields))) == errors
    assert parent.talks.count() == 0


def test_row_of_an_unscheduled_session_takes_no_time(desk, edition):
    parent = make_session(edition, at=None)
    assert errors_of(save(desk, admin_url(parent), row())) == {
        "talks-0-start": ["First choose a time for the session."]
    }


def test_row_may_use_the_time_that_its_session_gains(desk, parent):
    added = row(start="10:00", minutes=15)
    assert (
        save(desk, admin_url(parent), added, ends_at_1="10:15", timetable="now").status_code == 302
    )
    assert clock(parent.talks.get()) == "10:00–10:15"


def test_rows_show_the_talks_in_order_and_move_with_the_session(desk, parent):
    later, first = make_talk(parent, after=30), make_talk(parent, after=0)
    page = admin_url(parent)
    form = form_of(desk.get(page))
    assert [form["talks-0-start"], form["talks-1-start"], form["talks-1-minutes"]] == [
        "09:00", "09:30", "15",
    ]  # fmt: skip
    moved = save(desk, page, starts_at_1="11:00", ends_at_1="12:00", timetable="now")
    assert moved.status_code == 302
    assert [clock(refreshed(first)), clock(refreshed(later))] == ["11:00–11:15", "11:30–11:45"]


def test_row_sets_the_times_of_a_talk(desk, parent):
    talk = make_talk(parent, title_fr="Rivages")
    changes = {"talks-0-start": "09:40", "talks-0-minutes": "20"}
    assert save(desk, admin_url(parent), **changes).status_code == 302
    talk = refreshed(talk)
    assert (clock(talk), talk.title_fr, talk.title_en) == ("09:40–10:00", "Rivages", None)


def test_talk_has_a_parent_field_and_no_rows(desk, parent):
    talk = make_talk(parent)
    form = form_of(desk.get(admin_url(talk)))
    assert form["parent"] == str(parent.pk)
    assert "talks-TOTAL_FORMS" not in form


def test_session_is_not_deleted_before_its_talks(desk, parent):
    make_talk(parent, title_fr="Rivages")
    response = desk.get(admin_url(parent, "delete"), follow=True)
    assert told(response) == [
        "“Mobilités” holds talks. First delete or move them: \u2068Rivages\u2069."
    ]


def test_list_shows_talks_under_their_session(desk, parent, edition):
    make_session(edition, at="09:30", title_fr="Après")
    make_talk(parent, after=40, title_fr="Fin")
    make_talk(parent, after=0, title_fr="Début")
    rows = desk.get(LIST).context["cl"].queryset
    assert [session.title_fr for session in rows] == ["Mobilités", "Début", "Fin", "Après"]


def test_parent_is_chosen_among_sessions_that_may_hold_talks(desk, parent, edition):
    make_session(edition, kind="break", title_fr="Mobilités et café")
    make_talk(parent, title_fr="Mobilités douces")
    query = {
        "app_label": "symposium_sessions", "model_name": "session", "field_name": "parent",
        "term": "mobil", "of_edition": edition.pk,
    }  # fmt: skip
    found = desk.get("/admin/autocomplete/", query).json()["results"]
    assert [one["id"] for one in found] == [str(parent.pk)]


def test_copy_of_a_session_has_copies_of_its_talks(desk, parent):
    make_participation(make_talk(parent, after=30, title_fr="Fin"))
    make_talk(parent, after=0, title_fr="Début")
    desk.post(f"{LIST}{parent.pk}/duplicate/")
    copy = Session.objects.get(parent=None, status="draft")
    talks = copy.talks.in_order()
    assert [(talk.title_fr, talk.starts_at) for talk in talks] == [("Début", None), ("Fin", None)]
    assert [talk.speakers.count() for talk in talks] == [0, 1]
