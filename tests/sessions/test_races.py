"""Concurrent changes of sessions, each in its own connection.

Each race has its negative control: the same steps without the constraint or the lock, which show
that the race is real and what PostgreSQL prevents.
"""

import datetime
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Barrier

import pgtrigger
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from symposium.editions.models import Edition, Page
from symposium.editions.triggers import KeepSlug
from symposium.sessions.models import Announcement, Participation, Session
from symposium.sessions.triggers import (
    CopyAllowedPeriod,
    CopyParent,
    CopyPeriod,
    KeepTalksInside,
)
from tests.factories import (
    build_session,
    make_edition,
    make_page,
    make_participation,
    make_room,
    make_session,
    make_speaker,
    make_talk,
    refreshed,
    times,
)

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20


def race(first, second) -> list[str | None]:
    """Run `second` while the transaction of `first` is open, then let both commit.

    `second` runs to its end unless PostgreSQL makes it wait for `first`. Return, for both, the
    constraint that refused the write, or None.
    """
    with ThreadPoolExecutor(1) as pool:
        try:
            with transaction.atomic():
                first()
                other = pool.submit(alone, second)
                until_done_or_waiting(other)
            loser = None
        except IntegrityError as error:
            loser = refusal(error)
        return [loser, other.result(PATIENCE)]


def alone(work) -> str | None:
    """Run `work` in a transaction of this thread; return the refusing constraint, or None."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
            work()
    except DatabaseError as error:
        return refusal(error)
    finally:
        connection.close()


def refusal(error: DatabaseError) -> str:
    diagnosis = error.__cause__.diag
    return diagnosis.constraint_name or diagnosis.message_primary


def until_done_or_waiting(other: Future) -> None:
    with connection.cursor() as cursor:
        for _ in range(PATIENCE * 100):
            if wait([other], timeout=0.01).done:
                return
            cursor.execute(
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
    pytest.fail("the other one neither ends nor waits")


def together(*works) -> list[str | None]:
    """Run all functions at once: each writes, waits until all have written, then commits.

    Return the refusing constraint of each, or None.
    """
    barrier = Barrier(len(works))

    def run(work):
        work()
        barrier.wait(PATIENCE)

    with ThreadPoolExecutor(len(works)) as pool:
        futures = [pool.submit(alone, lambda work=work: run(work)) for work in works]
        return [future.result(PATIENCE) for future in futures]


@contextmanager
def without(constraint: str, table: str):
    """Drop a constraint or a unique index; after the block, empty `table` and restore it."""
    query = """
        SELECT 'ALTER TABLE {0} DROP CONSTRAINT {1}',
               'ALTER TABLE {0} ADD CONSTRAINT {1} ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE conname = '{1}'
        UNION ALL
        SELECT 'DROP INDEX {1}', indexdef FROM pg_indexes WHERE indexname = '{1}'
          AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{1}')
    """
    with connection.cursor() as cursor:
        cursor.execute(query.format(table, constraint))
        [(drop, restore)] = cursor.fetchall()
        cursor.execute(drop)
        try:
            yield
        finally:
            cursor.execute(f"TRUNCATE {table} CASCADE; {restore}")


@contextmanager
def rewritten(function: str, old: str, new: str):
    """Replace `old` by `new` in the body of a trigger's function during the block."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [function])
        [definition] = cursor.fetchone()
        assert definition.count(old) == 1
        cursor.execute(definition.replace(old, new))
        try:
            yield
        finally:
            cursor.execute(definition)


@pytest.fixture
def edition():
    """An announced edition: otherwise the second publication waits for the first to commit."""
    edition = make_edition("2021")
    Announcement.objects.create(edition=edition, at=timezone.now())
    return edition


# Two sessions put in one room


def take(room):
    """Return a function that saves as the admin does: first validation, then the write.

    Of two concurrent functions, neither sees the session of the other.
    """

    def save():
        session = build_session(room=room)
        session.full_clean()
        session.save()

    return save


