"""Talks of a session: where they lie, what follows when their session changes, who clashes."""

import datetime

import pytest
from django.db import transaction
from django.db.models import RestrictedError
from hypothesis import given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from symposium.sessions import planning
from symposium.sessions.models import Participation, Session
from tests.factories import (
    build_session,
    make_edition,
    make_participation,
    make_room,
    make_session,
    make_speaker,
    make_talk,
    refreshed,
    times,
)
from tests.helpers.database_errors import commit, execute, faults, refused_by

pytestmark = pytest.mark.django_db

INSIDE, TALK, LEVEL = "sessions_talk_inside", "sessions_one_talk_at_a_time", "sessions_one_level"
ALONE = "sessions_break_alone"
HERE, THERE = "participations_one_talk_at_a_time", "participations_one_place_at_a_time"
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def edition():
    return make_edition("2021")


@pytest.fixture
def room(edition):
    return make_room(edition, name_fr="Auditorium")


@pytest.fixture
def parent(room):
    """A session from 9:00 to 10:00."""
    return make_session(room=room, at="09:00", lasting=60, title_fr="Mobilités")


def move(session: Session, **fields) -> None:
    Session.objects.filter(pk=session.pk).update(**fields)


def clock(session: Session) -> str | None:
    session = refreshed(session)
    if session.starts_at is None:
        return None
    zone = session.edition.zone
    return f"{session.starts_at.astimezone(zone):%H:%M}–{session.ends_at.astimezone(zone):%H:%M}"


# A talk lies in the time of its session


def test_talk_may_fill_its_session(parent):
    talk = make_talk(parent, lasting=60)
    commit()
    assert faults(talk) == {}


@pytest.mark.parametrize(("after", "lasting"), [(-1, 15), (50, 15), (60, 15), (-10, 80)])
def test_talk_outside_its_session_is_refused(parent, after, lasting):
    with refused_by(INSIDE):
        make_talk(parent, after=after, lasting=lasting)
    talk = build_session(
        parent.edition, parent=parent, slug="out", starts_at=parent.starts_at + after * MINUTE,
        ends_at=parent.starts_at + (after + lasting) * MINUTE,
    )  # fmt: skip
    assert faults(talk) == {
        "starts_at": [
            "“Mobilités” is on 9 June 2021 \u206609:00–10:00\u2069. Choose a time within it."
        ]
    }


def test_talk_with_a_time_needs_a_session_with_a_time(edition):
    parent = make_session(edition, at=None, title_fr="Mobilités")
    with refused_by(INSIDE):
        make_session(edition, parent=parent)
    assert faults(build_session(edition, parent=parent)) == {
        "starts_at": ["First choose a time for “Mobilités”, which holds this talk."]
    }


def test_talk_may_have_no_time(parent):
    assert faults(make_talk(parent, after=None)) == {}
    commit()


def test_talk_and_its_session_may_be_written_in_any_order(parent):
    with transaction.atomic():
        make_talk(parent, after=60)
        move(parent, ends_at=parent.ends_at + 15 * MINUTE)
        commit()


def test_session_shortened_under_its_talk_is_refused(parent):
    make_talk(parent, after=40, lasting=20, title_fr="Rivages")
    with refused_by(INSIDE):
        move(parent, ends_at=parent.ends_at - MINUTE)
    parent.ends_at -= MINUTE
    assert faults(parent) == {
        "ends_at": [
            "The talk “Rivages” would be on 9 June 2021 \u206609:40–10:00\u2069, after the "
            "session’s end."
        ]
    }


# One level


def test_talk_of_a_talk_is_refused(parent):
    talk = make_talk(parent)
    with refused_by(LEVEL):
        make_talk(talk)
    deeper = build_session(parent.edition, parent=talk, at=None)
    assert faults(deeper) == {"parent": ["A talk can’t hold talks of its own."]}


def test_session_with_talks_cannot_become_a_talk(parent, edition):
    make_talk(parent, after=None)
    other = make_session(edition, at="09:00", lasting=60)
    with refused_by(LEVEL):
        move(parent, parent=other)
    parent.parent = other
    assert faults(parent) == {"parent": ["A talk can’t hold talks of its own."]}


