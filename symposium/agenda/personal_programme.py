"""Some sessions of the programme as one person's: by day, with what is held at the same time.

The list travels in an address, as numbers in their order, `12-15-40`: it is the same link for
whoever has an account and for whoever has only a browser, and it names nobody.
"""

import datetime
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations, groupby

from symposium.sessions.models import Session

# Many more than anybody attends; an address of such a length goes through every server and mail.
MAX_SESSIONS = 300
# Characters of an address whose QR code a camera still reads from a screen.
MAX_ADDRESS_CHARS = 700
# That PostgreSQL takes as a key.
MAX_NUMBER_DIGITS = 18


@dataclass(slots=True)
class Entry:
    """A session on somebody's programme, and the others there at the same time."""

    session: Session
    clashes: list[Session] = field(default_factory=list)
    is_starred: bool = False
    booking: object = None


@dataclass(slots=True)
class Day:
    """The entries of a day; of no day (`date` is None) those that are not scheduled yet."""

    date: datetime.date | None
    entries: list[Entry]


def entries(sessions: Iterable[Session]) -> list[Entry]:
    """An entry for each of `sessions`, in the order of the programme, with its clashes."""
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
    """Whether nobody can attend the whole of both; a cancelled one is in nobody's way."""
    if not (one.starts_at and other.starts_at and not (one.is_cancelled or other.is_cancelled)):
        return False
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def group_by_day(found: Iterable[Entry], zone: zoneinfo.ZoneInfo) -> list[Day]:
    """The `found` entries, in order, a part for each day of `zone`."""

    def date(entry: Entry) -> datetime.date | None:
        start = entry.session.starts_at
        return start.astimezone(zone).date() if start else None

    return [Day(day, list(group)) for day, group in groupby(found, key=date)]


def parse_numbers(written: str) -> list[int]:
    """The numbers of a list as it came in an address, each once and in order; `MOST` at the most.

    Raises ValueError where the words are no such list.
    """
    parts = written.split("-")
    if not all(part.isascii() and part.isdecimal() for part in parts):
        raise ValueError("not a list of numbers")
    if max(map(len, parts)) > MAX_NUMBER_DIGITS:
        raise ValueError("a number too long")
    return sorted({int(part) for part in parts})[:MAX_SESSIONS]


def format_numbers(sessions: Iterable[Session]) -> str:
    """The one way to write the list of `sessions` in an address: `MOST`, the first to be held."""
    first = sorted(set(sessions), key=in_programme)[:MAX_SESSIONS]
    return "-".join(map(str, sorted(session.pk for session in first)))
