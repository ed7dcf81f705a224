"""Mails that their reader may end by a link in the mail itself, without signing in (RFC 8058).

The link is signed and does nothing else, so that whoever is sent on a mail can end these mails at
worst, and begin them again on the same page.
"""

from django.conf import settings
from django.core import signing
from django.db.models import Model
from django.urls import reverse

SIGNER = signing.Signer(salt="subscriptions")


def unsubscribe_url(subscriber: Model) -> str:
    """The page of the link, in the active language."""
    token = SIGNER.sign_object([subscriber._meta.model_name, subscriber.pk])
    return settings.SITE_URL + reverse("agenda:unsubscribe", args=[token])
