"""Layout of a day of the programme: one structure for the list and for the grid of rooms.

Rows are the distinct start and end times of the day, so that lunch takes one row and a dense hour
gets the height that it needs. Columns are the rooms. A room with sessions side by side (posters, or
a cancelled session and its replacement) gets one lane for each.
"""

import datetime
import zoneinfo
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from symposium.core.templatetags.symposium import name, text, times, word
from symposium.editions.models import Edition
from symposium.sessions.changes import attach_recent_changes
from symposium.sessions.models import Room, Session, SessionQuerySet
from symposium.sessions.speaker_names import attach_speakers

Text = TypeVar("Text", bound=str)


class TalkContext(NamedTuple):
    """Context of a talk on the card of its session."""

    guid: str
    url: str
    title: SafeString
    start: SafeString | None
    room: SafeString | None  # only a room of its own
    people: SafeString
    add: str
    remove: str
    change: str | None
    is_cancelled: bool


class CardContext(NamedTuple):
    """Context of a card, in the active language and time zone."""

    language: str
    edition: str  # slug
    guid: str
    url: str  # with the prefix (SCRIPT_NAME) of the site
    place: str
    title: SafeString
    times: SafeString
    room: SafeString | None
    track: SafeString | None
    mark: str | None
    kind: SafeString | None  # None for a talk, the most common kind
    people: SafeString | None
    talks: tuple[TalkContext, ...]
    add: str
    remove: str
    change: str | None
    is_break: bool
    is_plenary: bool
    is_cancelled: bool


@lru_cache(maxsize=8192)
def card_html(face: CardContext) -> SafeString:
    """Render a card. The cache is by content: after an edit only the changed card is rendered."""
    return render_to_string("sessions/_card.html", {"card": face})


def start_html(at: datetime.datetime) -> SafeString:
    """Return the hour of a talk, in the active time zone."""
    at = timezone.localtime(at)
    words = '<time datetime="{}"><bdi dir="ltr">{}</bdi></time>'
    return format_html(words, at.isoformat(), f"{at:%H:%M}")


@dataclass(slots=True)
class Card:
    """Session and its cell in the grid: rows count from 0, columns from 1, as in the CSS.

    Many of a thousand cards show the same room, track or hour. All cards of a page share the cache
    `said`, so that each of these is formatted once.
    """

    session: Session
    row: int
    rows: int
    column: int | None = None  # None: across all rooms
    said: dict[tuple, Any] = field(default_factory=dict)

    @property
    def is_plenary(self) -> bool:
        return self.column is None

    @property
    def place(self) -> str:
        column = "tt-all" if self.column is None else f"tt-c{self.column}"
        return f"tt-s{self.row} tt-d{self.rows} {column}"

    @property
    def html(self) -> SafeString:
        return card_html(self.card_context())

    def card_context(self) -> CardContext:
        session, title = self.session, self.session.title
        return CardContext(
            language=get_language(),
            edition=self.once(("edition", session.edition_id), lambda: session.edition.slug),
            guid=str(session.guid),
            url=f"{self.programme()}{session.slug}/",
            place=self.place,
            title=text(session, "title"),
            times=self.once(("times", session.starts_at, session.ends_at), lambda: times(session)),
            room=self.name_of("effective_room"),
            track=self.name_of("track"),
            mark=session.track.mark if session.track_id else None,
            kind=None if session.is_plain_talk else self.kind(),
            people=self.people(),
            talks=tuple(map(self.talk_context, session.listed_talks)),
            add=self.add(title),
            remove=self.remove(title),
            change=str(session.change.kind.label) if session.change else None,
            is_break=session.is_break,
            is_plenary=self.is_plenary,
            is_cancelled=session.is_cancelled,
        )

    def talk_context(self, talk: Session) -> TalkContext:
        return TalkContext(
            guid=str(talk.guid),
            url=f"{self.programme()}{talk.slug}/",
            title=text(talk, "title"),
            start=start_html(talk.starts_at) if talk.starts_at else None,
            room=text(talk.room, "name") if talk.room_id else None,
            people=self.names(talk.people or []),
            add=self.add(talk.title),
            remove=self.remove(talk.title),
            change=str(talk.change.kind.label) if talk.change else None,
            is_cancelled=talk.is_cancelled,
        )

    def add(self, title: str) -> str:
        words = self.once(("add",), lambda: _("Add to my programme: %(title)s"))
        return words % {"title": title}

    def remove(self, title: str) -> str:
        words = self.once(("remove",), lambda: _("Remove from my programme: %(title)s"))
        return words % {"title": title}

    def programme(self) -> str:
        """Return the URL of the programme, the base of the sessions' URLs; reversed once a page."""
        return self.once(
            ("programme", self.session.edition_id),
            lambda: reverse("sessions:programme", args=[self.session.edition.slug]),
        )

    def kind(self) -> SafeString:
        session = self.session
        return self.once(("kind", session.kind_choice), lambda: word(session, "kind"))

    def people(self) -> SafeString | None:
        """Return the names of the speakers; of a single speaker, the affiliation too.

        Above talks, whose speakers stand beside them, each name stands after its role.
        """
        people = self.session.people
        if self.session.listed_talks:
            return self.names_by_role(people)
        if len(people) == 1 and (affiliation := text(people[0], "affiliation")):
            return format_html("{}\u00a0· {}", name(people[0]), affiliation)
        return self.names(people)

    def names(self, people: Iterable[Any]) -> SafeString:
        comma = self.once(("comma",), lambda: _(", "))
        return format_html_join(comma, "{}", ((name(person),) for person in people))

    def names_by_role(self, people: Iterable[Any]) -> SafeString:
        """Return the names with their role before them, as in “Chair: Salma Boussole”."""
        words = self.once(("role",), lambda: _("{role}: {names}"))
        parts = (
            format_html(words, role=role, names=self.names(found))
            for role, found in groupby(people, key=lambda person: word(person, "role"))
        )
        return format_html_join(" · ", "{}", ((part,) for part in parts))

    def name_of(self, relation: str) -> SafeString | None:
        thing = getattr(self.session, relation)
        if thing is None:
            return None
        return self.once((relation, thing.pk), lambda: text(thing, "name"))

    def once(self, key: tuple, make: Callable[[], Text]) -> Text:
        if key not in self.said:
            self.said[key] = make()
        return self.said[key]


