"""Subscription to messages and to changes of starred sessions, by a link in the e-mail."""

from django.core import signing

from symposium.agenda import stars
from symposium.agenda.models import Agenda
from symposium.registrations.models import Registration
from symposium.registrations.subscriptions import SIGNER

Subscriber = Registration | Agenda


def find_subscriber(token: str) -> Subscriber | None:
    """Return the subscriber of a token; None if it is forged or the person is erased."""
    try:
        kind, pk = SIGNER.unsign_object(token)
    except signing.BadSignature:
        return None
    if kind == Agenda._meta.model_name:
        return Agenda.objects.select_related("user").filter(pk=pk, user__is_active=True).first()
    found = Registration.objects.with_details().filter(user__isnull=False, anonymised_at=None)
    return found.filter(pk=pk).first()


def is_subscribed(subscriber: Subscriber) -> bool:
    if isinstance(subscriber, Agenda):
        return subscriber.wants_mail
    return subscriber.takes_messages


def set_subscribed(subscriber: Subscriber, *, receive: bool) -> None:
    """Start or stop the e-mails. Repeated calls change nothing."""
    if isinstance(subscriber, Agenda):
        stars.set_change_mails(subscriber.user, receive)
    else:
        Registration.objects.filter(pk=subscriber.pk).update(takes_messages=receive)
