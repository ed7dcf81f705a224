"""Waiting times of organisers in the planner: its page, one move, a release of 300 moves."""

import datetime
import time

import pytest

from symposium.agenda import change_notices
from symposium.sessions import draft, releases
from symposium.sessions.models import Participation, Session
from tests.factories import (
    instant,
    make_category,
    make_edition,
    make_organiser,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_track,
    make_workshop,
    open_edition,
)

pytestmark = pytest.mark.django_db(transaction=True)

PLANNER = "/admin/symposium_sessions/session/planner/"
QUARTER = datetime.timedelta(minutes=15)


def programme(edition, number: int, rooms: int) -> list[Session]:
    """Create `number` sessions of half an hour on the first day, in `rooms` rooms."""
    places = [make_room(edition, order=order) for order in range(rooms)]
    track = make_track(edition)
    found = []
    for n in range(number):
        start = instant(edition, "08:00") + n // rooms * 2 * QUARTER
        found.append(
            make_session(
                edition, at=None, starts_at=start, ends_at=start + 2 * QUARTER,
                room=places[n % rooms], track=track,
            )
        )  # fmt: skip
    speakers = [make_speaker(edition) for _session in found]
    for session, speaker in zip(found, speakers, strict=True):
        Participation.objects.create(session=session, speaker=speaker)
    return found


def best(action, times: int = 5) -> float:
    """Return the shortest of several durations, in milliseconds."""
    found = []
    for _attempt in range(times):
        started = time.perf_counter()
        action()
        found.append((time.perf_counter() - started) * 1000)
    return min(found)


@pytest.mark.parametrize(("number", "rooms"), [(60, 6), (300, 25)])
def test_page_and_move(client, number, rooms):
    edition = make_edition("2021", is_current=True)
    sessions = programme(edition, number, rooms)
    client.force_login(make_organiser())
    move = {"action": "down", "session": sessions[0].pk}
    wanted = {"Accept": "application/json"}
    page = best(lambda: client.get(PLANNER))
    moved = best(lambda: client.post(PLANNER, move, headers=wanted))
    print(f"{number} sessions: page {page:.0f} ms, move {moved:.0f} ms")
    assert number > 60 or page < 200
    assert moved < (100 if number == 60 else 300)


def test_release_of_300_moves(client):
    edition = open_edition("2030", is_current=True)
    sessions = programme(edition, 300, 25)
    organiser = make_organiser()
    workshop = make_workshop(edition, at="07:00", lasting=30, places=300)
    category = make_category(edition)
    for _person in range(100):
        make_registration(category, sessions=[workshop])
    moved = [session.pk for session in [*sessions, workshop]]
    draft.change(edition, organiser, moved, lambda found: draft.shift(found, QUARTER))
    keys = list(edition.moves.values_list("pk", flat=True))
    started = time.perf_counter()
    releases.release(edition, organiser, keys, {"fr": "Un orage."})
    seconds = time.perf_counter() - started
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=3)
    started = time.perf_counter()
    told = change_notices.notify_booking_changes(later)
    print(
        f"release of 301 moves {seconds:.2f} s, {told} emails {time.perf_counter() - started:.2f} s"
    )
    assert seconds < 5
