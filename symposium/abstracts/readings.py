"""How often abstracts are read and downloaded, counted without following anybody.

As COUNTER counts (https://www.projectcounter.org/code-of-practice/): robots and scripts, by its
published list, do not count, and two clicks of one reader within 30 seconds count once. For these
30 seconds the cache holds a hash of the reader's address and browser, salted anew each day;
nothing of it is ever written down.
"""

import logging
from contextlib import suppress
from functools import lru_cache, partial, wraps

from allauth.account.adapter import get_adapter
from counter_robots import is_robot_or_machine
from django.core.cache import caches
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from symposium.abstracts.models import Abstract, Reading

logger = logging.getLogger(__name__)
DOUBLE_CLICK = 30  # seconds
# One statement: the day is that of the edition's own clock; what has no row yet gets it.
ADD = f"""
INSERT INTO {Reading._meta.db_table} AS reading (abstract_id, day, kind, count)
SELECT abstract.id, (now() AT TIME ZONE edition.time_zone)::date, %s, 1
FROM {Abstract._meta.db_table} AS abstract
JOIN symposium_editions_edition AS edition ON edition.id = abstract.edition_id
WHERE edition.slug = %s AND CASE WHEN %s = '' THEN abstract.kind = 'symposium'
                                 ELSE abstract.slug = %s END
ON CONFLICT (abstract_id, day, kind) DO UPDATE SET count = reading.count + 1
"""  # noqa: S608 - the names of our own tables


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
    """Count the request of these headers, if it is a person's; the page is worth more than that."""
    try:
        if is_asked_by_a_person(meta) and not is_double_click(meta, f"{kind} {edition} {slug}"):
            add(kind, edition, slug)
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


def is_double_click(meta: dict, name: str) -> bool:
    """Whether the same reader asked for the same thing a moment ago."""
    request = HttpRequest()
    request.META = meta
    reader = (get_adapter().get_client_ip(request), meta.get("HTTP_USER_AGENT", ""), name)
    salt = f"readings of {timezone.now():%Y-%m-%d}"
    key = f"reading-{salted_hmac(salt, repr(reader), algorithm='sha256').hexdigest()}"
    cache = caches["readings"]
    return not (cache.add(key, True, DOUBLE_CLICK) or not cache.touch(key, DOUBLE_CLICK))


def add(kind: Reading.Kind, edition: str, slug: str) -> None:
    """One more, unless the row is held by another."""
    with suppress(OperationalError), connection.cursor() as cursor:
        cursor.execute(ADD, [kind, edition, slug, slug])


def by_day(abstract: Abstract) -> list[tuple]:
    """`(day, reads, downloads)` for each day that has some."""
    days: dict = {}
    for reading in abstract.readings.all():
        days.setdefault(reading.day, {})[reading.kind] = reading.count
    return [
        (day, counts.get(Reading.Kind.READ, 0), counts.get(Reading.Kind.DOWNLOAD, 0))
        for day, counts in sorted(days.items())
    ]
