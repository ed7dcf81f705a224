"""Stars of an account: the only code that adds and removes them.

A browser stores its stars by edition, as lists of the `guid` of sessions: `{"2021": ["…"]}`. Once
its reader signs in, it sends its stars in this shape and receives the stars of the account.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from symposium.accounts.models import User
from symposium.agenda.models import Agenda, Star
from symposium.sessions.models import Session, SessionQuerySet

# More than any programme has. A browser that sends more gets an error.
MAX_STARS = 2000

Guids = Mapping[str, Iterable[str]]


@dataclass(frozen=True)
class SyncResult:
    """Result of a synchronisation: numbers of new stars and of GUIDs without a session."""

    added: int
    unknown: int


def add_stars(user: User, sessions: Iterable[Session]) -> int:
    """Add stars to `sessions`; return the number of new stars.

    Repeated and concurrent calls give one star per session.
    """
    before = user.stars.count()
    rows = [
        Star(user=user, session=session, notified_sequence=session.sequence) for session in sessions
    ]
    Star.objects.bulk_create(rows, ignore_conflicts=True)
    return user.stars.count() - before


def remove_stars(user: User, sessions: SessionQuerySet) -> None:
    user.stars.filter(session__in=sessions).delete()


@transaction.atomic
def sync_stars(user: User, *, add: Guids, remove: Guids) -> SyncResult:
    """Add and remove stars for a browser; count and ignore GUIDs without a session."""
    wanted, unknown = sessions_by_guid(add)
    added = add_stars(user, wanted)
    gone, _unknown = sessions_by_guid(remove)
    remove_stars(user, gone)
    return SyncResult(added, unknown)


def sessions_by_guid(guids: Guids) -> tuple[SessionQuerySet, int]:
    """Return the public sessions of `guids`, each in its edition, and how many have none."""
    asked = {(edition, guid) for edition, found in guids.items() for guid in found}
    valid = {(edition, number) for edition, guid in asked if (number := as_uuid(guid))}
    public = Session.objects.published().filter(guid__in=[number for _edition, number in valid])
    found = [
        pk
        for pk, edition, guid in public.values_list("pk", "edition__slug", "guid")
        if (edition, guid) in valid
    ]
    return Session.objects.filter(pk__in=found), len(asked) - len(found)


def as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def stars_by_edition(user: User) -> dict[str, list[str]]:
    """Return the stars of `user` in the shape that a browser stores."""
    result: dict[str, list[str]] = {}
    found = user.stars.public().order_by("session__edition__slug", "pk")
    for edition, guid in found.values_list("session__edition__slug", "session__guid"):
        result.setdefault(edition, []).append(str(guid))
    return result


def parse_stars(data: object) -> tuple[Guids, Guids]:
    """Return the GUIDs to add and to remove, as a browser sent them.

    Raise ValueError if `data` is malformed or has more than `MAX_STARS`.

    >>> parse_stars({"add": {"2021": ["…"]}})
    ({'2021': ['…']}, {})
    """
    if not isinstance(data, dict):
        raise ValueError("not an object")
    parts = tuple(data.get(name, {}) for name in ("add", "remove"))
    for part in parts:
        lists = part.values() if isinstance(part, dict) else [None]
        if not all(isinstance(one, list) and all(isinstance(g, str) for g in one) for one in lists):
            raise ValueError("not lists of texts by edition")
        if sum(map(len, lists)) > MAX_STARS:
            raise ValueError("more than any programme has")
    return parts


def agenda_of(user: User) -> Agenda:
    return Agenda.objects.get_or_create(user=user)[0]


@transaction.atomic
def set_change_mails(user: User, wants: bool) -> None:
    """Turn the e-mails about starred sessions on or off; earlier changes are never sent."""
    agenda = agenda_of(user)
    if wants and not agenda.wants_mail:
        mark_notified(user.stars.select_related("session"))
    agenda.wants_mail = wants
    agenda.save(update_fields=["wants_mail"])


def mark_notified(stars: Iterable[Star]) -> None:
    """Mark these stars as notified of the current sequence number of their sessions."""
    stars = list(stars)
    for star in stars:
        star.notified_sequence = star.session.sequence
    Star.objects.bulk_update(stars, ["notified_sequence"])


def calendar_url(agenda: Agenda, language: str) -> str:
    """Return the URL of the calendar. It needs no sign-in: anyone with the URL can read it."""
    return f"{settings.SITE_URL}{reverse('my_calendar', args=[agenda.token])}?lang={language}"
