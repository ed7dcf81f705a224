"""Layout of one day of the draft for the planner: rooms by times, the pool, what is wrong.

Rows are steps of five minutes, and columns are the rooms, with a lane for each of the sessions that
overlap in a room. The classes of `static/css/planner-grid.css` place the cards.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from symposium.core.i18n.dates import midnight
from symposium.core.templatetags.symposium import text
from symposium.editions.models import Edition
from symposium.sessions import draft
from symposium.sessions.conflicts import Conflict, Planned, find_conflicts, planned
from symposium.sessions.draft import Slot, move_of, public_slot
from symposium.sessions.models import Room, Session

STEP_MINUTES = 5
STEP = datetime.timedelta(minutes=STEP_MINUTES)
ROWS_PER_HOUR = 60 // STEP_MINUTES
# Hours shown of a day without sessions, and the margin around them of a day with some.
USUAL_HOURS = (8, 19)
MARGIN_HOURS = 1
DEFAULT_LENGTH = datetime.timedelta(minutes=30)
MAX_NAMES = 2


@dataclass
class Card:
    """Session in the grid, or in the pool if `place` is ""."""

    item: Planned
    edition: Edition
    row: int = 0
    rows: int = 0
    column: int = 0
    labels: list[str] = field(default_factory=list)
    is_refused: bool = False
    talks: int = 0

    @property
    def session(self) -> Session:
        return self.item.session

    @property
    def spans_rooms(self) -> bool:
        """Whether it is a break of everybody: it has no room, and lies under the others."""
        return self.session.is_break and not self.item.slot.room_id

    @property
    def place(self) -> str:
        if not self.rows:
            return ""
        column = "pl-all" if self.spans_rooms else f"pl-c{self.column}"
        return f"pl-t{self.row} pl-d{self.rows} {column}"

    @property
    def state(self) -> str:
        """Classes of what is special about it."""
        track = self.session.track
        states = {
            f"track-{track.mark}" if track else "": True,
            "pl-changed": move_of(self.session) is not None,
            "pl-clash": self.is_refused,
            "pl-warned": bool(self.labels) and not self.is_refused,
            "pl-hidden": self.item.slot.status == Session.Status.DRAFT,
            "pl-cancelled": self.item.slot.status == Session.Status.CANCELLED,
        }
        return " ".join(name for name, holds in states.items() if name and holds)

    @property
    def flags(self) -> list[str]:
        """Words for these states, and for its conflicts."""
        status = self.item.slot.status
        special = status != Session.Status.PUBLISHED
        words = [str(Session.Status(status).label)] if special else []
        if move_of(self.session):
            words.append(_("Changed"))
        return [*self.labels, *words]

    @property
    def title(self) -> Any:
        return text(self.session, "title")

    @property
    def minutes(self) -> int:
        return int(length_of(self.session).total_seconds() // 60)

    @property
    def times(self) -> str:
        """Return the hours, or the length of a session in the pool."""
        if not self.item.slot.is_scheduled:
            return _("%(n)d min") % {"n": self.minutes}
        zone = self.edition.zone
        ends = (self.item.starts_at.astimezone(zone), self.item.ends_at.astimezone(zone))
        return f"{ends[0]:%H:%M}–{ends[1]:%H:%M}"

    @property
    def people(self) -> str:
        """Return the speakers, or the number of talks that the session holds."""
        if self.talks:
            return ngettext("%(n)d talk", "%(n)d talks", self.talks) % {"n": self.talks}
        names = [person.name for person in self.item.people]
        if len(names) > MAX_NAMES:
            return _("%(n)d people") % {"n": len(names)}
        return _(", ").join(names)

    def as_json(self) -> dict[str, Any]:
        """Return what a move may change, for the script."""
        return {
            "place": self.place,
            "state": self.state,
            "times": self.times,
            "flags": self.flags,
        }


@dataclass
class Column:
    """Column of a room, or of the sessions without one (`room` is None); `lanes` wide."""

    room: Room | None
    first: int
    lanes: int = 1

    @property
    def place(self) -> str:
        return f"pl-c{self.first}" + (f" pl-w{self.lanes}" if self.lanes > 1 else "")


@dataclass
class Day:
    """Day of the draft, laid out."""

    edition: Edition
    date: datetime.date
    cards: list[Card]  # in the grid, in order of time
    pool: list[Card]
    columns: list[Column]
    ghosts: list[dict[str, str]]
    conflicts: list[Conflict]
    first_hour: int
    last_hour: int

    @property
    def hours(self) -> list[dict[str, str]]:
        found = range(self.first_hour, self.last_hour)
        return [
            {"place": f"pl-t{(hour - self.first_hour) * ROWS_PER_HOUR}", "hour": f"{hour:02}:00"}
            for hour in found
        ]

    @property
    def lanes(self) -> int:
        return sum(column.lanes for column in self.columns)

    def card(self, pk: int) -> Card | None:
        return next((card for card in [*self.cards, *self.pool] if card.session.pk == pk), None)

    def conflicts_of(self, pk: int) -> list[Conflict]:
        return [conflict for conflict in self.conflicts if pk in conflict.sessions]

    def as_json(self) -> dict[str, Any]:
        return {
            "cards": {card.session.pk: card.as_json() for card in [*self.cards, *self.pool]},
            "columns": [column.place for column in self.columns],
            "lanes": self.lanes,
            "ghosts": self.ghosts,
            "conflicts": [
                {"sentence": one.sentence, "refused": one.is_refused} for one in self.conflicts
            ],
        }


def length_of(session: Session) -> datetime.timedelta:
    """Return the length in the draft; without a time, the public one, or half an hour."""
    return draft.draft_slot(session).length or public_slot(session).length or DEFAULT_LENGTH


def bounds(edition: Edition, date: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    next_day = date + datetime.timedelta(days=1)
    return midnight(date, edition.zone), midnight(next_day, edition.zone)


def load_day(edition: Edition, date: datetime.date) -> list[Session]:
    """Return the sessions of a day, public or in the draft, and those without time."""
    starts, ends = bounds(edition, date)
    public = Q(move__isnull=False, starts_at__gte=starts, starts_at__lt=ends)
    shown = draft.on_day(edition, starts, ends) | draft.unscheduled() | public
    # Few tracks for many sessions: one object each.
    found = draft.draft_sessions(edition).filter(shown).prefetch_related("track")
    return list(found.order_by("kind", "pk"))


def lay_out(
    edition: Edition,
    date: datetime.date,
    sessions: Iterable[Session],
    rooms: Sequence[Room],
    seats: Mapping[int, int],
    *,
    everybody: bool,
) -> Day:
    """Return the day; without `everybody`, its cards do not name all their speakers."""
    everything = planned(sessions, rooms, seats=seats, everybody=everybody)
    talks = Counter(item.session.parent_id for item in everything)
    items = [item for item in everything if not item.session.parent_id]
    starts, ends = bounds(edition, date)
    timed = [item for item in items if item.slot.starts_at and starts <= item.starts_at < ends]
    timed.sort(key=lambda item: (item.starts_at, item.session.pk))
    pool = [
        Card(item, edition, talks=talks[item.session.pk])
        for item in items
        if not item.slot.is_scheduled and item.slot.status != Session.Status.CANCELLED
    ]
    moved = [item.session for item in items if move_of(item.session)]
    before = [s for s in moved if s.starts_at and starts <= s.starts_at < ends]
    first, last = hours_of([*(item.slot for item in timed), *map(public_slot, before)], starts)
    cards = [
        Card(item, edition, *rows_of(item.slot, starts, first), talks=talks[item.session.pk])
        for item in timed
    ]
    columns = place_in_columns(cards, rooms)
    conflicts = find_conflicts(edition, everything)
    mark([*cards, *pool], conflicts)
    ghosts = [ghost(session, edition, starts, first, columns) for session in before]
    return Day(edition, date, cards, pool, columns, ghosts, conflicts, first, last)


def since(day: datetime.datetime, at: datetime.datetime) -> datetime.timedelta:
    """Return the time on the clock at `at`, which differs from the time since midnight in DST."""
    return at.astimezone(day.tzinfo) - day


def hours_of(slots: Iterable[Slot], day: datetime.datetime) -> tuple[int, int]:
    """Return the first hour to show, and the one after the last."""
    hour = datetime.timedelta(hours=1)
    found = [slot for slot in slots if slot.is_scheduled]
    firsts = [since(day, slot.starts_at) // hour for slot in found if slot.starts_at]
    lasts = [-(-since(day, slot.ends_at) // hour) for slot in found if slot.ends_at]
    return (
        max(0, min([USUAL_HOURS[0], *(one - MARGIN_HOURS for one in firsts)])),
        min(24, max([USUAL_HOURS[1], *(one + MARGIN_HOURS for one in lasts)])),
    )


def rows_of(slot: Slot, day: datetime.datetime, first_hour: int) -> tuple[int, int]:
    """Return the row of the start, and the number of rows; a session of a minute has one."""
    if not (slot.starts_at and slot.ends_at):
        return 0, 0
    first = first_hour * ROWS_PER_HOUR
    row = max(0, since(day, slot.starts_at) // STEP - first)
    end = min(24 * ROWS_PER_HOUR, -(-since(day, slot.ends_at) // STEP)) - first
    return row, max(1, end - row)


def place_in_columns(cards: Iterable[Card], rooms: Sequence[Room]) -> list[Column]:
    """Set the column of each card; return the columns of all rooms in order, then of no room."""

    def room_of(card: Card) -> int:
        return card.item.slot.room_id or 0

    in_rooms = sorted((card for card in cards if not card.spans_rooms), key=room_of)
    found = {number: list(group) for number, group in groupby(in_rooms, key=room_of)}
    columns, first = [], 1
    for room in [*rooms, None]:
        lanes: list[int] = []  # the row at which each lane is free again
        for card in found.get(room.pk if room else 0, []):
            lane = next((n for n, free in enumerate(lanes) if free <= card.row), len(lanes))
            lanes[lane : lane + 1] = [card.row + card.rows]
            card.column = first + lane
        columns.append(Column(room, first, max(1, len(lanes))))
        first += columns[-1].lanes
    return columns


def mark(cards: Iterable[Card], conflicts: Iterable[Conflict]) -> None:
    """Write the conflicts on the cards that they concern."""
    by_key = {card.session.pk: card for card in cards}
    for conflict in conflicts:
        for card in (by_key[pk] for pk in conflict.sessions if pk in by_key):
            if conflict.label not in card.labels:
                card.labels.append(conflict.label)
            card.is_refused |= conflict.is_refused


def ghost(
    session: Session,
    edition: Edition,
    day: datetime.datetime,
    first_hour: int,
    columns: Iterable[Column],
) -> dict[str, str]:
    """Return the public place that a session leaves in the draft."""
    slot = public_slot(session)
    row, rows = rows_of(slot, day, first_hour)
    column = next(
        (one for one in columns if one.room and one.room.pk == slot.room_id), [*columns][-1]
    )
    words = _("Before: %(title)s") % {"title": session}
    return {"place": f"pl-t{row} pl-d{rows} pl-c{column.first}", "label": words}
