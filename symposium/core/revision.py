"""The revision of an edition: a text that is another one after each write to what the public reads.

Triggers count the writes as their transaction commits: a row of `symposium_core_revision` for each
edition, and one without an edition for what every page may show. A page of an edition is made of
that edition and of what is shared, so that work on next year's leaves this year's pages as they
are; what gathers from all editions, such as the sitemap, is made of all rows.
"""

from django.conf import settings
from django.db import connection

SHARED = ""
SQL = "SELECT edition, number FROM symposium_core_revision"


def current(edition_slug: str | None = None) -> str:
    """Return the revision of an edition as of the last commit; None or an unknown one: of all."""
    with connection.cursor() as cursor:
        cursor.execute(SQL)
        return of(dict(cursor.fetchall()), edition_slug)


def of(numbers: dict[str, int], edition_slug: str | None = None) -> str:
    """Return the revision of an edition from the rows of the table, `{slug: number}`."""
    if edition_slug in numbers:
        return f"{numbers.get(SHARED, 0)}-{numbers[edition_slug]}"
    return f"all-{sum(numbers.values())}"


def edition_slug(path: str) -> str | None:
    """Return what stands where an address names its edition: `/fr/2021/…`, `/2021/….ics`."""
    words = path.split("/", 3)[1:]
    if words and words[0] in LANGUAGES:
        words = words[1:]
    return words[0] if len(words) > 1 else None


LANGUAGES = dict(settings.LANGUAGES)