@dataclass(slots=True)
class Group:
    """Sessions that start at the same time."""

    starts_at: datetime.datetime
    row: int
    cards: list[Card]


@dataclass(slots=True)
class Column:
    """Column of a room, or of sessions without one (`room` is None); `lanes` grid columns wide."""

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


def load_sessions(edition: Edition, sessions: SessionQuerySet) -> list[Session]:
    """Read `sessions` with all that a card shows, in a number of queries that does not grow.

    A talk whose session is among them is in its `listed_talks`.
    """
    found = list(sessions.for_programme())
    attach_speakers(found)
    attach_recent_changes(edition, found)
    return nest_talks(found)


def nest_talks(sessions: Iterable[Session]) -> list[Session]:
    """Return `sessions` without the talks of those among them, which list them, in order."""
    by_key = {session.pk: session for session in sessions}
    talks: dict[int, list[Session]] = {}
    for session in by_key.values():
        if session.parent_id in by_key:
            talks.setdefault(session.parent_id, []).append(session)
    for number, found in talks.items():
        by_key[number].listed_talks = found
    return [session for session in by_key.values() if session.parent_id not in by_key]


def talk_rows(session: Session, talks: Iterable[Session]) -> list[TalkContext]:
    """Return the `talks` of `session`, loaded with their speakers, for its page."""
    card = Card(session, row=0, rows=0)
    return [card.talk_context(talk) for talk in talks]


def leaders(session: Session) -> SafeString:
    """Return who leads a session, with the roles; its `people` are loaded."""
    people = [person for person in session.people or [] if not person.is_plain_speaker]
    return Card(session, row=0, rows=0).names_by_role(people)


def timetables_by_day(sessions: Iterable[Session], zone: zoneinfo.ZoneInfo) -> list[Timetable]:
    """Lay out scheduled `sessions`, ordered by start, as one timetable per day of `zone`."""
    days = groupby(sessions, key=lambda session: session.starts_at.astimezone(zone).date())
    said: dict[tuple, Any] = {}
    return [lay_out(day, list(found), said) for day, found in days]


def lay_out(day: datetime.date, sessions: list[Session], said: dict[tuple, Any]) -> Timetable:
    times = {s.starts_at for s in sessions} | {s.ends_at for s in sessions}
    rows = {time: row for row, time in enumerate(sorted(times))}
    cards = [
        Card(s, row=rows[s.starts_at], rows=rows[s.ends_at] - rows[s.starts_at], said=said)
        for s in sessions
    ]
    in_rooms = [card for card in cards if not spans_all_rooms(card, cards)]
    columns = place_in_columns(in_rooms)
    groups = [
        Group(starts_at, rows[starts_at], list(found))
        for starts_at, found in groupby(cards, key=lambda card: card.session.starts_at)
    ]
    return Timetable(day, groups, columns)


def spans_all_rooms(card: Card, cards: list[Card]) -> bool:
    """Return whether the card is a plenary or a break with no other session at the same time."""
    if not (card.session.is_plenary_kind or card.session.is_break):
        return False
    return not any(overlaps(card, other) for other in cards if other is not card)


def overlaps(one: Card, other: Card) -> bool:
    return one.row < other.row + other.rows and other.row < one.row + one.rows


def place_in_columns(cards: list[Card]) -> list[Column]:
    """Set the column of each card; return the columns of rooms in order, then of no room."""
    in_room = sorted(cards, key=room_order)
    columns, first = [], 1
    for _order, found in groupby(in_room, key=room_order):
        group = sorted(found, key=lambda card: card.row)
        lanes: list[int] = []  # the row at which each lane is free again
        for card in group:
            lane = next((n for n, free in enumerate(lanes) if free <= card.row), len(lanes))
            lanes[lane : lane + 1] = [card.row + card.rows]
            card.column = first + lane
        columns.append(Column(group[0].session.effective_room, first, len(lanes)))
        first += len(lanes)
    return columns


def room_order(card: Card) -> tuple:
    room = card.session.effective_room
    return (room is None, room.order if room else 0, room.pk if room else 0)
