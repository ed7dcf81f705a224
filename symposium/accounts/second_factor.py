"""The second factor: encryption of its secrets, and when the desk requires it."""

import base64
from urllib.parse import urlencode

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

SESSION_KEY = "second_factor"
KINDS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
# The interface's names for allauth's types.
NAMES = {
    Authenticator.Type.WEBAUTHN: _("Passkey"),
    Authenticator.Type.TOTP: _("Authenticator app"),
    Authenticator.Type.RECOVERY_CODES: _("Recovery codes"),
}


def fernet() -> MultiFernet:
    """Return a cipher that encrypts with SECRET_KEY and also decrypts with SECRET_KEY_FALLBACKS."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [
        salted_hmac("symposium.second_factor", "", secret=secret, algorithm="sha256").digest()
        for secret in secrets
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class MFAAdapter(DefaultMFAAdapter):
    """Adapter that encrypts the secrets of apps and recovery codes in the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_generate_recovery_codes": _("Add a passkey or an authenticator app first."),
        "unverified_email": _("Confirm your email address first."),
    }

    def encrypt(self, text: str) -> str:
        return fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return fernet().decrypt(encrypted_text).decode()

    def generate_authenticator_name(self, user, type) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}


def is_missing(request: HttpRequest) -> bool:
    """Return whether an organiser must still use a second factor in this session."""
    if settings.STAFF_SECOND_FACTOR != "required" or not request.user.is_staff:
        return False
    shown = request.session.get(SESSION_KEY) == str(request.user.pk)
    return not (shown and is_mfa_enabled(request.user, KINDS))


def second_factor_url(request: HttpRequest) -> str:
    """Return the address of the page that asks for a second factor, then leads back here."""
    query = urlencode({"next": request.get_full_path()})
    return f"{reverse('account_second_factor')}?{query}"


def remember_second_factor(
    sender, request: HttpRequest, user, authenticator: Authenticator, **kwargs
) -> None:
    """Record in the session that the user has used or added a second factor (signal receiver).

    Adding a factor also proves that the user has it. Recovery codes are the exception, but they are
    created together with the first factor.
    """
    request.session[SESSION_KEY] = str(user.pk)
