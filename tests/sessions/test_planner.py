"""The planner of the desk: its layout, its forms, its answers to the script."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import translation

from symposium.sessions import planner
from symposium.sessions.conflicts import find_conflicts, planned
from symposium.sessions.draft import draft_sessions, draft_slot
from symposium.sessions.models import Move, Session
from tests.factories import (
    instant,
    make_edition,
    make_organiser,
    make_participation,
    make_room,
    make_session,
    make_speaker,
    make_talk,
    make_track,
    refreshed,
)
from tests.helpers.admin_forms import told

pytestmark = pytest.mark.django_db

PLANNER = "/admin/symposium_sessions/session/planner/"
DAY = datetime.date(2021, 6, 9)


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


@pytest.fixture
def rooms(edition):
    return [make_room(edition, name_fr=name) for name in ("Salle A", "Salle B")]


def laid_out(edition) -> planner.Day:
    sessions = planner.load_day(edition, DAY)
    return planner.lay_out(edition, DAY, sessions, list(edition.rooms.all()), {}, everybody=True)


def act(desk, action: str, session=None, *, day="2021-06-09", chosen=(), **fields):
    """Send a form of the planner, as a page without a script."""
    data = {"action": action, "day": day, "chosen": [one.pk for one in chosen], **fields}
    data |= {"session": session.pk} if session else {}
    return desk.post(f"{PLANNER}?day={day}", data, follow=True)


def place(session) -> tuple[str | None, str | None]:
    """Return the start and the room of a session in the draft."""
    session = draft_sessions(session.edition).get(pk=session.pk)
    slot = draft_slot(session)
    at = slot.starts_at and f"{slot.starts_at.astimezone(session.edition.zone):%d %H:%M}"
    return at, slot.room_id


def sentences(edition, seats=()) -> list[str]:
    found = planned(draft_sessions(edition), edition.rooms.all(), seats=dict(seats))
    marks = str.maketrans("", "", "\u2066\u2068\u2069")
    with translation.override("en"):
        return [one.sentence.translate(marks) for one in find_conflicts(edition, found)]


# The layout


def test_cards_lie_at_their_times_and_rooms(edition, rooms):
    one = make_session(edition, at="10:00", lasting=30, room=rooms[0])
    two = make_session(edition, at="10:15", lasting=30, room=rooms[1])
    lunch = make_session(edition, at="12:00", lasting=60, kind="break")
    make_session(edition, at="10:00", day=2)
    waiting = make_session(edition, at=None)
    make_session(edition, at=None, status="cancelled")
    day = laid_out(edition)
    assert {card.session: card.place for card in day.cards} == {
        one: "pl-t24 pl-d6 pl-c1", two: "pl-t27 pl-d6 pl-c2", lunch: "pl-t48 pl-d12 pl-all"
    }  # fmt: skip
    assert [(column.room, column.place) for column in day.columns] == [
        (rooms[0], "pl-c1"), (rooms[1], "pl-c2"), (None, "pl-c3")
    ]  # fmt: skip
    assert [card.session for card in day.pool] == [waiting]
    assert (day.first_hour, day.last_hour) == (8, 19)


def test_overlapping_sessions_of_a_room_lie_side_by_side(edition, rooms):
    make_session(edition, at="10:00", room=rooms[0], kind="poster_session")
    make_session(edition, at="10:15", room=rooms[0], kind="poster_session")
    other = make_session(edition, at="10:00", room=rooms[1])
    day = laid_out(edition)
    assert [column.place for column in day.columns] == ["pl-c1 pl-w2", "pl-c3", "pl-c4"]
    assert day.card(other.pk).place.endswith("pl-c3")


def test_hours_follow_the_clock_of_the_edition_all_day(edition, rooms):
    early = make_session(edition, at="00:00", lasting=1)
    late = make_session(edition, at="23:00", lasting=60)
    day = laid_out(edition)
    assert (day.first_hour, day.last_hour) == (0, 24)
    assert day.card(early.pk).place == "pl-t0 pl-d1 pl-c3"
    assert day.card(late.pk).place == "pl-t276 pl-d12 pl-c3"


# Warnings


def test_warnings_name_sessions_rooms_and_people(edition, rooms):
    rooms[0].capacity = 10
    rooms[0].save()
    speaker = make_speaker(edition, given_name_fr="Amina", family_name_fr="Rivage")
    one = make_session(
        edition, at="10:00", title_fr="Eau", room=rooms[0], places=20, kind="workshop"
    )
    two = make_session(edition, at="10:50", title_fr="Air", room=rooms[1])
    make_session(edition, at="11:00", title_fr="Pause", kind="break")
    make_session(edition, at="11:00", title_fr="Affiches", kind="poster_session")
    for session in (one, two):
        make_participation(session, speaker)
    assert sorted(sentences(edition)) == [
        "Air (9 June 2021 10:50–11:35) takes place during Pause.",
        "Amina Rivage has less than ten minutes between Eau (9 June 2021 10:00–10:45) and Air "
        "(9 June 2021 10:50–11:35), in another room.",
        "Eau needs 20 places: Salle A has 10.",
    ]  # fmt: skip


# Without a script


def test_panel_moves_a_session(desk, edition, rooms):
    session = make_session(edition, at="10:00", title_fr="Eau", room=rooms[0])
    page = desk.get(f"{PLANNER}?session={session.pk}&day=2021-06-09")
    form = page.context["panel"]["form"]
    assert (form.initial["minutes"], form.initial["room"]) == (45, rooms[0].pk)
    response = act(desk, "place", session, start="11h30", minutes=60, room=rooms[1].pk)
    assert response.redirect_chain == [
        (f"{PLANNER}?edition={edition.pk}&day=2021-06-09&session={session.pk}#pl-panel", 302)
    ]
    assert told(response) == ["⁨Eau⁩: 9 June 2021 ⁦11:30–12:30⁩, ⁨Salle B⁩."]
    assert place(session) == ("09 11:30", rooms[1].pk)
    assert refreshed(session).room == rooms[0]
    line = LogEntry.objects.get()
    assert line.get_change_message() == "In the draft: 9 June 2021 ⁦11:30–12:30⁩, ⁨Salle B⁩."
    act(desk, "place", session, day="2021-06-10", start="09:00")
    assert place(session) == ("10 09:00", None)


def test_arrows_of_the_panel(desk, edition, rooms):
    session = make_session(edition, at="10:00", room=rooms[0])
    for action, expected in [
        ("down", ("09 10:15", rooms[0].pk)),
        ("up", ("09 10:00", rooms[0].pk)),
        ("next", ("09 10:00", rooms[1].pk)),
        ("next", ("09 10:00", None)),
        ("next", ("09 10:00", None)),
        ("previous", ("09 10:00", rooms[1].pk)),
        ("remove", (None, rooms[1].pk)),
        ("revert", ("09 10:00", rooms[0].pk)),
    ]:
        act(desk, action, session)
        assert place(session) == expected, action
    assert not Move.objects.exists()


def test_draft_from_the_pool_is_published_with_the_release(desk, edition):
    waiting = make_session(edition, at=None, status="draft")
    act(desk, "place", waiting, start="10:00")
    assert (waiting.move.status, waiting.move.ends_at) == ("published", instant(edition, "10:30"))
    act(desk, "place", waiting, start="10:00", status="draft")
    assert refreshed(waiting).move.status == ""


def test_selection_is_shifted_swapped_spread_and_undone(desk, edition, rooms):
    chosen = [make_session(edition, at=at, lasting=30) for at in ("09:00", "09:40", "11:00")]
    act(desk, "later", chosen=chosen, minutes=15)
    assert [place(one)[0] for one in chosen] == ["09 09:15", "09 09:55", "09 11:15"]
    act(desk, "earlier", chosen=chosen, minutes=15)
    act(desk, "spread", chosen=chosen)
    assert [place(one)[0] for one in chosen] == ["09 09:00", "09 10:00", "09 11:00"]
    act(desk, "swap", chosen=chosen[:2])
    assert [place(one)[0] for one in chosen] == ["09 10:00", "09 09:00", "09 11:00"]
    for _step in range(4):
        act(desk, "undo")
    assert [place(one)[0] for one in chosen] == ["09 09:00", "09 09:40", "09 11:00"]
    act(desk, "redo")
    assert place(chosen[0])[0] == "09 09:15"


@pytest.mark.parametrize(
    ("action", "fields", "reason"),
    [
        ("place", {"start": "soon"}, "Start: Enter a valid time."),
        ("place", {"start": "23:50"}, ""),
        ("place", {"start": "10:00", "day": "2021-07-01"},
         "Day: Select a valid choice. 2021-07-01 is not one of the available choices."),
        ("later", {"minutes": "0"}, "Select one or more sessions."),
        ("fly", {}, "Select one or more sessions."),
        ("undo", {}, "There’s nothing to undo."),
    ],
)  # fmt: skip
def test_impossible_action_is_explained(desk, edition, action, fields, reason):
    session = make_session(edition, at="10:00", day=2)
    before = place(session)
    data = {"action": action, "session": session.pk, "day": "2021-06-10"} | fields
    response = desk.post(PLANNER, data, follow=True)
    assert reason in " ".join(told(response))
    assert place(session) == before


def test_session_of_another_edition_is_not_moved(desk, edition):
    other = make_session(make_edition(), at="10:00")
    response = act(desk, "down", other)
    assert told(response) == ["Select one or more sessions."]
    assert not Move.objects.exists()


# With the script


def test_script_gets_the_day_and_a_sentence(desk, edition, rooms):
    make_session(edition, at="11:00", title_fr="Air", room=rooms[0])
    session = make_session(edition, at="10:00", title_fr="Eau", room=rooms[0])
    data = {"action": "down", "session": session.pk}
    for _quarter in range(2):
        answer = desk.post(
            f"{PLANNER}?day=2021-06-09", data, headers={"Accept": "application/json"}
        )
    day = answer.json()
    assert day["cards"][str(session.pk)] == {
        "place": "pl-t30 pl-d9 pl-c1",
        "state": "pl-changed pl-clash",
        "times": "10:30–11:15",
        "flags": ["Room clash", "Changed"],
    }
    assert day["columns"] == ["pl-c1 pl-w2", "pl-c3", "pl-c4"]
    assert day["ghosts"] == [{"place": "pl-t24 pl-d9 pl-c1", "label": "Before: Eau"}]
    assert (day["moves"], day["can_undo"], day["error"]) == ("1 change isn’t public yet", True, "")
    assert "Eau (9 June 2021 10:30–11:15) and Air" in day["said"].translate(
        str.maketrans("", "", "\u2066\u2068\u2069")
    )


@pytest.mark.parametrize("count", [1, 3])
def test_page_query_count_is_constant(desk, edition, rooms, count, django_assert_num_queries):
    for number in range(count):
        session = make_session(
            edition, at=f"1{number}:00", room=rooms[0], track=make_track(edition)
        )
        make_participation(session)
        act(desk, "down", session)
    desk.get(PLANNER)
    with django_assert_num_queries(13):
        desk.get(f"{PLANNER}?session={Session.objects.first().pk}&day=2021-06-09")


# Talks


def order_of(session) -> list[tuple[str, str]]:
    """Return the start and the title of each talk of a session, in order."""
    zone = session.edition.zone
    return [
        (one.starts_at and f"{one.starts_at.astimezone(zone):%H:%M}", one.title_fr)
        for one in session.talks.in_order()
    ]


def move(desk, session, talk, way: str) -> str:
    """Press a button of a talk in the panel; return the message."""
    page = f"{PLANNER}?day=2021-06-09"
    data = {"session": session.pk, "talk": f"{way}:{talk.pk}"}
    response = desk.post(page, data, follow=True)
    assert response.redirect_chain[0][0].endswith(f"session={session.pk}#pl-panel")
    return " ".join(map(str, response.context["messages"]))


def test_talks_are_reordered_in_the_panel(desk, edition):
    session = make_session(edition, at="10:00", lasting=60)
    one = make_talk(session, after=0, lasting=30, title_fr="Un")
    two = make_talk(session, after=35, lasting=15, title_fr="Deux")
    assert move(desk, session, two, "up") == ""
    assert order_of(session) == [("10:00", "Deux"), ("10:20", "Un")]
    assert move(desk, session, two, "up") == "There is no other talk on that side."
    assert move(desk, session, two, "down") == ""
    assert order_of(session) == [("10:00", "Un"), ("10:35", "Deux")]
    page = desk.get(f"{PLANNER}?day=2021-06-09&session={session.pk}").content.decode()
    assert [f'value="up:{talk.pk}" disabled' in page for talk in (one, two)] == [True, False]


def test_talks_without_a_time_exchange_their_positions(desk, edition):
    session = make_session(edition, at="10:00", lasting=60)
    make_talk(session, after=0, title_fr="Un")
    two = make_talk(session, after=None, title_fr="Deux")
    three = make_talk(session, after=None, title_fr="Trois")
    assert move(desk, session, three, "up") == ""
    assert order_of(session) == [("10:00", "Un"), (None, "Trois"), (None, "Deux")]
    assert move(desk, session, three, "up") == "First choose a time for both talks."
    assert move(desk, session, two, "sideways") == "Choose an action."


def test_talk_does_not_move_where_its_speaker_is_elsewhere(desk, edition):
    session = make_session(edition, at="10:00", lasting=60)
    make_talk(session, after=0, lasting=30)
    two = make_talk(session, after=30, lasting=30)
    elsewhere = make_session(edition, at="10:00", lasting=30)
    speaker = make_speaker(edition)
    make_participation(two, speaker)
    make_participation(elsewhere, speaker)
    assert str(speaker) in move(desk, session, two, "up")
    assert refreshed(two).starts_at == two.starts_at
