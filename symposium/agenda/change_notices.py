"""E-mails about sessions that have changed, to people who booked or starred them."""

import datetime
from functools import partial

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from symposium.agenda import stars
from symposium.agenda.models import Agenda, Star
from symposium.core import batches, mail
from symposium.editions.models import Edition
from symposium.registrations import notices, subscriptions
from symposium.registrations.models import Booking, Registration
from symposium.sessions.changes import changes_since_sequence
from symposium.sessions.models import Session

# E-mails wait this long, since organisers often move a session again.
SETTLING_TIME = datetime.timedelta(minutes=2)


def notify_booking_changes(at: datetime.datetime | None = None) -> int:
    """Send each person one e-mail about their changed booked sessions; return the number.

    A person with a session changed less than `SETTLING_TIME` ago gets the e-mail later.
    """
    at = at or timezone.now()
    mine = bookings_to_notify(at).filter(registration=OuterRef("pk"))
    moving = mine.filter(session__updated_at__gt=at - SETTLING_TIME)
    to_tell = (
        Registration.objects.active()
        .with_details()
        .filter(Exists(mine), ~Exists(moving), user__isnull=False)
    )
    return batches.for_each_locked(to_tell.order_by("pk"), partial(notify_registration, at=at))


def bookings_to_notify(at: datetime.datetime) -> QuerySet[Booking]:
    """Bookings whose latest change is not notified yet; not of drafts and past sessions."""
    return (
        Booking.objects.active()
        .filter(session__sequence__gt=F("notified_sequence"))
        .filter(edition__is_published=True, edition__period__endswith__gt=at)
        .exclude(session__effective_status=Session.Status.DRAFT)
        .exclude(session__ends_at__lte=at)
    )


def count_to_notify(sessions: QuerySet[Session], at: datetime.datetime | None = None) -> int:
    """Return the number of people to notify of the latest changes of `sessions`."""
    at = at or timezone.now()
    booked = bookings_to_notify(at).filter(session__in=sessions, registration__user__isnull=False)
    starred = stars_to_notify(at).filter(
        session__in=sessions, user__agenda__wants_mail=True, user__is_active=True
    )
    people = booked.values("registration__user").union(starred.values("user"))
    return people.count()


def notify_registration(registration: Registration, *, at: datetime.datetime) -> bool:
    bookings = list(
        bookings_to_notify(at)
        .filter(registration=registration)
        .in_order()
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
    )
    news = changes_since_sequence(
        {booking.session: booking.notified_sequence for booking in bookings}
    )
    for booking in bookings:
        booking.notified_sequence = booking.session.sequence
        booking.save(update_fields=["notified_sequence"])
    known = [booking.session_id for booking in bookings]
    stars.mark_notified(registration.user.stars.filter(session__in=known).select_related("session"))
    if news:
        notices.booked_sessions_changed(registration, news)
    return bool(news)


def notify_star_changes(at: datetime.datetime | None = None) -> int:
    """Send e-mails about changed starred sessions to people who asked; return their number.

    Each edition has its own e-mail. `notify_booking_changes` covers sessions that are also booked.
    """
    at = at or timezone.now()
    mine = stars_to_notify(at).filter(user=OuterRef("user"))
    moving = mine.filter(session__updated_at__gt=at - SETTLING_TIME)
    to_tell = Agenda.objects.select_related("user").filter(
        Exists(mine), ~Exists(moving), wants_mail=True, user__is_active=True
    )
    return batches.for_each_locked(to_tell.order_by("pk"), partial(notify_agenda, at=at))


def stars_to_notify(at: datetime.datetime) -> QuerySet[Star]:
    """Stars whose latest change is not notified yet, without sessions that the user booked."""
    booked = Booking.objects.active().filter(
        registration__user=OuterRef("user"), session=OuterRef("session")
    )
    return (
        Star.objects.filter(session__sequence__gt=F("notified_sequence"))
        .filter(session__edition__is_published=True, session__edition__period__endswith__gt=at)
        .exclude(session__effective_status=Session.Status.DRAFT)
        .exclude(session__ends_at__lte=at)
        .exclude(Exists(booked))
    )


def notify_agenda(agenda: Agenda, *, at: datetime.datetime) -> bool:
    found = stars_to_notify(at).filter(user=agenda.user).in_order()
    mine = list(found.select_for_update(of=("self",), no_key=True, skip_locked=True))
    news = changes_since_sequence({star.session: star.notified_sequence for star in mine})
    stars.mark_notified(mine)
    for edition in dict.fromkeys(session.edition for session, _shift in news):
        here = [(session, shift) for session, shift in news if session.edition == edition]
        send_starred_changed(agenda, edition, here)
    return bool(news)


def send_starred_changed(agenda: Agenda, edition: Edition, news: notices.SessionNews) -> None:
    """Starred sessions that have moved or are cancelled, to who asked to be told."""
    user = agenda.user
    with translation.override(user.language), timezone.override(edition.zone):
        context = {
            **edition.mail_context(),
            "name": user.name,
            "cards": [notices.change_card(*one) for one in news],
            "why": _("You receive this email because you asked for changes of your programme."),
            "action_url": settings.SITE_URL + reverse("agenda:programme"),
            "action_label": _("My programme"),
        }
        unsubscribe_url = subscriptions.unsubscribe_url(agenda)
    mail.send(
        to=user.email,
        language=user.language,
        template="registrations/email/starred_changed",
        context=context,
        reply_to=edition.contact_email,
        zone=edition.zone,
        bulk=True,
        unsubscribe_url=unsubscribe_url,
    )
