"""E-mails sent on a date: reminders before an edition, certificates after it.

A row records each reminder, so that it is sent once; days and mornings are in the edition's time
zone.
"""

import datetime
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from symposium.core import batches
from symposium.editions.models import Edition
from symposium.registrations import notices
from symposium.registrations.documents import certificates
from symposium.registrations.models import Registration, Reminder, StateChange
from symposium.registrations.models.registrations import State

DAY = datetime.timedelta(days=1)
MORNING = datetime.time(9)


# The number of days before the first day; and the time before the reminder is due in which a
# confirmation, which says the same, replaces it.
REMINDERS = {
    Reminder.Kind.WEEK: (7, datetime.timedelta(hours=24)),
    Reminder.Kind.DAY: (1, datetime.timedelta(hours=12)),
}


# Older editions get no e-mails, so that a site can be filled with past ones. A demonstration is
# tried at any time. Ticking “demonstration” on a real edition is harmless: each person who was
# checked in gets one e-mail, once, and its certificate says that it is not valid.
MAX_CERTIFICATE_DELAY = 30 * DAY


def send_reminders(at: datetime.datetime | None = None) -> int:
    """Send the reminders a week and a day before the first day; return how many were sent.

    Nothing is sent once the edition has begun, nor the week's reminder once the day's is due:
    nobody gets both at once.
    """
    at = at or timezone.now()
    soon = Edition.objects.published().filter(
        starts_on__range=(at.date() - DAY, at.date() + 9 * DAY)
    )
    due = [(edition, kind) for edition in soon if (kind := due_reminder(edition, at))]
    return sum(
        batches.for_each_locked(
            registrations_to_remind(edition, kind), partial(remind_one, kind=kind, at=at)
        )
        for edition, kind in due
    )


def due_reminder(edition: Edition, at: datetime.datetime) -> Reminder.Kind | None:
    """Return the reminder that is due at this time, if any."""
    if edition.phase(at) != "before":
        return None
    passed = [kind for kind in REMINDERS if at >= due_at(edition, kind)]
    return passed[-1] if passed else None


def due_at(edition: Edition, kind: Reminder.Kind) -> datetime.datetime:
    days, _replaced = REMINDERS[kind]
    return morning(edition, edition.starts_on - days * DAY)


def morning(edition: Edition, day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, MORNING, edition.zone)


def registrations_to_remind(edition: Edition, kind: Reminder.Kind) -> QuerySet[Registration]:
    """Queryset of registrations confirmed early enough that did not get this reminder."""
    _days, replaced = REMINDERS[kind]
    since = due_at(edition, kind) - replaced
    lately = StateChange.objects.filter(state=State.CONFIRMED, at__gt=since)
    return (
        edition.registrations.confirmed()
        .with_details()
        .filter(~exists_for(Reminder.objects.filter(kind=kind)), ~exists_for(lately))
        .filter(created_at__lte=since, user__isnull=False)
    )


def exists_for(rows: QuerySet) -> Exists:
    """Return a condition on registrations: one of `rows` belongs to it."""
    return Exists(rows.filter(registration=OuterRef("pk")))


def remind_one(registration: Registration, *, kind: Reminder.Kind, at: datetime.datetime) -> bool:
    is_new = record_reminder(registration, kind, at)
    if is_new:
        notices.reminder(registration, tomorrow=kind == Reminder.Kind.DAY)
    return is_new


def record_reminder(registration: Registration, kind: Reminder.Kind, at: datetime.datetime) -> bool:
    """Record that an e-mail is sent; return whether it is the first time."""
    _row, is_new = Reminder.objects.get_or_create(
        registration=registration, kind=kind, defaults={"sent_at": at}
    )
    return is_new


def send_certificates(at: datetime.datetime | None = None) -> int:
    """Issue the certificates once an edition is over, and send them the next morning.

    Return how many were sent.
    """
    at = at or timezone.now()
    lately = Q(is_demonstration=True) | Q(ends_on__gte=at.date() - MAX_CERTIFICATE_DELAY)
    over = Edition.objects.published().filter(lately, ends_on__lte=at.date() + DAY)
    return sum(send_certificates_of(edition, at) for edition in over)


def send_certificates_of(edition: Edition, at: datetime.datetime) -> int:
    certificates.issue_due(edition, at)
    if at < morning(edition, edition.ends_on + DAY):
        return 0
    sent = Reminder.objects.filter(kind=Reminder.Kind.AFTER)
    to_send = certificates.due_registrations(edition, at).filter(
        ~exists_for(sent), user__isnull=False
    )
    return batches.for_each_locked(to_send, partial(send_certificate, at=at))


def send_certificate(registration: Registration, *, at: datetime.datetime) -> bool:
    is_new = record_reminder(registration, Reminder.Kind.AFTER, at)
    if is_new:
        notices.certificate_ready(certificates.issue(registration, at))
    return is_new