def test_session_is_not_its_own_talk(parent):
    with refused_by(LEVEL):
        move(parent, parent=parent)
    parent.parent = parent
    assert faults(parent) == {"parent": ["A talk can’t hold talks of its own."]}


@pytest.mark.parametrize("kinds", [("break", "talk"), ("panel", "break")])
def test_break_holds_no_talks_and_is_none(edition, kinds):
    parent = make_session(edition, kind=kinds[0])
    with refused_by(ALONE):
        make_talk(parent, kind=kinds[1])
    talk = build_session(edition, parent=parent, kind=kinds[1], slug="pause")
    assert faults(talk) == {"parent": ["A break can’t hold talks or be part of a session."]}


def test_session_with_talks_cannot_become_a_break(parent):
    make_talk(parent)
    with refused_by(ALONE):
        move(parent, kind="break")


def test_talk_of_another_edition_is_refused(parent):
    other = make_edition("2022")
    with refused_by("session_parent_same_edition"):
        make_session(other, at=None, parent=parent)
    assert faults(build_session(other, at=None, parent=parent)) == {
        "parent": ["Choose an item from this edition."]
    }


def test_session_with_talks_is_not_deleted_alone(parent):
    make_talk(parent)
    with pytest.raises(RestrictedError):
        parent.delete()
    Session.objects.all().delete()
    assert Session.objects.count() == 0


def test_edition_is_deleted_with_sessions_and_talks(parent):
    make_talk(parent)
    parent.edition.delete()
    assert Session.objects.count() == 0


# Talks move along


def test_talks_move_along_with_their_session(parent, edition):
    first, second = make_talk(parent, after=0), make_talk(parent, after=20)
    untimed, other = make_talk(parent, after=None), make_session(edition, at="09:00")
    move(parent, **times(edition, "14:30", 60, day=2))
    commit()
    assert [clock(one) for one in (first, second, untimed, other)] == [
        "14:30–14:45", "14:50–15:05", None, "09:00–09:45",
    ]  # fmt: skip
    assert refreshed(first).day == edition.ends_on


def test_talks_move_along_by_plain_sql(parent):
    talk = make_talk(parent, after=20)
    execute(
        "UPDATE symposium_sessions_session SET starts_at = starts_at + interval '5 minutes',"
        " ends_at = ends_at + interval '5 minutes' WHERE parent_id IS NULL"
    )
    assert clock(talk) == "09:25–09:40"


def test_talks_and_sessions_moved_by_one_statement_move_once(parent):
    make_talk(parent, after=0), make_talk(parent, after=45)
    execute(
        "UPDATE symposium_sessions_session SET starts_at = starts_at + interval '5 minutes',"
        " ends_at = ends_at + interval '5 minutes'"
    )
    commit()
    assert [clock(one) for one in Session.objects.in_order()] == [
        "09:05–10:05", "09:05–09:20", "09:50–10:05",
    ]  # fmt: skip


def test_talks_keep_their_place_when_their_session_ends_later(parent):
    talk = make_talk(parent, after=20)
    move(parent, ends_at=parent.ends_at + 15 * MINUTE)
    assert clock(talk) == "09:20–09:35"


def test_talks_of_an_unscheduled_session_have_no_time(parent):
    talk = make_talk(parent)
    move(parent, starts_at=None, ends_at=None)
    commit()
    assert clock(talk) is None


def test_swapped_sessions_take_their_talks_along(parent, edition):
    other = make_session(edition, at="14:00", lasting=60)
    first, second = make_talk(parent, after=10), make_talk(other, after=20)
    planning.swap(parent, other)
    assert [clock(first), clock(second)] == ["14:10–14:25", "09:20–09:35"]


