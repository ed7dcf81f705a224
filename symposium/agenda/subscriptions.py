"""Begin and end the e-mails that a link in them names: messages, changes of starred sessions."""

from django.core import signing

from symposium.agenda import stars
from symposium.agenda.models import Agenda
from symposium.registrations.models import Registration
from symposium.registrations.subscriptions import SIGNER

Subscriber = Registration | Agenda


def find_subscriber(token: str) -> Subscriber | None:
    """Return whose mails a link ends; None for a forged one, or where the person is erased."""
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
    """Begin or end the mails; what is already so stays so."""
    if isinstance(subscriber, Agenda):
        stars.set_change_mails(subscriber.user, receive)
    else:
        Registration.objects.filter(pk=subscriber.pk).update(takes_messages=receive)
