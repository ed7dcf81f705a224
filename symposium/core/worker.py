"""The background worker: one elected process that runs the periodic tasks.

The election is a PostgreSQL advisory lock on a connection of its own. The server frees the lock
when the process or its machine dies, or hangs for MAX_SILENCE_SECONDS; the other workers try each
second. This connection must not go through PgBouncer in transaction mode, where no client keeps a
session lock.

Every task is idempotent and takes its state from the database: the next turn repairs any failure.
"""

import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Iterable

from django.db import DatabaseError, InterfaceError, connection

logger = logging.getLogger(__name__)

LOCK_ID = 2021_0609
PAUSE_SECONDS = 1.0  # seconds between two turns: the longest wait for a sign-in code
TASKS_EVERY_SECONDS = 15.0
MAX_PAUSE_SECONDS = 30.0
# A worker that hangs says nothing on the connection of the lock: the server then closes it. No task
# and no sending of one e-mail should take longer.
MAX_SILENCE_SECONDS = 25
# A machine that fails closes no connection: the server sends a probe after 30 s of silence.
SESSION_SQL = (
    "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3;"
    f"SET idle_session_timeout = '{MAX_SILENCE_SECONDS}s'"
)

Task = Callable[[], object]


def feed_watchdog() -> None:
    """Tell systemd that this process does not hang, if its unit has `WatchdogSec`: sd_notify(3)."""
    if address := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as watchdog:
            watchdog.connect(address.replace("@", "\0", 1))
            watchdog.send(b"WATCHDOG=1")


class Worker:
    """Worker that sends e-mails each second, and runs `housekeeping` every TASKS_EVERY_SECONDS.

    `send` may take long; it is called with a function that returns whether to stop.
    """

    def __init__(self, *, send: Callable[[Callable[[], bool]], object],
                 housekeeping: Iterable[Task], parent: int | None = None):  # fmt: skip
        self.send = send
        self.housekeeping = list(housekeeping)
        self.parent = parent
        self.told_to_stop = False
        self.lock = connection.copy()
        self.holds = False
        self.house_kept_at: float | None = None
        self.rest, self.send_at = 0.0, 0.0

    def listen_to_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def stop(self, *_signal) -> None:
        self.told_to_stop = True

    def stopping(self) -> bool:
        orphan = self.parent is not None and os.getppid() != self.parent
        return self.told_to_stop or orphan

    def must_stop(self) -> bool:
        """Return whether to stop; show the server that this worker does not hang.

        Raise a database error if the lock is lost: another worker may have it.
        """
        self.elected()
        return self.stopping()

    # One turn, for cron and the tests

    def once(self) -> bool:
        """Run one turn unless another worker holds the lock; return whether it ran."""
        try:
            elected = self.elected()
            if elected:
                self.turn()
            return elected
        finally:
            self.lock.close()

    # Until stopped

    def run(self) -> None:
        """Run turns until asked to stop; stand by while another worker holds the lock."""
        pause = PAUSE_SECONDS
        stands_by = False
        while not self.stopping():
            try:
                if self.elected():
                    stands_by = False
                    self.turn()
                elif not stands_by:
                    logger.warning("Another worker is at work; this one stands by.")
                    stands_by = True
                pause = PAUSE_SECONDS
            except (DatabaseError, InterfaceError) as error:
                logger.error("The database is away: %s", str(error).strip())
                self.lock.close()
                connection.close()
                pause = min(pause * 2, MAX_PAUSE_SECONDS)
            self.sleep(pause)
        self.lock.close()

    def sleep(self, seconds: float) -> None:
        """Sleep, but stop early on a signal, which does not interrupt `time.sleep`."""
        end = time.monotonic() + seconds
        while not self.stopping() and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))

    def elected(self) -> bool:
        """Return whether this worker holds the lock; take it only once.

        Raise a database error if the lock's connection is lost, and the lock with it.
        """
        feed_watchdog()
        new = self.lock.connection is None
        with self.lock.cursor() as cursor:
            if new:
                cursor.execute(SESSION_SQL)
                self.holds = False
            if not self.holds:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_ID])
                self.holds = cursor.fetchone()[0]
                if self.holds:
                    logger.info("This worker is elected.")
            else:
                cursor.execute("SELECT 1")
            return self.holds

    def turn(self) -> None:
        now = time.monotonic()
        if now >= self.send_at:
            sent = self.attempt(self.send, self.must_stop)
            # After a failure the pause doubles, so that a broken mail server is not tried each
            # second.
            self.rest = 0.0 if sent else min(self.rest * 2 or PAUSE_SECONDS * 2, MAX_PAUSE_SECONDS)
            self.send_at = now + self.rest
        if self.house_kept_at is None or now - self.house_kept_at >= TASKS_EVERY_SECONDS:
            for task in self.housekeeping:
                if self.must_stop():
                    return
                self.attempt(task)
            self.house_kept_at = now

    def attempt(self, task: Callable, *arguments) -> bool:
        """Run a task and return whether it succeeded; an exception is logged, not raised."""
        try:
            task(*arguments)
        except Exception:
            logger.exception("A task failed: %s", getattr(task, "__qualname__", task))
            # If the database went away, the next task needs a new connection.
            connection.close_if_unusable_or_obsolete()
            return False
        return True
