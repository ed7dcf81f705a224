"""Conflicts of a timetable, as sentences: those that PostgreSQL refuses, and warnings.

`CHECKS` lists the functions that find them. Each takes the sessions of a timetable, in order of
time, and yields conflicts.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from symposium.core.i18n.dates import long_date
from symposium.core.i18n.localized import in_each_language
from symposium.editions.models import Edition
from symposium.sessions.draft import Slot, draft_slot
from symposium.sessions.models import Participation, Room, Session
from symposium.speakers.models import Speaker

# Time that a speaker needs between two rooms.
CHANGE_OF_ROOM = datetime.timedelta(minutes=10)
NAMES = in_each_language("speaker__given_name", "speaker__family_name")


@dataclass(eq=False)
class Planned:
    """Session in a slot, with its room, its speakers, and the number of its seats taken."""

    session: Session
    slot: Slot
    room: Room | None = None
    people: list[Speaker] = field(default_factory=list)
    seats_taken: int = 0

    @property
    def starts_at(self) -> Any:
        return self.slot.starts_at

    @property
    def ends_at(self) -> Any:
        return self.slot.ends_at

    @property
    def takes_time(self) -> bool:
        return self.slot.is_scheduled and self.slot.status != Session.Status.CANCELLED

    @property
    def takes_room(self) -> bool:
        return self.takes_time and bool(self.room) and self.session.kind not in Session.SHARING

    @property
    def name(self) -> str:
        return f"\u2068{self.session}\u2069"

    def hours(self, zone: datetime.tzinfo) -> str:
        """Return the day and the hours, for a sentence."""
        start, end = self.starts_at.astimezone(zone), self.ends_at.astimezone(zone)
        return f"{long_date(start.date())} \u2066{start:%H:%M}–{end:%H:%M}\u2069"


@dataclass(frozen=True)
class Conflict:
    """What is wrong with sessions; a release with one that `is_refused` is refused."""

    sessions: tuple[int, ...]  # keys
    label: str
    sentence: str
    is_refused: bool = False


ROOM_LABEL = gettext_lazy("Room clash")
SPEAKER_LABEL = gettext_lazy("Speaker clash")
CHANGE_LABEL = gettext_lazy("Short change of rooms")
SIZE_LABEL = gettext_lazy("Room too small")
BREAK_LABEL = gettext_lazy("During a break")


def overlapping(items: Iterable[Planned]) -> Iterator[tuple[Planned, Planned]]:
    """Yield the pairs that overlap in time; `items` are in order of time."""
    going: list[Planned] = []
    for item in items:
        going = [one for one in going if one.ends_at > item.starts_at]
        yield from ((one, item) for one in going)
        going.append(item)


def room_clashes(items: Sequence[Planned], zone: datetime.tzinfo) -> Iterator[Conflict]:
    by_room = defaultdict(list)
    for item in items:
        if item.takes_room:
            by_room[item.slot.room_id].append(item)
    for found in by_room.values():
        for one, other in overlapping(found):
            words = _("%(one)s (%(times)s) and %(other)s (%(other_times)s) are both in %(room)s.")
            names = {"room": f"\u2068{one.room}\u2069", **both(one, other, zone)}
            yield pair(one, other, ROOM_LABEL, words % names, is_refused=True)


def speaker_clashes(items: Sequence[Planned], zone: datetime.tzinfo) -> Iterator[Conflict]:
    """Yield speakers who are in two sessions at once, or have little time between two rooms."""
    for person, found in by_speaker(items):
        clashes = list(overlapping(found))
        for one, other in clashes:
            words = _(
                "%(speaker)s is in %(one)s (%(times)s) and in %(other)s (%(other_times)s) at "
                "the same time."
            )
            names = {"speaker": f"\u2068{person}\u2069", **both(one, other, zone)}
            yield pair(one, other, SPEAKER_LABEL, words % names, is_refused=True)
        for one, other in zip(found, found[1:], strict=False):
            pause = other.starts_at - one.ends_at
            elsewhere = one.slot.room_id != other.slot.room_id
            if elsewhere and datetime.timedelta() <= pause < CHANGE_OF_ROOM:
                words = _(
                    "%(speaker)s has less than ten minutes between %(one)s (%(times)s) and "
                    "%(other)s (%(other_times)s), in another room."
                )
                names = {"speaker": f"\u2068{person}\u2069", **both(one, other, zone)}
                yield pair(one, other, CHANGE_LABEL, words % names)


def small_rooms(items: Sequence[Planned], zone: datetime.tzinfo) -> Iterator[Conflict]:
    for item in items:
        needed = max(item.session.places or 0, item.seats_taken)
        if item.takes_time and item.room and item.room.capacity and item.room.capacity < needed:
            words = _("%(session)s needs %(needed)d places: %(room)s has %(capacity)d.")
            names = {"room": f"\u2068{item.room}\u2069", "capacity": item.room.capacity}
            names |= {"session": item.name, "needed": needed}
            yield Conflict((item.session.pk,), str(SIZE_LABEL), words % names)


def during_breaks(items: Sequence[Planned], zone: datetime.tzinfo) -> Iterator[Conflict]:
    """Yield sessions that take the time of a break; posters often do."""
    timed = [
        item
        for item in items
        if item.takes_time and item.session.kind != Session.Kind.POSTER_SESSION
    ]
    for one, other in overlapping(timed):
        if one.session.is_break == other.session.is_break:
            continue
        held, pause = (other, one) if one.session.is_break else (one, other)
        words = _("%(session)s (%(times)s) takes place during %(pause)s.")
        names = {"session": held.name, "times": held.hours(zone), "pause": pause.name}
        yield Conflict((held.session.pk,), str(BREAK_LABEL), words % names)


Check = Callable[[Sequence[Planned], datetime.tzinfo], Iterator[Conflict]]
CHECKS: list[Check] = [room_clashes, speaker_clashes, small_rooms, during_breaks]


def find_conflicts(edition: Edition, items: Iterable[Planned]) -> list[Conflict]:
    """Return the conflicts between `items`, those that a release refuses first."""
    timed = sorted(
        (item for item in items if item.takes_time),
        key=lambda item: (item.starts_at, item.session.pk),
    )
    found = [conflict for check in CHECKS for conflict in check(timed, edition.zone)]
    return sorted(found, key=lambda conflict: not conflict.is_refused)


def by_speaker(items: Iterable[Planned]) -> Iterator[tuple[Speaker, list[Planned]]]:
    people, found = {}, defaultdict(list)
    for item in items:
        for person in item.people:
            people[person.pk] = person
            found[person.pk].append(item)
    yield from ((people[pk], sessions) for pk, sessions in found.items() if len(sessions) > 1)


def both(one: Planned, other: Planned, zone: datetime.tzinfo) -> dict[str, str]:
    return {
        "one": one.name,
        "times": one.hours(zone),
        "other": other.name,
        "other_times": other.hours(zone),
    }


def pair(one: Planned, other: Planned, label, sentence: str, *, is_refused=False) -> Conflict:
    return Conflict((one.session.pk, other.session.pk), str(label), sentence, is_refused)


# What is planned


def planned(
    sessions: Iterable[Session],
    rooms: Iterable[Room],
    slots: Mapping[int, Slot] | None = None,
    seats: Mapping[int, int] | None = None,
) -> list[Planned]:
    """Return `sessions` with their speakers, in their slots of the draft or in those of `slots`."""
    sessions = list(sessions)
    by_key = {room.pk: room for room in rooms}
    people = speakers_of(sessions)
    found = []
    for session in sessions:
        slot = slots[session.pk] if slots else draft_slot(session)
        room = by_key.get(slot.room_id) if slot.room_id else None
        taken = (seats or {}).get(session.pk, 0)
        found.append(Planned(session, slot, room, people[session.pk], taken))
    return found


def speakers_of(sessions: Iterable[Session]) -> dict[int, list[Speaker]]:
    """Return the speakers of each session, in their order, in one query."""
    found: dict[int, list[Speaker]] = {session.pk: [] for session in sessions}
    rows = Participation.objects.filter(session__in=found).order_by("order", "pk")
    for row in rows.select_related("speaker").only("session", *NAMES):
        found[row.session_id].append(row.speaker)
    return found
