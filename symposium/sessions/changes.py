"""Changes of a programme as readers see them: several writes are merged into one change.

A session that is moved twice within a short time has moved once; if moved back, it has not moved.
"""

import datetime
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from symposium.core.i18n.dates import long_date
from symposium.editions.models import Edition
from symposium.sessions.models import Change, Room, Session

# Organisers often move a session again soon after: for readers these moves are one change.
MERGE_WINDOW = datetime.timedelta(hours=1)
# How long a session is marked as changed.
MARK_WINDOW = datetime.timedelta(hours=24)
# Maximum on a page; nobody reads more.
MAX_CHANGES = 1000
FOREVER = datetime.timedelta.max


class Kind(models.TextChoices):
    ADDED = "added", pgettext_lazy("session", "New")
    MOVED = "moved", pgettext_lazy("session", "Moved")
    CANCELLED = "cancelled", pgettext_lazy("session", "Cancelled")
    REINSTATED = "reinstated", gettext_lazy("Reinstated")
    REMOVED = "removed", gettext_lazy("Removed")


@dataclass(frozen=True, slots=True)
class SessionChange:
    """Change of a session from the first to the last of several recorded changes."""

    session: Session
    first: Change
    last: Change

    @property
    def at(self) -> datetime.datetime:
        return self.last.at

    @property
    def kind(self) -> Kind | None:
        """Kind of the change; None if the session is as before, or was never public."""
        old, new = self.first.old_status, self.last.new_status
        if not new:
            return Kind.REMOVED if old else None
        if new == Session.Status.CANCELLED:
            return None if old == new else Kind.CANCELLED
        if not old:
            return Kind.ADDED
        if old == Session.Status.CANCELLED:
            return Kind.REINSTATED
        return Kind.MOVED if self.before != self.after else None

    @property
    def before(self) -> tuple:
        change = self.first
        return (change.old_starts_at, change.old_ends_at, change.old_room_id)

    @property
    def after(self) -> tuple:
        change = self.last
        return (change.new_starts_at, change.new_ends_at, change.new_room_id)

    @property
    def old_times(self) -> str:
        """Former times of a moved session, with the day if it changed; "" if they are the same."""
        start, end, _room = self.before
        new_start, new_end, _room = self.after
        if self.kind != Kind.MOVED or start is None or (start, end) == (new_start, new_end):
            return ""
        zone = self.session.edition.zone
        other_day = day_of(start, zone) != day_of(new_start, zone)
        return describe_times(start, end, zone, other_day)

    @property
    def left_room(self) -> Room | None:
        """Room that a moved session left; None if the room is the same or was deleted."""
        moved = self.kind == Kind.MOVED and self.first.old_room_id != self.last.new_room_id
        return self.first.old_room if moved else None

    @property
    def sentence(self) -> str:
        """Description of the change, in the active language and the edition's time zone."""
        match self.kind:
            case Kind.ADDED:
                return _("New: %(place)s.") % {"place": self.place()}
            case Kind.MOVED:
                return self.move()
            case Kind.CANCELLED if self.first.old_starts_at:
                return _("Cancelled (was %(place)s).") % {"place": self.old_place()}
            case Kind.CANCELLED:
                return _("Cancelled.")
            case Kind.REINSTATED:
                return _("Reinstated: %(place)s.") % {"place": self.place()}
            case Kind.REMOVED:
                return _("Removed from the programme.")
        return ""

    def move(self) -> str:
        before, after = self.sides()
        return _("Moved from %(before)s to %(after)s.") % {"before": before, "after": after}

    def sides(self) -> tuple[str, str]:
        """Describe a move: only what changed (times, room), and the day only if it changed."""
        first, last = self.first, self.last
        zone = self.session.edition.zone
        old = (first.old_starts_at, first.old_ends_at)
        new = (last.new_starts_at, last.new_ends_at)
        other_day = day_of(old[0], zone) != day_of(new[0], zone)
        parts = []
        if old != new:
            parts.append(
                (describe_times(*old, zone, other_day), describe_times(*new, zone, other_day))
            )
        if first.old_room_id != last.new_room_id:
            parts.append((old_room(first), new_room(last)))
        before, after = (_(", ").join(side) for side in zip(*parts, strict=True))
        return before, after

    def place(self) -> str:
        change = self.last
        return describe_slot(
            self.session, change.new_starts_at, change.new_ends_at, change.new_room
        )

    def old_place(self) -> str:
        change = self.first
        return describe_slot(
            self.session, change.old_starts_at, change.old_ends_at, change.old_room
        )


def describe_slot(session: Session, start, end, held_in) -> str:
    words = [describe_times(start, end, session.edition.zone, with_day=True)]
    return _(", ").join([*words, isolated_name(held_in)] if held_in else words)


