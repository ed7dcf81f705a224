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
from symposium.sessions.changes import since_told
from symposium.sessions.models import Session

# An organiser who moves a session often moves it again.
SETTLED = datetime.timedelta(minutes=2)


def tell_changes(at: datetime.datetime | None = None) -> int:
    """Tell people of the booked sessions that have changed, in one mail each.

    Somebody whose sessions are still being moved is told of all of them when it is done.
    """
    at = at or timezone.now()
    mine = untold(at).filter(registration=OuterRef("pk"))
    moving = mine.filter(session__updated_at__gt=at - SETTLED)
    to_tell = (
        Registration.objects.live()
        .with_details()
        .filter(Exists(mine), ~Exists(moving), user__isnull=False)
    )
    return batches.each(to_tell.order_by("pk"), partial(tell_one, at=at))


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
        send_starred_changed(agenda, edition, here)
    return bool(news)


def send_starred_changed(agenda: Agenda, edition: Edition, news: notices.News) -> None:
    """Starred sessions that have moved or are cancelled, to who asked to be told."""
    user = agenda.user
    with translation.override(user.language), timezone.override(edition.zone):
        context = {
            **notices.about(edition),
            "name": user.name,
            "changed": [notices.told(*one) for one in news],
            "action_url": settings.SITE_URL + reverse("agenda:programme"),
            "action_label": _("My programme"),
        }
        unsubscribe_url = subscriptions.url(agenda)
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