def test_room_is_taken_once_by_concurrent_sessions(edition):
    room = make_room(edition)
    outcome = together(take(room), take(room))
    assert outcome.count(None) == 1
    assert set(outcome) - {None} <= {"sessions_one_at_a_time_in_a_room", "deadlock detected"}
    assert Session.objects.count() == 1


def test_room_is_taken_twice_without_its_constraint(edition):
    room = make_room(edition)
    with without("sessions_one_at_a_time_in_a_room", "symposium_sessions_session"):
        assert together(take(room), take(room)) == [None, None]
        assert Session.objects.filter(room=room).count() == 2


def test_room_overlap_is_refused_when_the_first_writer_commits_last(edition):
    room = make_room(edition)
    second = build_session(room=room, slug="second")
    outcome = race(take(room), second.save)
    assert outcome == [None, "sessions_one_at_a_time_in_a_room"]


# One speaker put in two overlapping sessions


def join(session, speaker):
    def save():
        participation = Participation(session=session, speaker=speaker)
        participation.full_clean()
        participation.save()

    return save


@pytest.fixture
def speaker(edition):
    return make_speaker(edition)


@pytest.fixture
def overlapping(edition):
    return make_session(edition, at="09:00"), make_session(edition, at="09:30")


def test_speaker_is_added_once_by_concurrent_sessions(speaker, overlapping):
    outcome = together(*(join(session, speaker) for session in overlapping))
    assert outcome.count(None) == 1
    assert set(outcome) - {None} <= {"participations_one_place_at_a_time", "deadlock detected"}
    assert Participation.objects.count() == 1


def test_speaker_is_added_twice_without_the_constraint(speaker, overlapping):
    with without("participations_one_place_at_a_time", "symposium_sessions_participation"):
        assert together(*(join(session, speaker) for session in overlapping)) == [None, None]
        assert Participation.objects.filter(speaker=speaker).count() == 2


# A session moved while a speaker is put into it


@pytest.fixture
def calm(edition, speaker):
    """A session at 11:00, about to move to 9:00, where its future speaker is busy."""
    make_participation(make_session(edition, at="09:00"), speaker)
    return make_session(edition, at="11:00")


def to_nine(session):
    moved = times(session.edition, "09:00")
    return lambda: Session.objects.filter(pk=session.pk).update(**moved)


def test_speaker_added_to_a_session_being_moved_is_refused(speaker, calm):
    outcome = race(to_nine(calm), join(calm, speaker))
    assert outcome == [None, "participations_one_place_at_a_time"]


def test_session_moved_while_a_speaker_is_added_is_refused(speaker, calm):
    outcome = race(join(calm, speaker), to_nine(calm))
    assert outcome == [None, "participations_one_place_at_a_time"]


def test_speaker_overlap_is_possible_without_the_session_lock(speaker, calm):
    with rewritten(CopyPeriod().get_pgid(Participation), " FOR SHARE", ""):
        assert race(to_nine(calm), join(calm, speaker)) == [None, None]
    places = Participation.objects.filter(speaker=speaker)
    assert set(places.values_list("session__starts_at", flat=True)) == {refreshed(calm).starts_at}
    assert places.count() == 2


def test_speaker_added_to_a_session_being_cancelled_waits_for_its_commit(speaker, calm):
    def cancel():
        Session.objects.filter(pk=calm.pk).update(status="cancelled")

    assert race(cancel, join(calm, speaker)) == [None, None]
    assert Participation.objects.get(session=calm).period is None


# The days of an edition reduced while a session is put on a removed day


def shrink(edition):
    return lambda: Edition.objects.filter(pk=edition.pk).update(ends_on=edition.starts_on)


def place_on_the_last_day(edition):
    return build_session(edition, day=2, slug="edge").save


def test_session_added_on_a_day_being_removed_is_refused(edition):
    outcome = race(shrink(edition), place_on_the_last_day(edition))
    assert outcome == [None, "sessions_inside_edition"]


