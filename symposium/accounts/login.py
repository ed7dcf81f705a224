"""Sign-in by code, which is the same for new users and for users who have an account.

The code is sent to the address that was typed. Until the user enters the code, the address is
stored only in the browser session, so that nobody can create an account for another's address.
"""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import EmailAddress
from allauth.core.exceptions import RateLimited
from allauth.core.internal.ratelimit import get_ip
from allauth.core.ratelimit import consume
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from symposium.accounts import codes, known_browsers
from symposium.accounts.models import User

# How long the session of a signed-out browser keeps the address that was typed.
SIGNED_OUT_SECONDS = 60 * 60


class LoginCode(LoginCodeVerificationProcess):
    """Sign-in process that sends a code whether or not the address has an account."""

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:
        for_staff = User.objects.staff().filter(email=email).exists()
        self.state["code"] = codes.new_sign_in_code(for_staff=for_staff)
        get_adapter().send_mail("account/email/login_code", email, {"code": self.code})

    def resend(self) -> None:
        if not may_send(self.request, self.state["email"]):
            raise RateLimited
        self.send()
        self.record_resend()
        self.persist()


def send_code(request: HttpRequest, email: str) -> None:
    """Send a code to `email`, and store the sign-in process in the browser session."""
    request.session.set_expiry(SIGNED_OUT_SECONDS)
    waiting = LoginCodeVerificationProcess.initiate(request=request, user=None, email=email)
    code = LoginCode(waiting.stage)
    code.send()
    code.persist()


def may_send(request: HttpRequest, email: str) -> bool:
    """Count one more code for `email`; return whether it may be sent.

    Codes are counted by known browser, or else by IP address, so that strangers cannot use up the
    codes of the address's owner. For unknown browsers the total per address is limited too, to
    protect the recipient from too many e-mails.
    """
    if browser := known_browsers.known_browser_key(request, email):
        return consume(request, action="codes_of_browser", key=f"{browser} {email}")
    return consume(
        request, action="request_login_code", key=f"{get_ip(request)} {email}"
    ) and consume(request, action="codes_for_address", key=email)


@transaction.atomic
def account_for(*, email: str, language: str) -> User | None:
    """Return the account of `email`, created if needed, or None if the account is inactive.

    Call it once a code has proved the address, or when an organiser gives the address.
    """
    user, _made = User.objects.get_or_create(
        email=email, defaults={"language": language, "password": make_password(None)}
    )
    follow_email(user)
    return user if user.is_active else None


def follow_email(user: User) -> None:
    """Make allauth's EmailAddress rows match `User.email`, after a superuser has changed it."""
    EmailAddress.objects.filter(Q(user=user) ^ Q(email=user.email)).delete()
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})
