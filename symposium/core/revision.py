"""Revision of an edition: a text that changes with each write to its public content.

Triggers count these writes when their transaction commits: one row per edition, and one row for
content that every page may show. A page of an edition depends on both rows, so that work on the
next edition leaves the pages of this one in memory; a page about all editions depends on all rows.
`page_cache.py` compares the pages in memory with the revision: none is older than the last commit.
"""

import threading
import time

from django.db import Error, InterfaceError, OperationalError, connections

from symposium.core.i18n.localized import LANGUAGES

# Numbers of writes by slug of the edition; SHARED is the key of content that all editions show.
Revisions = dict[str, int]
SHARED = ""
# The revision and the minute: content that opens, ends or is published at a set time changes
# without a write.
Version = tuple[str, int]

MAX_QUERY_WAIT_SECONDS = 1.0
RETRY_SECONDS = 1.0


class RevisionReader:
    """Reader of the revisions as of the last commit.

    Concurrent requests share one query if it started after they arrived. If the query fails, or
    does not end within MAX_QUERY_WAIT_SECONDS, the waiting requests raise OperationalError. After a
    failure there is no other query for RETRY_SECONDS.
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
    """Return the version of the page at `path`: for the edition that it names, or else for all."""
    return revision_of(REVISION.read(), edition_slug(path)), int(time.time() // 60)


def current(edition_slug: str | None = None) -> str:
    """Query the revision of an edition, or of all editions together if the slug is None."""
    return revision_of(fetch_revisions(), edition_slug)


def revision_of(revisions: Revisions, edition_slug: str | None) -> str:
    """Return the revision of an edition, or of all editions together if the slug is unknown."""
    if edition_slug and edition_slug in revisions:
        return f"{revisions.get(SHARED, 0)}-{revisions[edition_slug]}"
    return f"all-{sum(revisions.values())}"


def edition_slug(path: str) -> str | None:
    """Return the part of a path that may be the slug of an edition: `/fr/2021/…`, `/2021/….ics`."""
    parts = path.split("/", 3)[1:]
    if parts and parts[0] in LANGUAGES:
        parts = parts[1:]
    return parts[0] if len(parts) > 1 else None


def fetch_revisions() -> Revisions:
    """Query the revisions; if the connection turns out to be closed, open a new one, once.

    This replaces Django's health check of the connection, which is a separate query.
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
    """Run the query on the driver's cursor: Django's cursor would double the time."""
    database.ensure_connection()
    make_cursor = database.cursor if database.queries_logged else database.connection.cursor
    with database.wrap_database_errors, make_cursor() as cursor:
        cursor.execute("SELECT edition, number FROM symposium_core_revision")
        return dict(cursor.fetchall())
