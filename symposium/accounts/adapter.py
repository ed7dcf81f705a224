"""What allauth does in our way: emails, messages, who may sign up."""

import time

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core.internal.ratelimit import get_ip
from allauth.core.ratelimit import consume
from django.conf import settings
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from symposium.accounts import addresses, codes, known_browsers
from symposium.core import mail

REAUTHENTICATION_NAMES = {
    "mfa_reauthenticate": _("Use a code from the app, or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    def is_safe_url(self, url: str) -> bool:
        """Return whether `url` is a path on this site, without scheme or host: `/fr/2021/`."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_reauthentication_methods(self, user) -> list[dict]:
        """Return the methods with the names in `REAUTHENTICATION_NAMES` as their descriptions."""
        methods = super().get_reauthentication_methods(user)
        return [
            method
            | {"description": REAUTHENTICATION_NAMES.get(method["id"], method["description"])}
            for method in methods
        ]

    def render_mail(self, template_prefix, email, context, headers=None):
        """Put allauth's e-mails, including the one with the code, into the frame of ours."""
        edition = self.request.edition
        words = {
            **(edition.mail_context() if edition else {}),
            "sign_in_code": context.get("code", ""),
            "why": self.mail_reason(context),
        }
        if "timestamp" in context:  # a change of the account
            words["action_url"] = settings.SITE_URL + reverse("registrations:overview")
            words["action_label"] = _("My account")
        whole = {**context, **words, "parts": mail.PARTS}
        message = super().render_mail(template_prefix, email, whole, headers)
        message.reply_to = list(filter(None, [words.get("contact_email")]))
        mail.fill_frame(message, get_language(), mail.sanitize(words))
        return message

    def mail_reason(self, context: dict) -> str:
        if "code" in context:
            return gettext("You receive this email because your address was entered on our site.")
        return gettext("You receive this email because you have an account with us.")

    def clean_email(self, email: str) -> str:
        addresses.validate_plain_address(email)
        return super().clean_email(email)

    def generate_login_code(self) -> str:
        """Return the code with which a signed-in user confirms their identity."""
        return codes.new_sign_in_code(for_staff=self.request.user.is_in_staff)

    def generate_email_verification_code(self) -> str:
        """Return a code; it is as long as for staff if the user is anonymous and may be staff."""
        user = self.request.user
        return codes.new_sign_in_code(for_staff=user.is_anonymous or user.is_in_staff)

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        """Return False if the user has signed in within REAUTHENTICATION_TIMEOUT."""
        records = get_authentication_records(self.request, self.request.user)
        is_recent = records and (
            records[-1]["method"] in app_settings.REAUTHENTICATION_METHODS
            and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
        )
        return not is_recent and super().is_reauthentication_required(app=app, **kwargs)

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        request.session.set_expiry(None)
        known_browsers.remember(request, response, user.email)
        return response

    def get_logout_redirect_url(self, request) -> str:
        return reverse("editions:current")

    def _get_login_attempts_cache_key(self, request, **credentials) -> str:
        """Return the key that counts wrong passwords: the IP address and the e-mail address."""
        return f"{get_ip(request)} {credentials['email'].lower()}"

    def pre_authenticate(self, request, **credentials) -> None:
        """Limit the attempts with a password; raise ValidationError if there were too many.

        A browser in which the account was opened before has its own limit, so attempts from other
        browsers do not block it.
        """
        email = credentials["email"].lower()
        if browser := known_browsers.known_browser_key(request, email):
            may_try = consume(request, action="passwords_of_browser", key=f"{browser} {email}")
        else:
            super().pre_authenticate(request, **credentials)
            may_try = consume(request, action="passwords_for_address", key=email)
        if not may_try:
            raise self.validation_error("too_many_login_attempts")
