"""Personal programme: some sessions of the programme, by day and slot.

The list is shared in a URL, as sorted numbers, `12-15-40`. The link is the same with and without an
account, and it names nobody.
"""

import datetime
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from symposium.sessions.calendar_links import calendar_links
from symposium.sessions.models import Session

# Far more than anyone attends. Every server and e-mail accepts a URL of this length.
MAX_SESSIONS = 300
# The longest URL whose QR code a camera can read from a screen.
MAX_ADDRESS_CHARS = 700
# Any number of this length fits a PostgreSQL key.
MAX_NUMBER_DIGITS = 18


@dataclass(slots=True)
class ProgrammeItem:
    """Entry of a personal programme: a session, whether it is starred, its booking."""

    session: Session
    is_starred: bool = False
    booking: object = None

    @property
    def is_held(self) -> bool:
        """Whether it takes place at a known time; only such sessions overlap."""
        return self.session.starts_at is not None and not self.session.is_cancelled

    @property
    def calendars(self) -> list[tuple[str, str]]:
        """Names and links of the calendars to which it can be added."""
        return calendar_links(self.session) if self.is_held else []


@dataclass(slots=True)
class Slot:
    """One entry, or entries that overlap one after the other, between which to choose."""

    entries: list[ProgrammeItem]

    @property
    def starts_at(self) -> datetime.datetime | None:
        return self.entries[0].session.starts_at

    def parts(self) -> list["Slot"]:
        """Return the slot, or one for each entry if all belong to one session."""
        if len({entry.session.family for entry in self.entries}) > 1:
            return [self]
        return [Slot([entry]) for entry in self.entries]


@dataclass(slots=True)
class Day:
    """Slots of one day; `date` is None for sessions that are not scheduled yet."""

    date: datetime.date | None
    slots: list[Slot]


def days(sessions: Iterable[Session], zone: zoneinfo.ZoneInfo) -> list[Day]:
    """Return the entries of `sessions`, in the programme’s order, by day of `zone` and slot."""
    return group_by_day(map(ProgrammeItem, sorted(sessions, key=in_programme)), zone)


def group_by_day(found: Iterable[ProgrammeItem], zone: zoneinfo.ZoneInfo) -> list[Day]:
    """Group the entries, already in order, by day of `zone` and slot."""

    def date(entry: ProgrammeItem) -> datetime.date | None:
        start = entry.session.starts_at
        return start.astimezone(zone).date() if start else None

    return [Day(day, slots(group)) for day, group in groupby(found, key=date)]


def slots(found: Iterable[ProgrammeItem]) -> list[Slot]:
    """Group the entries of a day, already in order: one that overlaps the slot before joins it.

    A session and its talks are no choice: alone among themselves, each has a slot.
    """
    result: list[Slot] = []
    held, end = None, None
    for entry in found:
        if held and entry.is_held and entry.session.starts_at < end:
            held.entries.append(entry)
        else:
            result.append(Slot([entry]))
            if entry.is_held:
                held, end = result[-1], entry.session.ends_at
        if entry.is_held:
            end = max(end, entry.session.ends_at)
    return [part for slot in result for part in slot.parts()]


def in_programme(session: Session) -> tuple:
    start = session.starts_at
    return (start is None, start.timestamp() if start else 0, session.pk)


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
