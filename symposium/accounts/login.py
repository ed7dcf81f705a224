"""Who comes in by a code: the same way for newcomers and for people who have an account.

A code is sent to whatever address is typed. Until it comes back the address is in the session of
the browser and nowhere else, so that nobody can make an account for an address that is not theirs.
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

# How long a browser that nobody has signed in with keeps what was typed.
SIGNED_OUT_SECONDS = 60 * 60


class LoginCode(LoginCodeVerificationProcess):
    """The code of a sign-in, which is sent whether or not the address has an account."""

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:
        for_staff = User.objects.staff().filter(email=email).exists()
        self.state["code"] = codes.new_code(for_staff=for_staff)
        get_adapter().send_mail("account/email/login_code", email, {"code": self.code})

    def resend(self) -> None:
        if not may_send(self.request, self.state["email"]):
            raise RateLimited
        self.send()
        self.record_resend()
        self.persist()


def send_code(request: HttpRequest, email: str) -> None:
    """Send a code to `email`, and wait for it in this browser."""
    request.session.set_expiry(SIGNED_OUT_SECONDS)
    waiting = LoginCodeVerificationProcess.initiate(request=request, user=None, email=email)
    code = LoginCode(waiting.stage)
    code.send()
    code.persist()


def may_send(request: HttpRequest, email: str) -> bool:
    """Count one more code for `email`; say whether it may be sent.

    By whence it is asked for, so that strangers do not use up what its owner may ask for. All of
    them together are limited as well, for the sake of who gets the mails.
    """
    if browser := known_browsers.browser_name(request, email):
        return consume(request, action="codes_of_browser", key=f"{browser} {email}")
    return consume(
        request, action="request_login_code", key=f"{get_ip(request)} {email}"
    ) and consume(request, action="codes_for_address", key=email)


@transaction.atomic
def account_for(*, email: str, language: str) -> User | None:
    """Return the account that `email` opens, made if there is none; None if it is closed.

    For a code that has come back, or by an organiser.
    """
    user, _made = User.objects.get_or_create(
        email=email, defaults={"language": language, "password": make_password(None)}
    )
    follow_email(user)
    return user if user.is_active else None


def follow_email(user: User) -> None:
    """What allauth keeps of addresses follows `User.email`, the one login, corrected by hand."""
    EmailAddress.objects.filter(Q(user=user) ^ Q(email=user.email)).delete()
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})
