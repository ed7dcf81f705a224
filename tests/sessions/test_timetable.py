import zoneinfo

import pytest

from symposium.sessions.timetable import load_sessions, timetables_by_day
from tests.factories import make_edition, make_room, make_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make_edition()


@pytest.fixture
def rooms(edition):
    return [make_room(edition, order=order) for order in range(3)]


def laid_out(edition, zone=None):
    return timetables_by_day(load_sessions(edition, edition.sessions.all()), zone or edition.zone)


def places(timetable) -> dict[str, str]:
    """Return the `place` of each session's card, by title."""
    cards = [card for group in timetable.groups for card in group.cards]
    return {card.session.title_fr: card.place for card in cards}


def columns(timetable) -> list[tuple]:
    return [(column.room, column.first, column.lanes) for column in timetable.columns]


def test_by_day_without_sessions():
    assert timetables_by_day([], zoneinfo.ZoneInfo("Africa/Casablanca")) == []


def test_rows_are_the_distinct_times(edition, rooms):
    make_session(edition, title_fr="A", room=rooms[0], at="09:00", lasting=60)
    make_session(edition, title_fr="B", room=rooms[1], at="09:00", lasting=30)
    make_session(edition, title_fr="C", room=rooms[1], at="09:30", lasting=60)
    make_session(edition, title_fr="D", room=rooms[0], at="14:00", lasting=15)
    (timetable,) = laid_out(edition)
    # rows: 9:00, 9:30, 10:00, 10:30, 14:00, 14:15
    assert places(timetable) == {
        "A": "tt-s0 tt-d2 tt-c1",
        "B": "tt-s0 tt-d1 tt-c2",
        "C": "tt-s1 tt-d2 tt-c2",
        "D": "tt-s4 tt-d1 tt-c1",
    }
    assert [(group.row, len(group.cards)) for group in timetable.groups] == [(0, 2), (1, 1), (4, 1)]


def test_timetable_columns_are_the_rooms_in_order(edition, rooms):
    for room in (rooms[2], rooms[0]):
        make_session(edition, room=room)
    (timetable,) = laid_out(edition)
    assert columns(timetable) == [(rooms[0], 1, 1), (rooms[2], 2, 1)]


@pytest.mark.parametrize("kind", ["opening", "plenary", "keynote", "closing", "break"])
def test_plenary_without_parallel_session_spans_all_rooms(edition, rooms, kind):
    make_session(edition, title_fr="Tous", kind=kind, room=rooms[1], at="09:00", lasting=30)
    make_session(edition, title_fr="Après", room=rooms[0], at="09:30")
    (timetable,) = laid_out(edition)
    assert places(timetable) == {"Tous": "tt-s0 tt-d1 tt-all", "Après": "tt-s1 tt-d1 tt-c1"}
    assert columns(timetable) == [(rooms[0], 1, 1)]


def test_talk_without_parallel_session_stays_in_its_room(edition, rooms):
    make_session(edition, title_fr="Seule", room=rooms[1])
    (timetable,) = laid_out(edition)
    assert places(timetable) == {"Seule": "tt-s0 tt-d1 tt-c1"}


def test_plenary_beside_a_session_stays_in_its_room(edition, rooms):
    make_session(edition, title_fr="Plénière", kind="plenary", room=rooms[0], lasting=60)
    make_session(edition, title_fr="Atelier", room=rooms[1], at="09:59", lasting=10)
    (timetable,) = laid_out(edition)
    assert places(timetable) == {
        "Plénière": "tt-s0 tt-d2 tt-c1",
        "Atelier": "tt-s1 tt-d2 tt-c2",
    }


def test_parallel_posters_get_one_lane_each(edition, rooms):
    for title in "ABC":
        make_session(edition, title_fr=title, kind="poster_session", room=rooms[0], at="10:00")
    make_session(edition, title_fr="D", room=rooms[1], at="10:00")
    (timetable,) = laid_out(edition)
    assert columns(timetable) == [(rooms[0], 1, 3), (rooms[1], 4, 1)]
    assert [column.place for column in timetable.columns] == ["tt-c1 tt-w3", "tt-c4"]
    assert sorted(places(timetable).values()) == [f"tt-s0 tt-d1 tt-c{n}" for n in (1, 2, 3, 4)]
    assert timetable.width == 4


def test_free_lane_is_reused(edition, rooms):
    make_session(edition, title_fr="A", kind="poster_session", room=rooms[0], lasting=120)
    make_session(edition, title_fr="B", kind="poster_session", room=rooms[0], lasting=60)
    make_session(edition, title_fr="C", kind="poster_session", room=rooms[0], at="10:00")
    (timetable,) = laid_out(edition)
    assert columns(timetable) == [(rooms[0], 1, 2)]
    assert places(timetable)["C"] == "tt-s1 tt-d1 tt-c2"


def test_cancelled_session_is_placed_beside_its_replacement(edition, rooms):
    make_session(edition, title_fr="Annulée", room=rooms[0], status="cancelled")
    make_session(edition, title_fr="Remplaçante", room=rooms[0])
    (timetable,) = laid_out(edition)
    assert places(timetable) == {
        "Annulée": "tt-s0 tt-d1 tt-c1",
        "Remplaçante": "tt-s0 tt-d1 tt-c2",
    }


def test_sessions_without_a_room_come_last(edition, rooms):
    make_session(edition, title_fr="Ailleurs")
    make_session(edition, title_fr="Ici", room=rooms[2])
    (timetable,) = laid_out(edition)
    assert columns(timetable) == [(rooms[2], 1, 1), (None, 2, 1)]


def test_session_past_midnight_belongs_to_the_day_it_starts(edition, rooms):
    make_session(edition, title_fr="Nuit", room=rooms[0], at="23:30", lasting=60)
    make_session(edition, title_fr="Matin", room=rooms[0], day=2, at="00:30")
    days = laid_out(edition)
    assert [(day.day, list(places(day))) for day in days] == [
        (edition.days[0], ["Nuit"]),
        (edition.days[1], ["Matin"]),
    ]


def test_timetable_day_uses_the_edition_time_zone():
    edition = make_edition(time_zone="Pacific/Kiritimati")
    make_session(edition, at="00:10")
    assert [day.day for day in laid_out(edition)] == [edition.starts_on]


@pytest.mark.parametrize(("number", "is_wide"), [(1, False), (6, False), (7, True), (40, True)])
def test_any_number_of_rooms(edition, number, is_wide):
    for order in range(number):
        make_session(edition, room=make_room(edition, order=order))
    (timetable,) = laid_out(edition)
    assert (timetable.width, timetable.is_wide) == (number, is_wide)
    assert [column.first for column in timetable.columns] == list(range(1, number + 1))


def test_timetable_of_only_plenaries_is_one_column_wide(edition):
    make_session(edition, kind="plenary")
    (timetable,) = laid_out(edition)
    assert (timetable.columns, timetable.width) == ([], 1)


def test_cancelled_break_is_marked_cancelled(edition):
    make_session(edition, kind="break", at="10:00")
    make_session(edition, kind="break", at="16:00", status="cancelled")
    (timetable,) = laid_out(edition)
    held, cancelled = [card.html for group in timetable.groups for card in group.cards]
    assert [html.count("tt-cancelled") for html in (held, cancelled)] == [0, 1]
    assert [html.count("tag-bad") for html in (held, cancelled)] == [0, 1]