class TestMoves(TestCase):
    @fuzzing(max_examples=20, deadline=None, derandomize=True, database=None)
    @given(
        shift=st.integers(-540, 1200),
        places=st.lists(st.tuples(st.integers(0, 59), st.integers(1, 59)), max_size=4),
    )
    def test_distance_from_the_start_of_the_session_stays(self, shift, places):
        edition = make_edition()
        parent = make_session(edition, at="09:00", lasting=120)
        talks = [
            make_talk(parent, after=after, lasting=lasting, kind="poster_session")
            for after, lasting in places
        ]
        move(parent, starts_at=parent.starts_at + shift * MINUTE,
             ends_at=parent.ends_at + shift * MINUTE)  # fmt: skip
        commit()
        parent = refreshed(parent)
        found = [
            ((talk.starts_at - parent.starts_at) / MINUTE, (talk.ends_at - talk.starts_at) / MINUTE)
            for talk in map(refreshed, talks)
        ]
        assert found == places


# The room


def test_talk_is_in_the_room_of_its_session(parent, room):
    talk = refreshed(make_talk(parent))
    assert [talk.room, talk.effective_room] == [None, room]
    assert faults(talk) == {}


def test_talk_that_names_the_room_of_its_session_has_none_of_its_own(parent, room):
    talk = refreshed(make_talk(parent, room=room))
    commit()
    assert [talk.room, talk.effective_room] == [None, room]
    assert faults(build_session(parent.edition, parent=parent, room=room, at="09:15")) == {}


def test_talk_follows_its_session_into_another_room(parent, edition):
    talk, hall = make_talk(parent), make_room(edition)
    move(parent, room=hall)
    assert refreshed(talk).effective_room == hall


def test_own_room_of_a_talk_is_taken(parent, edition):
    hall = make_room(edition, name_fr="Hall")
    make_talk(parent, room=hall, title_fr="Rivages")
    with refused_by("sessions_one_at_a_time_in_a_room"):
        make_session(room=hall, at="09:10")
    assert faults(build_session(room=hall, at="09:10")) == {
        "room": ["Hall is taken by “Rivages”, 9 June 2021 \u206609:00–09:15\u2069."]
    }


def test_session_moved_so_that_the_own_room_of_its_talk_is_taken_is_refused(parent, edition):
    hall = make_room(edition, name_fr="Hall")
    make_talk(parent, room=hall)
    make_session(room=hall, at="11:00", title_fr="Rivages")
    for name, value in times(edition, "11:00", 60).items():
        setattr(parent, name, value)
    assert faults(parent) == {
        "starts_at": ["Hall is taken by “Rivages”, 9 June 2021 \u206611:00–11:45\u2069."]
    }


def test_talks_of_a_session_follow_one_another(parent):
    first = make_talk(parent, after=0, title_fr="Rivages")
    make_talk(parent, after=15)
    commit()
    with refused_by(TALK):
        make_talk(parent, after=10)
    second = build_session(parent.edition, parent=parent, at="09:10", lasting=5)
    assert faults(second) == {
        "starts_at": ["“Rivages” takes place at this time, 9 June 2021 \u206609:00–09:15\u2069."]
    }
    move(first, status="cancelled")
    make_talk(parent, after=0)
    commit()


def test_talk_in_a_room_of_its_own_may_be_beside_another(parent, edition):
    make_talk(parent)
    talk = make_talk(parent, room=make_room(edition))
    assert faults(talk) == {}
    commit()


def test_posters_of_a_session_may_be_at_one_time(parent):
    make_talk(parent, kind="poster_session")
    assert faults(make_talk(parent, kind="poster_session")) == {}
    commit()


# The speakers


def test_chair_of_a_session_may_speak_in_its_talks(parent, edition):
    chair = make_speaker(edition)
    make_participation(parent, chair, role="chair")
    talk = make_talk(parent)
    assert faults(Participation(session=talk, speaker=chair)) == {}
    make_participation(talk, chair)
    parent.check_speakers([chair])
    commit()


def test_speaker_of_a_talk_is_busy_elsewhere(parent, edition):
    speaker = make_speaker(edition, family_name_fr="Rivage")
    make_participation(make_talk(parent, title_fr="Rivages"), speaker)
    other = make_session(edition, at="09:10")
    with refused_by(THERE):
        make_participation(other, speaker)
    assert faults(Participation(session=other, speaker=speaker)) == {
        "speaker": ["Salma Rivage is already in “Rivages”, 9 June 2021 \u206609:00–09:15\u2069."]
    }


