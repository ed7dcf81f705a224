"""Releases: moves of the draft become public together, as the next version of the programme.

A release is one transaction: all of it, or nothing. It names what is impossible before PostgreSQL
refuses it. E-mails follow from the numbers of changes (`Session.sequence`), which it raises.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from symposium.accounts.models import User
from symposium.core.i18n.localized import LANGUAGES
from symposium.editions.models import Edition
from symposium.sessions import draft
from symposium.sessions.changes import (
    FOREVER,
    MAX_CHANGES,
    Kind,
    SessionChange,
    merged_changes,
    without_followers,
)
from symposium.sessions.conflicts import Conflict, find_conflicts, planned, slot_of_talk
from symposium.sessions.draft import Slot, draft_slot, move_of, public_slot
from symposium.sessions.models import Change, Release, Session

BATCH_SIZE = 100
FIELDS = ["starts_at", "ends_at", "room", "status"]


@dataclass
class Preview:
    """What a release of some moves would change."""

    edition: Edition
    sessions: list[Session]  # with their moves
    changes: list[SessionChange] = field(default_factory=list)
    hidden: list[Session] = field(default_factory=list)  # drafts before and after
    refused: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return next_number(self.edition)

    @property
    def keys(self) -> list[int]:
        """Keys of the moves: one that changes meanwhile gets another, and stays in the draft."""
        return [session.move.pk for session in self.sessions]

    @property
    def public_keys(self) -> list[int]:
        return [shift.session.pk for shift in self.changes]


def next_number(edition: Edition) -> int:
    return (edition.releases.aggregate(last=Max("number"))["last"] or 0) + 1


def moved_sessions(edition: Edition, keys: Collection[int] | None = None) -> QuerySet[Session]:
    """Return the sessions with a move, or with one of the moves `keys`, in order of the draft."""
    found = edition.sessions.filter(move__isnull=False)
    found = found.select_related("move__room", "room").prefetch_related("talks")
    if keys is not None:
        found = found.filter(move__in=keys)
    return found.order_by("move__starts_at", "pk")


def preview(edition: Edition, sessions: Iterable[Session]) -> Preview:
    """Return what a release of the moves of `sessions` would change."""
    found = Preview(edition, list(sessions))
    for session in found.sessions:
        session.edition = edition
        shift = planned_change(session)
        if shift.kind:
            found.changes.append(shift)
        else:
            found.hidden.append(session)
    conflicts = conflicts_after(edition, found.sessions)
    found.refused = impossible_slots(edition, found.sessions)
    found.refused += [one.sentence for one in conflicts if one.is_refused]
    found.warnings = [one.sentence for one in conflicts if not one.is_refused]
    return found


def planned_change(session: Session) -> SessionChange:
    """Return the change that a release of the session's move would be, without a row."""
    move = move_of(session)
    rooms = [session.room, move.room if move else session.room]
    values: dict = {"session": session, "sequence": session.sequence}
    for side, slot, room in zip(
        ("old", "new"), (public_slot(session), draft_slot(session)), rooms, strict=True
    ):
        is_public = slot.status != Session.Status.DRAFT
        values |= {
            f"{side}_status": slot.status if is_public else "",
            f"{side}_starts_at": slot.starts_at if is_public else None,
            f"{side}_ends_at": slot.ends_at if is_public else None,
            f"{side}_room": room if is_public else None,
        }
    change = Change(edition=session.edition, **values)
    return SessionChange(session, change, change)


def conflicts_after(edition: Edition, moved: Collection[Session]) -> list[Conflict]:
    """Return the conflicts of `moved` sessions after a release of their moves alone."""
    chosen = {session.pk: draft_slot(session) for session in moved}
    sessions = list(draft.draft_sessions(edition).order_by("pk"))
    slots = {session.pk: chosen.get(session.pk) or public_slot(session) for session in sessions}
    found = find_conflicts(edition, planned(sessions, edition.rooms.all(), slots))
    return [conflict for conflict in found if chosen.keys() & set(conflict.sessions)]


def impossible_slots(edition: Edition, sessions: Collection[Session]) -> list[str]:
    """Return sentences about what no release accepts.

    A session would lie outside the edition, whose days have changed, or a talk outside its session.
    """
    found = []
    for session in sessions:
        slot = draft_slot(session)
        for talk in session.talks.all():
            own = slot_of_talk(talk, session, slot)
            if own.ends_at and slot.ends_at and own.ends_at > slot.ends_at:
                words = _("The talk “%(talk)s” would be on %(times)s, after the session’s end.")
                times = draft.describe(edition, own, "")
                found.append(words % {"talk": talk, "times": times})
    for session in sessions:
        try:
            draft.check_slot(edition, session, draft_slot(session))
        except ValidationError as error:
            found += error.messages
    return found


@transaction.atomic
def release(
    edition: Edition, user: User, keys: Collection[int], notes: Mapping[str, str]
) -> Release:
    """Make the moves `keys` public, with `notes` by language; return the version.

    A move that somebody has changed meanwhile has another key: it stays in the draft. Raise
    ValidationError, which names every clash, or IntegrityError if a concurrent write came first;
    then nothing is released.
    """
    draft.lock(edition)
    moved = moved_sessions(edition, keys).order_by("pk")
    sessions = list(moved.select_for_update(of=("self",), no_key=True))
    if not sessions:
        raise ValidationError(_("There’s nothing to release."), code="nothing")
    if refused := preview(edition, sessions).refused:
        raise ValidationError([ValidationError(sentence, code="clash") for sentence in refused])
    made = edition.releases.create(
        number=next_number(edition),
        by=user,
        **{f"note_{code}": notes.get(code, "") for code in LANGUAGES},
    )
    recorded = Change.objects.filter(Q(session__in=sessions) | Q(session__parent__in=sessions))
    known = recorded.aggregate(last=Max("pk"))["last"] or 0
    write(sessions, {session.pk: draft_slot(session) for session in sessions}, made)
    recorded.filter(pk__gt=known).update(release=made)
    connection.check_constraints()
    if not edition.moves.exists():
        edition.draft_steps.all().delete()
    return made


def write(sessions: list[Session], slots: Mapping[int, Slot], made: Release) -> None:
    """Put sessions in their slots; triggers count, record, and delete the moves."""
    for session in sessions:
        slot = slots[session.pk]
        session.starts_at, session.ends_at = slot.starts_at, slot.ends_at
        session.room_id, session.status = slot.room_id, slot.status
    bulk_update_with_history(
        sessions,
        Session,
        FIELDS,
        batch_size=BATCH_SIZE,
        default_user=made.by,
        default_change_reason=f"v{made.number}",
    )


@dataclass
class Version:
    """Release, and what readers see of it: new, moved, cancelled and reinstated sessions."""

    release: Release
    changes: list[SessionChange]


def versions(edition: Edition) -> list[Version]:
    """Return the versions of a programme, latest first, with at most MAX_CHANGES of the latest.

    Sessions of the programme's announcement are no changes, nor are those removed since.
    """
    latest = edition.changes.public().filter(release__isnull=False).order_by("-release", "-pk")
    recent = Change.objects.filter(pk__in=latest.values("pk")[:MAX_CHANGES])
    by_release: dict[int | None, list[Change]] = {}
    for change in recent.with_details().in_order():
        by_release.setdefault(change.release_id, []).append(change)
    found = []
    for made in edition.releases.all():
        made.edition = edition
        own = merged_changes(edition, by_release.get(made.pk, []), FOREVER)
        shifts = without_followers(own)
        found.append(Version(made, [one for one in shifts if one.kind != Kind.REMOVED]))
    return found
