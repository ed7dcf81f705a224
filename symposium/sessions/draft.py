"""The draft of a timetable: where sessions will be after the next release.

A session is at its public place unless it has a `Move`. The draft may hold clashes: an organiser
moves sessions in any order. One lock per edition makes changes of the draft and releases wait for
each other. Each change is a `DraftStep`, which its organiser may undo.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from symposium.accounts.models import User
from symposium.core.i18n.dates import long_date
from symposium.core.i18n.localized import in_each_language
from symposium.editions.models import Edition
from symposium.sessions.models import DraftStep, Move, Session

# Moves by key of their session, as JSON; None is a session without a move.
State = dict[str, list | None]


class Slot(NamedTuple):
    """Place of a session in a timetable, and its status."""

    starts_at: datetime.datetime | None
    ends_at: datetime.datetime | None
    room_id: int | None
    status: str

    @property
    def is_scheduled(self) -> bool:
        return self.starts_at is not None

    @property
    def length(self) -> datetime.timedelta | None:
        return self.ends_at - self.starts_at if self.starts_at and self.ends_at else None

    def shifted(self, by: datetime.timedelta) -> "Slot":
        """Return the same slot, `by` later; an unscheduled one stays as it is."""
        if not (self.starts_at and self.ends_at):
            return self
        return self._replace(starts_at=self.starts_at + by, ends_at=self.ends_at + by)

    def starting(self, at: datetime.datetime) -> "Slot":
        """Return a slot of the same length that starts at another time."""
        return self.shifted(at - self.starts_at) if self.starts_at else self


Slots = Mapping[int, Slot]  # by key of the session


def move_of(session: Session) -> Move | None:
    return getattr(session, "move", None)


def public_slot(session: Session) -> Slot:
    return Slot(session.starts_at, session.ends_at, session.room_id, session.status)


def draft_slot(session: Session) -> Slot:
    move = move_of(session)
    if not move:
        return public_slot(session)
    return Slot(move.starts_at, move.ends_at, move.room_id, move.status or session.status)


def draft_sessions(edition: Edition) -> QuerySet[Session]:
    """Return the sessions of `edition` with their moves, without long texts.

    Talks are not among them: they follow their session.
    """
    return (
        edition.sessions.without_talks()
        .select_related("move")
        .defer("period", "allowed_period", *in_each_language("description"))
    )


def on_day(edition: Edition, starts: datetime.datetime, ends: datetime.datetime) -> Q:
    """Return the condition: in the draft, a session starts from `starts` until before `ends`."""
    moved = Q(move__starts_at__gte=starts, move__starts_at__lt=ends)
    return moved | Q(move__isnull=True, starts_at__gte=starts, starts_at__lt=ends)


def unscheduled() -> Q:
    """Return the condition: in the draft, a session has no time, and is not cancelled."""
    there = ~Q(status=Session.Status.CANCELLED)
    moved = Q(move__isnull=False, move__starts_at__isnull=True)
    return there & (moved | Q(move__isnull=True, starts_at__isnull=True))


def lock(edition: Edition) -> None:
    """Wait for other changes of the draft and releases of `edition`, until the transaction ends.

    It is no lock on a row: whoever writes sessions locks the row of the edition after theirs, and a
    release would do so in the other order.
    """
    with connection.cursor() as cursor:
        key = f"draft/{edition.pk}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


@transaction.atomic
def change(
    edition: Edition, user: User, pks: Iterable[int], verb: Callable[[Sequence[Session]], Slots]
) -> list[Session]:
    """Call `verb` with the sessions `pks` of `edition`, and put them in the slots that it returns.

    Return the sessions. Raise ValidationError, and change nothing, if a slot is impossible by
    itself: it ends before it starts, or lies outside the edition.
    """
    lock(edition)
    sessions = list(draft_sessions(edition).filter(pk__in=list(pks)).order_by("pk"))
    slots = verb(sessions)
    for session in sessions:
        if session.pk in slots:
            check_slot(edition, session, slots[session.pk])
    before = state_of(sessions)
    after = before | {
        str(session.pk): as_json(session, slots[session.pk])
        for session in sessions
        if session.pk in slots
    }
    if after != before:
        restore(edition, sessions, after)
        edition.draft_steps.filter(user=user, is_undone=True).delete()
        edition.draft_steps.create(user=user, before=before, after=after)
    return sessions


def check_slot(edition: Edition, session: Session, slot: Slot) -> None:
    """Raise ValidationError, keyed to the field, for times that no release could accept."""
    planned = Session(edition=edition, starts_at=slot.starts_at, ends_at=slot.ends_at)
    try:
        planned.clean_times()
    except ValidationError as error:
        reasons = {field: list(found) for field, found in error.error_dict.items()}
        for found in reasons.values():
            for one in found:
                one.message = "%(session)s: " + str(one.message)
                one.params = {**(one.params or {}), "session": session}
        raise ValidationError(reasons) from None


def as_json(session: Session, slot: Slot) -> list | None:
    """Return the move that puts a session in `slot`, or None if that is its public place."""
    public = public_slot(session)
    if slot == public:
        return None
    status = slot.status if slot.status != public.status else ""
    times = [at and at.astimezone(datetime.UTC).isoformat() for at in slot[:2]]
    return [*times, slot.room_id, status]


def state_of(sessions: Iterable[Session]) -> State:
    """Return the moves of sessions, as JSON."""
    return {
        str(session.pk): as_json(session, draft_slot(session)) if move_of(session) else None
        for session in sessions
    }


def restore(edition: Edition, sessions: Iterable[Session], state: State) -> None:
    """Write the moves of `state`, each in a new row: its key stands for what it says."""
    Move.objects.filter(session__in=list(map(int, state))).delete()
    moves = {
        int(number): Move(
            edition=edition,
            session_id=int(number),
            starts_at=starts_at and datetime.datetime.fromisoformat(starts_at),
            ends_at=ends_at and datetime.datetime.fromisoformat(ends_at),
            room_id=room,
            status=status,
        )
        for number, found in state.items()
        if found
        for starts_at, ends_at, room, status in [found]
    }
    Move.objects.bulk_create(moves.values())
    for session in sessions:
        session._state.fields_cache["move"] = moves.get(session.pk)


# Undo


def undoable(edition: Edition, user: User) -> DraftStep | None:
    return edition.draft_steps.filter(user=user, is_undone=False).last()


def redoable(edition: Edition, user: User) -> DraftStep | None:
    return edition.draft_steps.filter(user=user, is_undone=True).first()


def undo(edition: Edition, user: User) -> list[Session]:
    """Undo the last step of `user`; return its sessions. Raise ValidationError if impossible."""
    return take_step(edition, user, undone=True)


def redo(edition: Edition, user: User) -> list[Session]:
    return take_step(edition, user, undone=False)


@transaction.atomic
def take_step(edition: Edition, user: User, *, undone: bool) -> list[Session]:
    lock(edition)
    step = (undoable if undone else redoable)(edition, user)
    if step is None:
        words = _("There’s nothing to undo.") if undone else _("There’s nothing to redo.")
        raise ValidationError(words, code="no_step")
    present, wanted = (step.after, step.before) if undone else (step.before, step.after)
    sessions = list(draft_sessions(edition).filter(pk__in=list(present)).order_by("pk"))
    moved = [s for s in sessions if state_of([s])[str(s.pk)] != present[str(s.pk)]]
    if moved or len(sessions) < len(present):
        words = _("This can’t be undone: %(sessions)s changed since.")
        names = ", ".join(f"\u2068{session}\u2069" for session in moved) or _("a session")
        raise ValidationError(words, code="changed", params={"sessions": names})
    restore(edition, sessions, wanted)
    step.is_undone = undone
    step.save(update_fields=["is_undone"])
    return sessions


# Verbs on a selection: each returns the new slots


def shift(sessions: Iterable[Session], by: datetime.timedelta) -> dict[int, Slot]:
    return {session.pk: draft_slot(session).shifted(by) for session in sessions}


def swap(sessions: Sequence[Session]) -> dict[int, Slot]:
    """Exchange the starts and the rooms of two sessions; each keeps its length."""
    if len(sessions) != 2:
        raise ValidationError(_("Select two sessions to swap their times and rooms."), code="two")
    one, other = map(draft_slot, sessions)
    return {
        sessions[0].pk: in_place_of(one, other),
        sessions[1].pk: in_place_of(other, one),
    }


def in_place_of(slot: Slot, other: Slot) -> Slot:
    if not (slot.length and other.starts_at):
        return slot._replace(
            starts_at=other.starts_at, ends_at=other.ends_at, room_id=other.room_id
        )
    return slot.starting(other.starts_at)._replace(room_id=other.room_id)


MINUTE = datetime.timedelta(minutes=1)


def spread(sessions: Sequence[Session]) -> dict[int, Slot]:
    """Put the same pause between sessions, from the first start to the last end.

    Pauses are whole minutes. Raise ValidationError unless there are three or more, of one day, that
    fit between these times.
    """
    slots = {session.pk: draft_slot(session) for session in sessions}
    found = [pk for pk, slot in slots.items() if slot.is_scheduled]
    order = sorted(found, key=lambda pk: (slots[pk].starts_at, pk))
    if len(order) < 3:
        raise ValidationError(_("Select at least three scheduled sessions."), code="three")
    start: Any = slots[order[0]].starts_at
    end = max(slot.ends_at for slot in slots.values() if slot.ends_at)
    lengths = [slots[pk].length or datetime.timedelta() for pk in order]
    free = end - start - sum(lengths, datetime.timedelta())
    if free < datetime.timedelta():
        words = _("These sessions are longer than the time from the first start to the last end.")
        raise ValidationError(words, code="long")
    new = {}
    at, pauses = start, len(order) - 1
    for place, (pk, length) in enumerate(zip(order, lengths, strict=True)):
        pause = free * place / pauses // MINUTE * MINUTE
        new[pk] = slots[pk].starting(at + pause)
        at += length
    return new


def describe(edition: Edition, slot: Slot, room_name: str) -> str:
    """Return where a slot is, for a sentence: 9 June 2021 11:00–12:30, Auditorium."""
    if not (slot.starts_at and slot.ends_at):
        return _("not scheduled yet")
    start, end = (at.astimezone(edition.zone) for at in (slot.starts_at, slot.ends_at))
    hours = f"{long_date(start.date())} \u2066{start:%H:%M}–{end:%H:%M}\u2069"
    return _(", ").join([hours, f"\u2068{room_name}\u2069"]) if room_name else hours