def test_day_removed_while_a_session_is_added_on_it_is_refused(edition):
    outcome = race(place_on_the_last_day(edition), shrink(edition))
    assert outcome == [None, "sessions_inside_edition"]


def test_session_outside_edition_is_possible_without_the_edition_lock(edition):
    with rewritten(CopyAllowedPeriod().get_pgid(Session), " FOR SHARE", ""):
        assert race(shrink(edition), place_on_the_last_day(edition)) == [None, None]
    session = Session.objects.get()
    assert session.ends_at > refreshed(edition).period.upper


def test_session_moved_to_a_day_being_removed_is_refused(edition):
    session = make_session(edition, at="10:00")
    later = times(edition, "10:00", day=2)

    def move():
        Session.objects.filter(pk=session.pk).update(**later)

    assert race(shrink(edition), move) == [None, "sessions_inside_edition"]


# A talk added at the end of a session that ends earlier


def end_earlier(parent):
    earlier = parent.ends_at - datetime.timedelta(minutes=15)
    return lambda: Session.objects.filter(pk=parent.pk).update(ends_at=earlier)


def add_talk_at_the_end(parent):
    return lambda: make_talk(parent, after=30)


def test_talk_added_to_a_session_being_shortened_is_refused(edition):
    parent = make_session(edition)
    outcome = race(end_earlier(parent), add_talk_at_the_end(parent))
    assert outcome == [None, "sessions_talk_inside"]


def test_session_shortened_while_a_talk_is_added_is_refused(edition):
    parent = make_session(edition)
    outcome = race(add_talk_at_the_end(parent), end_earlier(parent))
    assert outcome == [None, "sessions_talk_inside"]


def test_talk_outside_its_session_is_possible_without_the_session_lock(edition):
    parent = make_session(edition)
    works = [checked(work(parent)) for work in (end_earlier, add_talk_at_the_end)]
    copying, keeping = (trigger().get_pgid(Session) for trigger in (CopyParent, KeepTalksInside))
    with rewritten(copying, " FOR SHARE", ""), rewritten(keeping, " FOR SHARE", ""):
        assert together(*works) == [None, None]
    assert parent.talks.get().ends_at > refreshed(parent).ends_at


def checked(work):
    """Return a function that does the work and checks where the talks lie."""

    def run():
        work()
        with connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS {KeepTalksInside().get_pgid(Session)} IMMEDIATE")

    return run


# Two editions made current


def make_current(edition):
    return lambda: Edition.objects.filter(pk=edition.pk).update(is_current=True)


def test_concurrent_editions_become_current_once(edition):
    outcome = race(make_current(edition), make_current(make_edition("2023")))
    assert outcome == [None, "editions_one_current"]


def test_concurrent_editions_become_current_twice_without_the_constraint(edition):
    other = make_edition("2023")
    with without("editions_one_current", "symposium_editions_edition"):
        assert race(make_current(edition), make_current(other)) == [None, None]
        assert Edition.objects.filter(is_current=True).count() == 2


# A slug taken while its owner changes it


def rename(page, slug):
    return lambda: Page.objects.filter(pk=page.pk).update(slug=slug)


def test_slug_taken_while_its_owner_changes_it_is_refused(edition):
    page = make_page(edition, slug="acces")
    newcomer = Page(edition=edition, title_fr="Accès", slug="acces")
    assert race(rename(page, "venir"), newcomer.save) == [None, "editions_former_slug_once"]


def test_slug_check_before_the_wait_would_reassign_a_former_slug(edition):
    page = make_page(edition, slug="acces")
    newcomer = Page(edition=edition, title_fr="Accès", slug="acces")
    with fired(pgtrigger.Before):
        assert race(rename(page, "venir"), newcomer.save) == [None, None]


@contextmanager
def fired(moment: pgtrigger.When):
    """Run the trigger `KeepSlug` at another moment during the block."""
    moved = KeepSlug("edition_id")
    moved.when = moment
    moved.install(Page)
    try:
        yield
    finally:
        KeepSlug("edition_id").install(Page)
