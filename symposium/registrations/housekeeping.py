"""What the worker does besides sending mail: each task again and again, for as long as it runs.

A task does nothing twice, since the rows say what was done; it treats a batch of people at a time,
each in a transaction of their own. Mornings and days are by the clock of the edition.
"""

import datetime
from collections.abc import Callable
from functools import partial

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as BrowserSession
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from symposium.abstracts import prints
from symposium.accounts import attempts, guesses
from symposium.editions.models import Edition
from symposium.registrations import batches, certificates, notices, places, privacy, stars
from symposium.registrations.models import (
    Agenda,
    Booking,
    Category,
    Draft,
    Registration,
    Reminder,
    Star,
    StateChange,
)
from symposium.registrations.models.registrations import State
from symposium.sessions.changes import since_told
from symposium.sessions.models import Session

DAY = datetime.timedelta(days=1)
MORNING = datetime.time(9)
# How many days before the first one; and, before it is due, for how long a confirmation, which
# says the same, replaces it.
REMINDERS = {
    Reminder.Kind.WEEK: (7, datetime.timedelta(hours=24)),
    Reminder.Kind.DAY: (1, datetime.timedelta(hours=12)),
}
# A site that is filled with editions of former years writes to nobody. Demonstrations are tried
# out at any time; elsewhere the tick does no harm: who was checked in has one mail, once, and what
# it leads to is marked as certifying nothing.
AFTER_AT_THE_LATEST = 30 * DAY
# An organiser who moves a session often moves it again.
SETTLED = datetime.timedelta(minutes=2)
SESSIONS_AT_ONCE = 1000


# Mails whose day has come


def remind(at: datetime.datetime | None = None) -> int:
    """Remind of the first day, a week and a day before; return how many were reminded.

    Not after it has begun, and not of the week when the day is due: nobody gets both at once.
    """
    at = at or timezone.now()
    soon = Edition.objects.published().filter(
        starts_on__range=(at.date() - DAY, at.date() + 9 * DAY)
    )
    due = [(edition, kind) for edition in soon if (kind := due_reminder(edition, at))]
    return sum(
        batches.each(to_remind(edition, kind), partial(remind_one, kind=kind, at=at))
        for edition, kind in due
    )


def due_reminder(edition: Edition, at: datetime.datetime) -> Reminder.Kind | None:
    """The reminder that goes out at this time, if there is one."""
    if edition.phase(at) != "before":
        return None
    passed = [kind for kind in REMINDERS if at >= due_at(edition, kind)]
    return passed[-1] if passed else None


def due_at(edition: Edition, kind: Reminder.Kind) -> datetime.datetime:
    days, _replaced = REMINDERS[kind]
    return morning(edition, edition.starts_on - days * DAY)


def morning(edition: Edition, day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, MORNING, edition.zone)


def to_remind(edition: Edition, kind: Reminder.Kind) -> QuerySet[Registration]:
    """Those who were confirmed long enough before it was due, and have not had it."""
    _days, replaced = REMINDERS[kind]
    since = due_at(edition, kind) - replaced
    lately = StateChange.objects.filter(state=State.CONFIRMED, at__gt=since)
    return (
        edition.registrations.confirmed()
        .with_details()
        .filter(~has(Reminder.objects.filter(kind=kind)), ~has(lately))
        .filter(created_at__lte=since, user__isnull=False)
    )


def has(rows: QuerySet) -> Exists:
    """A condition on registrations: one of `rows` is theirs."""
    return Exists(rows.filter(registration=OuterRef("pk")))


def remind_one(registration: Registration, *, kind: Reminder.Kind, at: datetime.datetime) -> bool:
    is_new = keep(registration, kind, at)
    if is_new:
        notices.reminder(registration, tomorrow=kind == Reminder.Kind.DAY)
    return is_new