def describe_times(start, end, zone: zoneinfo.ZoneInfo, with_day: bool) -> str:
    if start is None:
        return _("not scheduled yet")
    start, end = start.astimezone(zone), end.astimezone(zone)
    hours = f"\u2066{start:%H:%M}–{end:%H:%M}\u2069"
    return f"{long_date(start.date())} {hours}" if with_day else hours


def old_room(change: Change) -> str:
    return room_label(change.old_room, change.old_room_id)


def new_room(change: Change) -> str:
    return room_label(change.new_room, change.new_room_id)


def room_label(found: Room | None, number: int | None) -> str:
    """Return the name of a room, “another room” if it was deleted, or “no room”."""
    if found:
        return isolated_name(found)
    return _("another room") if number else _("no room")


def isolated_name(found: Room) -> str:
    return f"\u2068{found.name}\u2069"


def day_of(at: datetime.datetime | None, zone: zoneinfo.ZoneInfo) -> datetime.date | None:
    return at.astimezone(zone).date() if at else None


def merge_runs(
    changes: Iterable[Change], within: datetime.timedelta = FOREVER
) -> list[SessionChange]:
    """Merge the changes of each session made `within` a time of the first; latest first.

    `changes` must be in the order of `in_order()`. Merged changes without any effect are left out.
    """
    shifts = []
    for _session, found in groupby(changes, key=lambda change: change.session_id):
        for run in runs(found, within):
            shifts.append(SessionChange(run[0].session, run[0], run[-1]))
    told = (shift for shift in shifts if shift.kind)
    return sorted(told, key=lambda shift: (shift.at, shift.session.pk), reverse=True)


def runs(changes: Iterable[Change], within: datetime.timedelta) -> list[list[Change]]:
    result: list[list[Change]] = []
    for change in changes:
        if result and change.at - result[-1][0].at <= within:
            result[-1].append(change)
        else:
            result.append([change])
    return result


def public_changes(edition: Edition, limit: int = MAX_CHANGES) -> list[SessionChange]:
    """Return the changes that readers of `edition` see, latest first."""
    latest = edition.changes.public().order_by("-at", "-pk").values("pk")[:limit]
    found = Change.objects.filter(pk__in=latest).with_details().in_order()
    shifts = without_followers(merged_changes(edition, found, MERGE_WINDOW))
    return [shift for shift in shifts if shift.kind != Kind.REMOVED]


def changes_since(edition: Edition, at: datetime.datetime) -> list[SessionChange]:
    """Return the change of each session since `at`, for organisers."""
    found = edition.changes.of_what_was_there().filter(at__gte=at)
    return without_followers(merged_changes(edition, found.with_details().in_order(), FOREVER))


def without_followers(shifts: list[SessionChange]) -> list[SessionChange]:
    """Leave out the changes of talks that only follow the same change of their session."""
    told: dict[tuple, list[datetime.datetime]] = {}
    for shift in shifts:
        told.setdefault((shift.session.pk, shift.kind), []).append(shift.at)
    return [
        shift
        for shift in shifts
        if not any(
            abs(shift.at - at) <= MERGE_WINDOW
            for at in told.get((shift.session.parent_id, shift.kind), ())
        )
    ]


def changes_since_sequence(
    known: Mapping[Session, int],
) -> list[tuple[Session, SessionChange | None]]:
    """Return each session with its change since the `sequence` given in `known`.

    The change is None if the session moved while its edition was hidden. A session that is as
    before is left out.
    """
    changes: dict[int, list[Change]] = {session.pk: [] for session in known}
    for change in Change.objects.filter(session__in=known).with_details().in_order():
        changes[change.session_id].append(change)
    news = []
    for session, number in known.items():
        later = [change for change in changes[session.pk] if change.sequence > number]
        shift = SessionChange(session, later[0], later[-1]) if later else None
        if shift is None or shift.kind:
            news.append((session, shift))
    return news


def present_place(session: Session) -> str:
    """Return the present day, times and room of a session."""
    return describe_slot(session, session.starts_at, session.ends_at, session.effective_room)


def merged_changes(
    edition: Edition, changes: Iterable[Change], within: datetime.timedelta
) -> list[SessionChange]:
    changes = list(changes)
    for change in changes:
        change.session.edition = edition
    return merge_runs(changes, within)


def session_change(session: Session) -> SessionChange | None:
    """Return the change of a session since the programme was announced, or None."""
    found = session.changes.public().with_details().in_order()
    return next(iter(merged_changes(session.edition, found, FOREVER)), None)


def attach_recent_changes(
    edition: Edition, sessions: Iterable[Session], at: datetime.datetime | None = None
) -> None:
    """Set `change` on the sessions that changed within MARK_WINDOW, in one query."""
    recent = edition.changes.public().filter(
        session__in=sessions, at__gte=(at or timezone.now()) - MARK_WINDOW
    )
    shifts = merged_changes(edition, recent.with_details().in_order(), FOREVER)
    found = {shift.session.pk: shift for shift in shifts if shift.kind != Kind.REMOVED}
    for session in sessions if found else ():
        session.change = found.get(session.pk)
