"""Counts of views and downloads of abstracts, without tracking readers.

The rules are those of COUNTER (https://www.projectcounter.org/code-of-practice/): robots and
scripts on its published list do not count, and two clicks of one reader within 30 seconds count
once, in whichever processes they arrive. Until the events are summed up, a minute later, an
unlogged table of the database holds a keyed hash of the reader's IP address and browser, with a new
salt each day. Nothing else about a reader is ever stored.

No reader waits for the counting: a process writes its new events once a second, after a response
has been sent. The worker sums them up.
"""

import atexit
import datetime
import logging
import os
import threading
import time
from collections import deque
from functools import lru_cache, partial, wraps

from allauth.account.adapter import get_adapter
from counter_robots import is_robot_or_machine
from django.core.signals import request_finished
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from symposium.abstracts.models import Abstract, UsageCount

logger = logging.getLogger(__name__)
WRITE_EVERY_SECONDS = 1.0
DOUBLE_CLICK = datetime.timedelta(seconds=30)
# A reader's clicks are summed up this long after the last one: twice DOUBLE_CLICK, so that every
# process has written the clicks that belong together.
SILENCE = datetime.timedelta(seconds=60)
MAX_UNWRITTEN = 20_000  # events, while the database is away; then the oldest are dropped
WRITE = """
INSERT INTO symposium_abstracts_usage_event (click, kind, edition, slug, at)
SELECT * FROM unnest(%s::uuid[], %s, %s, %s, %s)
"""
# One statement deletes the events that it counts. The day is in the time zone of the edition.
SUM_UP = f"""
WITH silent AS (
    SELECT click FROM symposium_abstracts_usage_event
    GROUP BY click HAVING max(at) < clock_timestamp() - %(silence)s
), summed AS (
    DELETE FROM symposium_abstracts_usage_event AS event USING silent
    WHERE event.click = silent.click RETURNING event.*
), clicks AS (
    SELECT *, at - lag(at) OVER (PARTITION BY click ORDER BY at) AS since FROM summed
)
INSERT INTO {UsageCount._meta.db_table} AS reading (abstract_id, day, kind, count)
SELECT abstract.id, (at AT TIME ZONE edition.time_zone)::date, clicks.kind, count(*)
FROM clicks
JOIN symposium_editions_edition AS edition ON edition.slug = clicks.edition
JOIN {Abstract._meta.db_table} AS abstract ON abstract.edition_id = edition.id
    AND CASE WHEN clicks.slug = '' THEN abstract.kind = 'symposium'
             ELSE abstract.slug = clicks.slug END
WHERE since IS NULL OR since > %(apart)s
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (abstract_id, day, kind) DO UPDATE SET count = reading.count + EXCLUDED.count
"""  # noqa: S608 - the names of our own tables


class UsageRecorder:
    """Queue of the views and downloads that this process has not yet written to the database."""

    def __init__(self):
        self.events: deque[tuple] = deque(maxlen=MAX_UNWRITTEN)
        self.lock = threading.Lock()
        self.written_at = 0.0

    def add(self, click: str, kind: str, edition: str, slug: str, at: datetime.datetime) -> None:
        self.events.append((click, kind, edition, slug, at))

    def write_if_due(self) -> None:
        if self.events and time.monotonic() - self.written_at >= WRITE_EVERY_SECONDS:
            self.write()

    def write(self) -> None:
        """Write all events; if the database is away, keep them for the next call."""
        if not self.lock.acquire(blocking=False):
            return  # another thread is writing
        self.written_at = time.monotonic()
        batch = [self.events.popleft() for _event in range(len(self.events))]
        try:
            if batch:
                with connection.cursor() as cursor:
                    cursor.execute(WRITE, [list(column) for column in zip(*batch, strict=True)])
        except (OperationalError, InterfaceError) as error:
            logger.warning("%s views wait for the database: %s", len(batch), error)
            self.events.extendleft(reversed(batch))
        except Exception:
            logger.exception("%s views could not be counted.", len(batch))
        finally:
            self.lock.release()


RECORDER = UsageRecorder()
request_finished.connect(lambda **_signal: RECORDER.write_if_due(), weak=False)
os.register_at_fork(after_in_child=RECORDER.__init__)
atexit.register(lambda: RECORDER.write())


def sum_up(silence: datetime.timedelta = SILENCE) -> int:
    """Add the written events to the daily counts; return the number of changed counts."""
    with connection.cursor() as cursor:
        cursor.execute(SUM_UP, {"silence": silence, "apart": DOUBLE_CLICK})
        return cursor.rowcount


def counted(kind: UsageCount.Kind):
    """Decorate a view of (request, edition, slug) to count its 200 responses, cached ones too."""

    def decorate(view):
        @wraps(view)
        def wrapper(request: HttpRequest, edition: str, slug: str = "") -> HttpResponse:
            response = view(request, edition, slug) if slug else view(request, edition)
            if response.status_code == 200:
                response.on_answer = partial(count, kind, edition, slug)
                response.on_answer(request)
            return response

        return wrapper

    return decorate


def count(kind: UsageCount.Kind, edition: str, slug: str, request: HttpRequest) -> None:
    """Record a request of a person. An error is logged and does not affect the page."""
    try:
        if is_asked_by_a_person(request.META):
            click = click_of(request, f"{kind} {edition} {slug}")
            RECORDER.add(click, kind.value, edition, slug, timezone.now())
    except Exception:
        logger.exception("A view could not be counted.")


def is_asked_by_a_person(meta: dict) -> bool:
    return (
        meta["REQUEST_METHOD"] == "GET"
        and not meta.get("HTTP_SEC_PURPOSE", "").startswith("prefetch")
        and not is_robot(meta.get("HTTP_USER_AGENT", ""))
    )


@lru_cache(1024)
def is_robot(agent: str) -> bool:
    return is_robot_or_machine(agent) or "bot" in agent.lower()


def click_of(request: HttpRequest, name: str) -> str:
    """Return a hash that is equal for all clicks of one reader on one page, on one day (UTC).

    It does not reveal the reader.
    """
    agent = request.META.get("HTTP_USER_AGENT", "")
    reader = (get_adapter().get_client_ip(request), agent, name)
    salt = f"readings of {timezone.now():%Y-%m-%d}"
    return salted_hmac(salt, repr(reader), algorithm="sha256").hexdigest()[:32]


def by_day(abstract: Abstract) -> list[tuple]:
    """Return `(day, views, downloads)` for each day with any of them."""
    days: dict = {}
    for reading in abstract.usage_counts.all():
        days.setdefault(reading.day, {})[reading.kind] = reading.count
    return [
        (day, counts.get(UsageCount.Kind.VIEW, 0), counts.get(UsageCount.Kind.DOWNLOAD, 0))
        for day, counts in sorted(days.items())
    ]