def keep(registration: Registration, kind: Reminder.Kind, at: datetime.datetime) -> bool:
    """Write down that a mail goes; say whether it is for the first time."""
    _row, is_new = Reminder.objects.get_or_create(
        registration=registration, kind=kind, defaults={"sent_at": at}
    )
    return is_new


def send_certificates(at: datetime.datetime | None = None) -> int:
    """Issue the certificates once an edition is over; send them on the morning after.

    Returns how many were sent.
    """
    at = at or timezone.now()
    lately = Q(is_demonstration=True) | Q(ends_on__gte=at.date() - AFTER_AT_THE_LATEST)
    over = Edition.objects.published().filter(lately, ends_on__lte=at.date() + DAY)
    return sum(send_certificates_of(edition, at) for edition in over)


def send_certificates_of(edition: Edition, at: datetime.datetime) -> int:
    certificates.issue_due(edition, at)
    if at < morning(edition, edition.ends_on + DAY):
        return 0
    sent = Reminder.objects.filter(kind=Reminder.Kind.AFTER)
    to_send = certificates.due(edition, at).filter(~has(sent), user__isnull=False)
    return batches.each(to_send, partial(certify, at=at))


def certify(registration: Registration, *, at: datetime.datetime) -> bool:
    is_new = keep(registration, Reminder.Kind.AFTER, at)
    if is_new:
        notices.after(certificates.issue(registration, at))
    return is_new


# Sessions that have moved


def tell_changes(at: datetime.datetime | None = None) -> int:
    """Tell people of the booked sessions that have changed, in one mail each.

    Somebody whose sessions are still being moved is told of all of them when it is done.
    """
    at = at or timezone.now()
    moving = untold(at).filter(session__updated_at__gt=at - SETTLED)
    to_tell = (
        Registration.objects.live()
        .with_details()
        .filter(has(untold(at)), ~has(moving), user__isnull=False)
        .order_by("pk")
    )
    return batches.each(to_tell, partial(tell_one, at=at))


def untold(at: datetime.datetime) -> QuerySet[Booking]:
    """Bookings of people who know less than the programme; what is over or a draft can wait."""
    return (
        Booking.objects.live()
        .filter(session__sequence__gt=F("told_sequence"))
        .filter(edition__is_published=True, edition__period__endswith__gt=at)
        .exclude(session__status=Session.Status.DRAFT)
        .exclude(session__ends_at__lte=at)
    )


def number_to_tell(sessions: QuerySet[Session], at: datetime.datetime | None = None) -> int:
    """How many people will be told of what has just changed in `sessions`."""
    at = at or timezone.now()
    booked = untold(at).filter(session__in=sessions, registration__user__isnull=False)
    starred = untold_stars(at).filter(
        session__in=sessions, user__agenda__wants_mail=True, user__is_active=True
    )
    people = booked.values("registration__user").union(starred.values("user"))
    return people.count()


def tell_one(registration: Registration, *, at: datetime.datetime) -> bool:
    bookings = list(
        untold(at)
        .filter(registration=registration)
        .in_order()
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
    )
    news = since_told({booking.session: booking.told_sequence for booking in bookings})
    for booking in bookings:
        booking.told_sequence = booking.session.sequence
        booking.save(update_fields=["told_sequence"])
    known = [booking.session_id for booking in bookings]
    stars.up_to_date(registration.user.stars.filter(session__in=known).select_related("session"))
    if news:
        notices.session_changed(registration, news)
    return bool(news)


def tell_starred_changes(at: datetime.datetime | None = None) -> int:
    """Tell those who asked for it of the starred sessions that have changed.

    One mail for each edition. What somebody has also booked is told by `tell_changes`, once.
    """
    at = at or timezone.now()
    mine = untold_stars(at).filter(user=OuterRef("user"))
    moving = mine.filter(session__updated_at__gt=at - SETTLED)
    to_tell = Agenda.objects.select_related("user").filter(
        Exists(mine), ~Exists(moving), wants_mail=True, user__is_active=True
    )
    return batches.each(to_tell.order_by("pk"), partial(tell_starred_one, at=at))


