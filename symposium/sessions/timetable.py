"""A day of the programme laid out: one structure for the list and for the grid of rooms.

Rows are the distinct start and end times of the day, so that lunch costs one line and a dense
hour gets the height it needs. Columns are the rooms; a room in which things run side by side
(posters, a session beside the one that replaces a cancelled one) gets a lane for each.
"""

import datetime
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.translation import gettext as _

from symposium.sessions.models import Room, Session


@dataclass(slots=True)
class Card:
    """A session and its place: rows and columns are counted from 0 and from 1, as in the CSS."""

    session: Session
    row: int
    rows: int
    column: int | None = None  # None: across all rooms

    @property
    def is_plenary(self) -> bool:
        return self.column is None

    @property
    def place(self) -> str:
        column = "tt-all" if self.column is None else f"tt-c{self.column}"
        return f"tt-s{self.row} tt-d{self.rows} {column}"

    @property
    def words_to_add(self) -> str:
        return _("Add to my programme: %(title)s") % {"title": self.session.title}

    @property
    def words_to_remove(self) -> str:
        return _("Remove from my programme: %(title)s") % {"title": self.session.title}


@dataclass(slots=True)
class Group:
    """The sessions that start at the same time."""

    starts_at: datetime.datetime
    row: int
    cards: list[Card]


@dataclass(slots=True)
class Column:
    """A room, or the place of what has no room (`room` is None); `lanes` grid columns wide."""

    room: Room | None
    first: int = 1
    lanes: int = 1

    @property
    def place(self) -> str:
        return f"tt-c{self.first}" + (f" tt-w{self.lanes}" if self.lanes > 1 else "")


@dataclass(slots=True)
class Timetable:
    day: datetime.date
    groups: list[Group] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)

    @property
    def width(self) -> int:
        return sum(column.lanes for column in self.columns) or 1

    @property
    def is_wide(self) -> bool:
        return self.width > 6


def by_day(sessions: Iterable[Session], zone: zoneinfo.ZoneInfo) -> list[Timetable]:
    """Lay out scheduled `sessions`, ordered by start, as one timetable a day of `zone`."""
    days = groupby(sessions, key=lambda session: session.starts_at.astimezone(zone).date())
    return [lay_out(day, list(found)) for day, found in days]


def lay_out(day: datetime.date, sessions: list[Session]) -> Timetable:
    times = {s.starts_at for s in sessions} | {s.ends_at for s in sessions}
    rows = {time: row for row, time in enumerate(sorted(times))}
    cards = [
        Card(s, row=rows[s.starts_at], rows=rows[s.ends_at] - rows[s.starts_at]) for s in sessions
    ]
    in_rooms = [card for card in cards if not spans_all_rooms(card, cards)]
    columns = place_in_columns(in_rooms)
    groups = [
        Group(starts_at, rows[starts_at], list(found))
        for starts_at, found in groupby(cards, key=lambda card: card.session.starts_at)
    ]
    return Timetable(day, groups, columns)


def spans_all_rooms(card: Card, cards: list[Card]) -> bool:
    """A plenary or a break with nothing beside it concerns every room."""
    if not (card.session.is_for_all or card.session.is_break):
        return False
    return not any(overlap(card, other) for other in cards if other is not card)


def overlap(one: Card, other: Card) -> bool:
    return one.row < other.row + other.rows and other.row < one.row + one.rows


def place_in_columns(cards: list[Card]) -> list[Column]:
    """Give each card its column and return the columns, rooms in their order, then no room."""
    in_room = sorted(cards, key=room_order)
    columns, first = [], 1
    for _order, found in groupby(in_room, key=room_order):
        group = sorted(found, key=lambda card: card.row)
        lanes: list[int] = []  # the row at which each lane is free again
        for card in group:
            lane = next((n for n, free in enumerate(lanes) if free <= card.row), len(lanes))
            lanes[lane : lane + 1] = [card.row + card.rows]
            card.column = first + lane
        columns.append(Column(group[0].session.room, first, len(lanes)))
        first += len(lanes)
    return columns


def room_order(card: Card) -> tuple:
    room = card.session.room
    return (room is None, room.order if room else 0, room.pk if room else 0)
