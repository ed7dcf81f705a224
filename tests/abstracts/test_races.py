"""Concurrent writes to abstracts, each in its own connection."""

import datetime
import itertools
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from symposium.abstracts import usage, versions
from symposium.abstracts.models import Abstract, Keyword, OaiRecord, UsageCount
from symposium.editions.models import Edition
from symposium.sessions.models import Session
from symposium.speakers.models import Speaker
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_participation,
    make_session,
    make_speaker,
)

pytestmark = pytest.mark.django_db(transaction=True)
LASTING = 2  # seconds
CROWD = 24  # abstracts


@pytest.fixture
def crowd():
    """An edition whose abstracts share two sessions, a speaker and a keyword."""
    edition = make_edition("2021")
    sessions = [make_session(edition, at=None) for _number in range(2)]
    speaker = make_speaker(edition)
    keyword = make_keyword()
    for number in range(CROWD):
        abstract = make_abstract(session=sessions[number % 2])
        abstract.ordered_keywords.create(keyword=keyword)
        make_author(abstract, speaker=speaker)
    for session in sessions:
        make_participation(session, speaker)
    return edition


def edits() -> list[tuple[QuerySet, str, list]]:
    """Return the concurrent edits: rows, field, and the values to write in turn."""
    names = ["Une", "Autre"]
    return [
        (Keyword.objects.all(), "name_fr", names),
        (Speaker.objects.all(), "family_name_fr", names),
        (Session.objects.order_by("-pk")[:1], "status", ["published", "draft"]),
        (Session.objects.order_by("pk")[:1], "status", ["draft", "published"]),
        (Edition.objects.all(), "name_fr", names),
        (Edition.objects.all(), "is_published", [False, True]),
        (Abstract.objects.order_by("pk")[:1], "title_fr", names),
        (Abstract.objects.order_by("-pk")[:1], "title_fr", names),
    ]


def keep_editing(edit: tuple[QuerySet, str, list]) -> list[str]:
    """Update one field for LASTING seconds, one statement at a time; return PostgreSQL's errors."""
    rows, field, values = edit
    refused, end = [], time.monotonic() + LASTING
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '20ms'")  # the default is one second
        things = rows.model.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
        for value in itertools.cycle(values):
            if time.monotonic() > end:
                return refused
            try:
                things.update(**{field: value})
            except OperationalError as error:
                refused.append(f"{rows.model.__name__}.{field}: {error.__cause__}")
    finally:
        connection.close()


def test_concurrent_edits_never_deadlock(crowd):
    """They do without the locks of `symposium_harvest`, or with the triggers in another order."""
    with ThreadPoolExecutor(len(edits())) as pool:
        assert list(pool.map(keep_editing, edits())) == [[] for _edit in edits()]


def test_concurrent_edit_digest_includes_the_first_edit():
    """Without the locks, the stored digest is of a record that was never shown."""
    abstract = make_abstract(make_edition("2021"))

    def edit():
        try:
            Abstract.objects.update(title_fr="Autre")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Edition.objects.update(name_fr="Autre")
            other = pool.submit(edit)
            until_waiting(other)
        other.result(10)
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM symposium_harvest_state(%s)", [[abstract.guid]])
        assert cursor.fetchone() == (OaiRecord.objects.get().digest,)


def until_waiting(other: Future) -> None:
    with connection.cursor() as cursor:
        for _turn in range(1000):
            cursor.execute(
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
            assert not wait([other], timeout=0.01).done
    pytest.fail("the other one does not wait")


def test_view_is_counted_while_a_version_is_being_saved():
    abstract, recorder = make_abstract(make_edition("2021"), slug="ville"), usage.UsageRecorder()
    recorder.add(str(abstract.guid), "view", "2021", "ville", timezone.now())

    def read():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            recorder.write()
            usage.sum_up(datetime.timedelta(days=-1))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        versions.snapshot(abstract)
        pool.submit(read).result(10)
    assert UsageCount.objects.count() == 1