def untold_stars(at: datetime.datetime) -> QuerySet[Star]:
    """Stars of people who know less than the programme, and are not told as ones with a seat."""
    booked = Booking.objects.live().filter(
        registration__user=OuterRef("user"), session=OuterRef("session")
    )
    return (
        Star.objects.filter(session__sequence__gt=F("told_sequence"))
        .filter(session__edition__is_published=True, session__edition__period__endswith__gt=at)
        .exclude(session__status=Session.Status.DRAFT)
        .exclude(session__ends_at__lte=at)
        .exclude(Exists(booked))
    )


def tell_starred_one(agenda: Agenda, *, at: datetime.datetime) -> bool:
    found = untold_stars(at).filter(user=agenda.user).in_order()
    mine = list(found.select_for_update(of=("self",), no_key=True, skip_locked=True))
    news = since_told({star.session: star.told_sequence for star in mine})
    stars.up_to_date(mine)
    for edition in dict.fromkeys(session.edition for session, _shift in news):
        here = [(session, shift) for session, shift in news if session.edition == edition]
        notices.starred_changed(agenda, edition, here)
    return bool(news)


# Places


def refill(at: datetime.datetime | None = None) -> int:
    """Give free places to those who wait, should plain SQL have freed one and told nobody."""
    at = at or timezone.now()
    categories = Category.objects.filter(edition__period__endswith__gt=at)
    held = Session.objects.published().exclude(status=Session.Status.CANCELLED)
    sessions = held.filter(edition__period__endswith__gt=at).exclude(starts_at__lte=at)
    return sum(
        batches.one_by_one(with_room(owners, holders, name), partial(fill, owners.model))
        for owners, holders, name in [
            (categories, Registration.objects, "category"),
            (sessions, Booking.objects, "session"),
        ]
    )


def with_room(owners: QuerySet, holders, name: str) -> QuerySet:
    """The keys of those `owners` of places that have a free one while somebody waits."""
    mine = {name: OuterRef("pk")}
    taken = holders.holding().filter(**mine).order_by().values(name).values(count=Count("pk"))
    found = owners.filter(Exists(holders.waiting().filter(**mine))).alias(
        taken=Coalesce(Subquery(taken), 0)
    )
    free = found.filter(Q(places=None) | Q(places__gt=F("taken")))
    return free.order_by("pk").values_list("pk", flat=True)[: batches.BATCH]


def fill(model: type[places.Owner], pk: int) -> bool:
    for owner in places.locked(model, [pk]).values():
        places.give_free_places(owner)
    return True


# What nobody needs any more


def forget_sessions(at: datetime.datetime | None = None) -> int:
    """Delete the browser sessions that have ended, as `manage.py clearsessions` does.

    From where, and with what browser, somebody signed in is kept no longer than their session.
    """
    over = BrowserSession.objects.filter(expire_date__lt=at or timezone.now())
    keys = list(over.values_list("pk", flat=True)[:SESSIONS_AT_ONCE])
    BrowserSession.objects.filter(pk__in=keys).delete()
    alive = BrowserSession.objects.filter(pk=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(alive)).delete()
    return len(keys)


def forget_drafts(at: datetime.datetime | None = None) -> int:
    """Delete what was typed in forms whose hour has passed."""
    deleted, _by_model = Draft.objects.expired(at or timezone.now()).delete()
    return deleted


HOUSEKEEPING: list[Callable[[], object]] = [
    places.expire_offers,
    refill,
    tell_changes,
    tell_starred_changes,
    remind,
    send_certificates,
    privacy.apply_retention,
    privacy.forget_accounts,
    privacy.forget_mails,
    privacy.forget_journal,
    forget_sessions,
    guesses.forget,
    attempts.forget,
    forget_drafts,
    prints.forget_what_changed,
]
