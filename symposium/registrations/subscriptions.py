"""Links in e-mails that end a subscription to them without signing in (RFC 8058).

The link is signed and does nothing else: a person to whom the e-mail was forwarded can only end
the subscription, or start it again on the same page.
"""

from django.conf import settings
from django.core import signing
from django.db.models import Model
from django.urls import reverse

SIGNER = signing.Signer(salt="subscriptions")


def unsubscribe_url(subscriber: Model) -> str:
    """Return the absolute URL of the unsubscribe page, in the active language."""
    token = SIGNER.sign_object([subscriber._meta.model_name, subscriber.pk])
    return settings.SITE_URL + reverse("agenda:unsubscribe", args=[token])
