"""The revision of an edition: a text that changes with each write to what the public reads of it.

Triggers count these writes as their transaction commits: a row for each edition, and one without an
edition for what every page may show. A page of an edition depends on both rows, so that work on the
next edition leaves the pages of this one in memory; what gathers from all editions depends on all.
Pages in memory are compared with it (`page_cache.py`), so that none is older than the last commit.
"""

import threading
import time

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connections

# The counts of writes by the slug of the edition, and of what all editions show by SHARED.
Revisions = dict[str, int]
SHARED = ""
# The revision, and the minute: what opens, ends or is published at an hour does so without a write.
Version = tuple[str, int]

MAX_QUERY_WAIT_SECONDS = 1.0
RETRY_SECONDS = 1.0
LANGUAGES = dict(settings.LANGUAGES)


class RevisionReader:
    """The revisions as of the last commit.

    Concurrent requests share one query if it started after they arrived. A database that fails, or
    does not answer for a second, is not asked again for a second.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.started_at, self.retry_at = 0.0, 0.0
        self.revisions: Revisions = {}

    def read(self) -> Revisions:
        arrived = time.monotonic()
        if not self.lock.acquire(timeout=MAX_QUERY_WAIT_SECONDS):
            raise OperationalError("The query of another request takes too long")
        try:
            if self.started_at <= arrived:
                self.fetch()
            return self.revisions
        finally:
            self.lock.release()

    def fetch(self) -> None:
        started_at = time.monotonic()
        if started_at < self.retry_at:
            raise OperationalError("The database failed a moment ago")
        try:
            self.revisions = fetch_revisions()
        except Error:
            self.retry_at = time.monotonic() + RETRY_SECONDS
            raise
        self.started_at = started_at


REVISION = RevisionReader()


def current_version(path: str = "/") -> Version:
    """Return the version of the page at `path`: of the edition that it names, or else of all."""
    return revision_of(REVISION.read(), edition_slug(path)), int(time.time() // 60)


def current(edition_slug: str | None = None) -> str:
    """Query the revision of an edition; without one, that of all editions together."""
    return revision_of(fetch_revisions(), edition_slug)


def revision_of(revisions: Revisions, edition_slug: str | None) -> str:
    """Return the revision of an edition; of a slug that is none, that of all editions together."""
    if edition_slug and edition_slug in revisions:
        return f"{revisions.get(SHARED, 0)}-{revisions[edition_slug]}"
    return f"all-{sum(revisions.values())}"


def edition_slug(path: str) -> str | None:
    """Return what stands where an address names its edition: `/fr/2021/…`, `/2021/….ics`."""
    parts = path.split("/", 3)[1:]
    if parts and parts[0] in LANGUAGES:
        parts = parts[1:]
    return parts[0] if len(parts) > 1 else None


def fetch_revisions() -> Revisions:
    """Query the revisions; if the connection turns out to be closed, open a new one, once.

    That replaces Django's health check of the connection, which is a query of its own.
    """
    database = connections["default"]
    database.health_check_done = True
    try:
        return query_revisions(database)
    except (OperationalError, InterfaceError):
        driver = database.connection  # None if connecting has failed
        if driver is None or not driver.closed or database.in_atomic_block:
            raise
        database.close()
        return query_revisions(database)


def query_revisions(database) -> Revisions:
    """Run the query on the driver's cursor: Django's takes as long as the query itself."""
    database.ensure_connection()
    make_cursor = database.cursor if database.queries_logged else database.connection.cursor
    with database.wrap_database_errors, make_cursor() as cursor:
        cursor.execute("SELECT edition, number FROM symposium_core_revision")
        return dict(cursor.fetchall())
