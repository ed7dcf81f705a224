"""Conflicts of a timetable, as sentences: those that PostgreSQL refuses, and warnings.

`CHECKS` lists the functions that find them. Each takes the sessions of a timetable, in order of
time, and yields conflicts.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from symposium.core.i18n.dates import long_date
from symposium.core.i18n.localized import in_each_language
from symposium.editions.models import Edition
from symposium.sessions.draft import Slot, draft_slot, public_slot
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
    def whole(self) -> int:
        """Key of the session, or of the session that holds this talk."""
        return self.session.parent_id or self.session.pk

    @property
    def takes_time(self) -> bool:
        return self.slot.is_scheduled and self.slot.status != Session.Status.CANCELLED

    @property
    def takes_room(self) -> bool:
        """Whether it needs a room for itself; a talk without a room of its own needs none."""
        is_within = bool(self.session.parent_id and not self.session.room_id)
        shares = is_within or self.session.kind in Session.SHARING
        return self.takes_time and bool(self.room) and not shares

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
    """Yield the pairs that overlap in time; `items` are in order of time.

    A session and its talks are no pairs.
    """
    going: list[Planned] = []
    for item in items:
        going = [one for one in going if one.ends_at > item.starts_at]
        yield from ((one, item) for one in going if one.whole != item.whole)
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
            elsewhere = one.whole != other.whole and one.slot.room_id != other.slot.room_id
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
            yield Conflict((item.whole,), str(SIZE_LABEL), words % names)


def during_breaks(items: Sequence[Planned], zone: datetime.tzinfo) -> Iterator[Conflict]:
    """Yield sessions that take the time of a break; posters often do."""
    timed = [item for item in items if item.takes_time and not item.session.parent_id]
    pauses = [item for item in timed if item.session.is_break]
    for held in timed:
        if held.session.is_break or held.session.kind == Session.Kind.POSTER_SESSION:
            continue
        for pause in pauses:
            if pause.starts_at < held.ends_at and held.starts_at < pause.ends_at:
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
    return Conflict((one.whole, other.whole), str(label), sentence, is_refused)


# What is planned


def planned(
    sessions: Iterable[Session],
    rooms: Iterable[Room],
    slots: Mapping[int, Slot] | None = None,
    seats: Mapping[int, int] | None = None,
    *,
    everybody: bool = True,
) -> list[Planned]:
    """Return `sessions` with their speakers, in their slots of the draft or in those of `slots`.

    Their talks follow them, in the same list. Without `everybody`, only those speakers are there
    who take part in several, and may be in two places at once.
    """
    held = {session.pk: session for session in sessions}
    found = {pk: slots[pk] if slots else draft_slot(session) for pk, session in held.items()}
    talks = list(Session.objects.filter(parent__in=held).defer("period", "allowed_period"))
    for talk in talks:
        found[talk.pk] = slot_of_talk(talk, held[talk.parent_id], found[talk.parent_id])
    whole = [*held.values(), *talks]
    by_key, people = {room.pk: room for room in rooms}, speakers_of(whole, everybody=everybody)
    return [
        Planned(
            session,
            found[session.pk],
            by_key.get(found[session.pk].room_id or 0),
            people[session.pk],
            (seats or {}).get(session.pk, 0),
        )
        for session in whole
    ]


def slot_of_talk(talk: Session, session: Session, slot: Slot) -> Slot:
    """Return the slot of a talk once its session is in `slot`: as far from its start as now."""
    own = public_slot(talk)
    status = own.status if slot.status == Session.Status.PUBLISHED else slot.status
    if slot.starts_at and session.starts_at:
        own = own.shifted(slot.starts_at - session.starts_at)
    elif not slot.starts_at:
        own = own._replace(starts_at=None, ends_at=None)
    return own._replace(room_id=talk.room_id or slot.room_id, status=status)


def speakers_of(sessions: Iterable[Session], *, everybody: bool) -> dict[int, list[Speaker]]:
    """Return the speakers of each session, in their order, in one query."""
    found: dict[int, list[Speaker]] = {session.pk: [] for session in sessions}
    rows = Participation.objects.filter(session__in=found)
    if not everybody:
        counted = rows.values("speaker").annotate(sessions=Count("pk"))
        rows = rows.filter(speaker__in=counted.filter(sessions__gt=1).values("speaker"))
    ordered = rows.order_by("order", "pk").select_related("speaker")
    for row in ordered.only("session", *NAMES):
        found[row.session_id].append(row.speaker)
    return found
