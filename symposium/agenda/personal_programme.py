"""Personal programme: some sessions of the programme, by day, with their clashes.

The list is shared in a URL, as sorted numbers, `12-15-40`. The link is the same with and without an
account, and it names nobody.
"""

import datetime
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations, groupby

from symposium.sessions.models import Session

# Far more than anyone attends. Every server and e-mail accepts a URL of this length.
MAX_SESSIONS = 300
# The longest URL whose QR code a camera can read from a screen.
MAX_ADDRESS_CHARS = 700
# Any number of this length fits a PostgreSQL key.
MAX_NUMBER_DIGITS = 18


@dataclass(slots=True)
class Entry:
    """Session of a personal programme, and its other sessions at the same time."""

    session: Session
    clashes: list[Session] = field(default_factory=list)
    is_starred: bool = False
    booking: object = None


@dataclass(slots=True)
class Day:
    """Entries of one day; `date` is None for sessions that are not scheduled yet."""

    date: datetime.date | None
    entries: list[Entry]


def entries(sessions: Iterable[Session]) -> list[Entry]:
    """Return an entry with its clashes for each of `sessions`, in the order of the programme."""
    found = [Entry(session) for session in sorted(sessions, key=in_programme)]
    for one, other in combinations(found, 2):
        if clash(one.session, other.session):
            one.clashes.append(other.session)
            other.clashes.append(one.session)
    return found


def in_programme(session: Session) -> tuple:
    start = session.starts_at
    return (start is None, start.timestamp() if start else 0, session.pk)


def clash(one: Session, other: Session) -> bool:
    """Return whether the sessions overlap. Cancelled and unscheduled sessions never clash."""
    if not (one.starts_at and other.starts_at and not (one.is_cancelled or other.is_cancelled)):
        return False
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def group_by_day(found: Iterable[Entry], zone: zoneinfo.ZoneInfo) -> list[Day]:
    """Group the entries, already in order, by day of `zone`."""

    def date(entry: Entry) -> datetime.date | None:
        start = entry.session.starts_at
        return start.astimezone(zone).date() if start else None

    return [Day(day, list(group)) for day, group in groupby(found, key=date)]


def parse_numbers(written: str) -> list[int]:
    """Return the numbers of a list in a URL, each once, sorted, at most `MAX_SESSIONS`.

    Raise ValueError if `written` is not such a list.
    """
    parts = written.split("-")
    if not all(part.isascii() and part.isdecimal() for part in parts):
        raise ValueError("not a list of numbers")
    if max(map(len, parts)) > MAX_NUMBER_DIGITS:
        raise ValueError("a number too long")
    return sorted({int(part) for part in parts})[:MAX_SESSIONS]


def format_numbers(sessions: Iterable[Session]) -> str:
    """Return the canonical list of `sessions` for a URL: the earliest `MAX_SESSIONS`."""
    first = sorted(set(sessions), key=in_programme)[:MAX_SESSIONS]
    return "-".join(map(str, sorted(session.pk for session in first)))
