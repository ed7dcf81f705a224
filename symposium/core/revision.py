"""The revision of what is public: a number that a trigger moves as a public write commits.

Pages in memory are compared with it (`page_cache.py`), so that none is older than the last commit.
"""

import threading
import time

from django.db import Error, InterfaceError, OperationalError, connections

# The revision, and the minute: what opens, ends or is published at an hour does so without a write.
Version = tuple[int, int]

MAX_QUERY_WAIT_SECONDS = 1.0
RETRY_SECONDS = 1.0


class RevisionReader:
    """The revision as of the last commit.

    Concurrent requests share one query if it started after they arrived. A database that fails, or
    does not answer for a second, is not asked again for a second.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.started_at, self.retry_at, self.revision = 0.0, 0.0, 0

    def read(self) -> int:
        arrived = time.monotonic()
        if not self.lock.acquire(timeout=MAX_QUERY_WAIT_SECONDS):
            raise OperationalError("The query of another request takes too long")
        try:
            if self.started_at <= arrived:
                self.fetch()
            return self.revision
        finally:
            self.lock.release()

    def fetch(self) -> None:
        started_at = time.monotonic()
        if started_at < self.retry_at:
            raise OperationalError("The database failed a moment ago")
        try:
            self.revision = fetch_revision()
        except Error:
            self.retry_at = time.monotonic() + RETRY_SECONDS
            raise
        self.started_at = started_at


REVISION = RevisionReader()


def current_version(path: str = "/") -> Version:
    """Return the version of the page at `path`. Today one revision covers all editions."""
    return REVISION.read(), int(time.time() // 60)


def fetch_revision() -> int:
    """Query the revision; if the connection turns out to be closed, open a new one, once.

    That replaces Django's health check of the connection, which is a query of its own.
    """
    database = connections["default"]
    database.health_check_done = True
    try:
        return query_revision(database)
    except (OperationalError, InterfaceError):
        driver = database.connection  # None if connecting has failed
        if driver is None or not driver.closed or database.in_atomic_block:
            raise
        database.close()
        return query_revision(database)


def query_revision(database) -> int:
    """Run the query on the driver's cursor: Django's takes as long as the query itself."""
    database.ensure_connection()
    make_cursor = database.cursor if database.queries_logged else database.connection.cursor
    with database.wrap_database_errors, make_cursor() as cursor:
        cursor.execute("SELECT number FROM symposium_revision")
        return cursor.fetchone()[0]