def test_speaker_is_free_beside_the_own_talk(parent, edition):
    speaker = make_speaker(edition)
    make_participation(make_talk(parent, lasting=15), speaker)
    make_participation(make_session(edition, at="09:15"), speaker)
    commit()


def test_speaker_of_two_talks_at_one_time_is_refused(parent, edition):
    speaker = make_speaker(edition)
    make_participation(make_talk(parent), speaker)
    beside = make_talk(parent, room=make_room(edition))
    with refused_by(HERE):
        make_participation(beside, speaker)
    assert list(faults(Participation(session=beside, speaker=speaker))) == ["speaker"]


def test_speaker_of_a_talk_that_moves_along_is_refused(parent, edition):
    speaker = make_speaker(edition, family_name_fr="Rivage")
    make_participation(make_talk(parent), speaker)
    make_participation(make_session(edition, at="11:00", title_fr="Rivages"), speaker)
    with refused_by(THERE):
        move(parent, **times(edition, "11:00", 60))
    for name, value in times(edition, "11:00", 60).items():
        setattr(parent, name, value)
    assert faults(parent) == {
        "starts_at": ["Salma Rivage is already in “Rivages”, 9 June 2021 \u206611:00–11:45\u2069."]
    }


def test_top_session_of_a_participation_cannot_be_forged(parent):
    participation = make_participation(make_talk(parent))
    Participation.objects.update(top_session=participation.session_id)
    assert refreshed(participation).top_session == parent.pk


def test_talk_that_leaves_its_session_takes_its_speaker_along(parent, edition):
    speaker = make_speaker(edition)
    talk = make_talk(parent)
    make_participation(parent, speaker), make_participation(talk, speaker)
    with refused_by(THERE):
        move(talk, parent=None)


# The status


@pytest.mark.parametrize(
    ("of_session", "of_talk", "effective"),
    [
        ("published", "published", "published"),
        ("published", "draft", "draft"),
        ("published", "cancelled", "cancelled"),
        ("draft", "published", "draft"),
        ("draft", "cancelled", "draft"),
        ("cancelled", "published", "cancelled"),
        ("cancelled", "draft", "draft"),
    ],
)
def test_talk_is_public_as_far_as_its_session(parent, of_session, of_talk, effective):
    talk = make_talk(parent, status=of_talk)
    move(parent, status=of_session)
    talk = refreshed(talk)
    assert talk.effective_status == effective
    assert (talk in Session.objects.published(), talk in Session.objects.held()) == (
        effective != "draft",
        effective == "published",
    )
    assert talk.is_held == (effective == "published")


def test_talk_of_a_reinstated_session_is_as_before(parent):
    kept, cancelled = make_talk(parent), make_talk(parent, after=15, status="cancelled")
    move(parent, status="cancelled")
    assert Session.objects.held().count() == 0
    move(parent, status="published")
    assert [refreshed(kept).is_held, refreshed(cancelled).is_held] == [True, False]


def test_copies_of_the_parent_cannot_be_forged(parent):
    talk = make_talk(parent)
    Session.objects.update(parent_status="draft", parent_room=None)
    assert [refreshed(one).parent_status for one in (parent, talk)] == ["published"] * 2
    assert refreshed(talk).parent_room == parent.room


def test_cancelled_session_frees_the_speakers_of_its_talks(parent, edition):
    speaker = make_speaker(edition)
    make_participation(make_talk(parent), speaker)
    move(parent, status="cancelled")
    make_participation(make_session(edition, at="09:00"), speaker)
    commit()
    with refused_by(THERE):
        move(parent, status="published")


def test_changes_of_a_session_are_recorded_for_its_talks(parent, edition):
    talk = make_talk(parent)
    hall = make_room(edition)
    move(parent, room=hall)
    move(parent, status="cancelled")
    found = talk.changes.order_by("pk").values_list("old_status", "new_status", "new_room")
    assert list(found) == [
        ("", "published", parent.room_id),
        ("published", "published", hall.pk),
        ("published", "cancelled", hall.pk),
    ]
    assert refreshed(talk).sequence == 2


def test_talk_in_a_draft_session_is_not_recorded(edition):
    parent = make_session(edition, status="draft")
    talk = make_talk(parent)
    assert list(talk.changes.all()) == []
