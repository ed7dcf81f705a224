"""Mails that their reader may end by a link in the mail itself, without signing in (RFC 8058).

The link is signed and does nothing else, so that whoever is sent on a mail can end these mails at
worst, and begin them again on the same page.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from symposium.registrations import stars
from symposium.registrations.models import Agenda, Registration

SIGNER = signing.Signer(salt="subscriptions")
Subscriber = Registration | Agenda


def url(subscriber: Subscriber) -> str:
    """The page of the link, in the active language."""
    token = SIGNER.sign_object([subscriber._meta.model_name, subscriber.pk])
    return settings.SITE_URL + reverse("registrations:unsubscribe", args=[token])


def find(token: str) -> Subscriber | None:
    """Return whose mails a link ends; None for a forged one, or where the person is erased."""
    try:
        kind, pk = SIGNER.unsign_object(token)
    except signing.BadSignature:
        return None
    if kind == Agenda._meta.model_name:
        return Agenda.objects.select_related("user").filter(pk=pk, user__is_active=True).first()
    found = Registration.objects.with_details().filter(user__isnull=False, erased_at=None)
    return found.filter(pk=pk).first()


def receives(subscriber: Subscriber) -> bool:
    if isinstance(subscriber, Agenda):
        return subscriber.wants_mail
    return subscriber.takes_messages


def choose(subscriber: Subscriber, *, receive: bool) -> None:
    """Begin or end the mails; what is already so stays so."""
    if isinstance(subscriber, Agenda):
        stars.set_mail(subscriber.user, receive)
    else:
        Registration.objects.filter(pk=subscriber.pk).update(takes_messages=receive)
