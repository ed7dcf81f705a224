"""How often abstracts are read and downloaded, counted without following anybody.

As COUNTER counts (https://www.projectcounter.org/code-of-practice/): robots and scripts, by its
published list, do not count, and two clicks of one reader within 30 seconds count once, whichever
process they reach. For these 30 seconds the database holds, outside its log, a keyed hash of the
reader's address and browser, salted anew each day; nothing else is ever written of a reader.

No reader waits for it: a request leaves a note in memory, and a thread writes what has gathered.
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
from django.db import IntegrityError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from symposium.abstracts.models import Abstract, Reading

logger = logging.getLogger(__name__)
EVERY = 1  # seconds
DOUBLE_CLICK = datetime.timedelta(seconds=30)
MOST = 20_000  # notes, while the database is away; then the oldest go
# One statement: two processes that note the same click wait here for each other, each lock being
# taken in one order, and the second sees when the first noted it. The same notes written twice
# count once. The day is that of the edition's own clock.
ADD = f"""
WITH noted AS (
    SELECT *, at - lag(at) OVER (PARTITION BY click ORDER BY at) > %(apart)s AS again
    FROM unnest(%(clicks)s::uuid[], %(kinds)s, %(editions)s, %(slugs)s, %(moments)s)
        AS note (click, kind, edition, slug, at)
), asked AS (
    SELECT click, kind, edition, slug, min(at) AS first, max(at) AS last,
           count(*) FILTER (WHERE again) AS more
    FROM noted GROUP BY click, kind, edition, slug
), seen AS (
    INSERT INTO symposium_abstracts_click AS known (click, seen_at)
    SELECT click, last FROM asked ORDER BY click
    ON CONFLICT (click) DO UPDATE
    SET before = known.seen_at, seen_at = greatest(known.seen_at, EXCLUDED.seen_at)
    RETURNING click, before
)
INSERT INTO {Reading._meta.db_table} AS reading (abstract_id, day, kind, count)
SELECT abstract.id, (first AT TIME ZONE edition.time_zone)::date AS day, asked.kind, sum(clicks)
FROM asked JOIN seen USING (click)
CROSS JOIN LATERAL (SELECT more + CASE WHEN first BETWEEN before - %(apart)s AND before + %(apart)s
                                  THEN 0 ELSE 1 END AS clicks) AS new
JOIN symposium_editions_edition AS edition ON edition.slug = asked.edition
JOIN {Abstract._meta.db_table} AS abstract ON abstract.edition_id = edition.id
    AND CASE WHEN asked.slug = '' THEN abstract.kind = 'symposium'
             ELSE abstract.slug = asked.slug END
WHERE clicks > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (abstract_id, day, kind) DO UPDATE SET count = reading.count + EXCLUDED.count
"""  # noqa: S608 - the names of our own tables
FORGET = """
DELETE FROM symposium_abstracts_click WHERE click IN (
    SELECT click FROM symposium_abstracts_click
    WHERE seen_at < clock_timestamp() - %(apart)s FOR UPDATE SKIP LOCKED)
"""


class Notes:
    """What this process has to count, and the thread that writes it, begun by the first note."""

    def __init__(self):
        self.notes, self.some = deque(maxlen=MOST), threading.Event()
        self.writing, self.begun = threading.Lock(), threading.Lock()

    def add(self, *note) -> None:
        self.notes.append(note)
        self.some.set()
        if self.begun.acquire(blocking=False):
            threading.Thread(target=self.keep_writing, name="readings", daemon=True).start()

    def keep_writing(self) -> None:
        while True:
            if not self.some.wait(DOUBLE_CLICK.total_seconds() + EVERY):
                self.write()  # nothing new, so that the last clicks are forgotten
                connection.close()
                self.some.wait()
            time.sleep(EVERY)
            self.write()

    def write(self) -> None:
        """Count what is noted; what the database does not take now is kept for the next time."""
        with self.writing:
            self.some.clear()
            batch = [self.notes.popleft() for _note in range(len(self.notes))]
            names = ("clicks", "kinds", "editions", "slugs", "moments")
            columns = dict(zip(names, map(list, zip(*batch, strict=True)), strict=False))
            try:
                with connection.cursor() as cursor:
                    if batch:
                        cursor.execute(ADD, {"apart": DOUBLE_CLICK} | columns)
                    cursor.execute(FORGET, {"apart": DOUBLE_CLICK})
            except (OperationalError, InterfaceError, IntegrityError) as error:
                logger.warning("%s readings wait for the database: %s", len(batch), error)
                self.notes.extendleft(reversed(batch))
                self.some.set()
                connection.close()
            except Exception:
                logger.exception("%s readings could not be counted.", len(batch))


NOTES = Notes()
os.register_at_fork(after_in_child=NOTES.__init__)
atexit.register(lambda: NOTES.write() if NOTES.begun.locked() else None)


def counted(kind: Reading.Kind):
    """Count what a view of (request, edition, slug) gives a person to read, kept pages included."""

    def decorate(view):
        @wraps(view)
        def wrapper(request: HttpRequest, edition: str, slug: str = "") -> HttpResponse:
            response = view(request, edition, slug) if slug else view(request, edition)
            if response.status_code == 200:
                response.on_answer = partial(count, kind, edition, slug)
                response.on_answer(request.META)
            return response

        return wrapper

    return decorate


def count(kind: Reading.Kind, edition: str, slug: str, meta: dict) -> None:
    """Note the request of these headers, if it is a person's; the page is worth more than that."""
    try:
        if is_asked_by_a_person(meta):
            click = click_of(meta, f"{kind} {edition} {slug}")
            NOTES.add(click, kind.value, edition, slug, timezone.now())
    except Exception:
        logger.exception("A reading could not be counted.")


def is_asked_by_a_person(meta: dict) -> bool:
    return (
        meta["REQUEST_METHOD"] == "GET"
        and not meta.get("HTTP_SEC_PURPOSE", "").startswith("prefetch")
        and not is_robot(meta.get("HTTP_USER_AGENT", ""))
    )


@lru_cache(1024)
def is_robot(agent: str) -> bool:
    return is_robot_or_machine(agent) or "bot" in agent.lower()


def click_of(meta: dict, name: str) -> str:
    """The same for each click of a reader of today on the same thing; nothing leads back."""
    request = HttpRequest()
    request.META = meta
    reader = (get_adapter().get_client_ip(request), meta.get("HTTP_USER_AGENT", ""), name)
    salt = f"readings of {timezone.now():%Y-%m-%d}"
    return salted_hmac(salt, repr(reader), algorithm="sha256").hexdigest()[:32]


def by_day(abstract: Abstract) -> list[tuple]:
    """`(day, reads, downloads)` for each day that has some."""
    days: dict = {}
    for reading in abstract.readings.all():
        days.setdefault(reading.day, {})[reading.kind] = reading.count
    return [
        (day, counts.get(Reading.Kind.READ, 0), counts.get(Reading.Kind.DOWNLOAD, 0))
        for day, counts in sorted(days.items())
    ]
