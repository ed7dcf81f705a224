"""Browsers in which a user has signed in before: attempts from other browsers do not block them.

A signed cookie holds a random name for the browser and digests of the addresses of the last
accounts opened in it. Attempts on such an account are counted for this browser alone, so that an
attacker cannot lock the account's owner out.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string, salted_hmac

COOKIE = "known"
SALT = "symposium.browser"
YEAR = 365 * 24 * 60 * 60
MAX_ACCOUNTS = 10  # accounts: several people share a computer at the welcome desk


def remember(request: HttpRequest, response: HttpResponse, address: str) -> None:
    """Record in the cookie that the account of `address` was opened in this browser."""
    name, *opened = read_cookie(request) or [get_random_string(22)]
    mine = digest(address)
    opened = [mine, *(other for other in opened if other != mine)]
    response.set_signed_cookie(
        COOKIE, ".".join([name, *opened[:MAX_ACCOUNTS]]), salt=SALT, max_age=YEAR, httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip


def known_browser_key(request: HttpRequest, address: str) -> str:
    """Return the browser's name if the account of `address` was opened in it before, else ""."""
    name, *opened = read_cookie(request) or [""]
    return name if digest(address) in opened else ""


def read_cookie(request: HttpRequest) -> list[str]:
    kept = request.get_signed_cookie(COOKIE, "", salt=SALT, max_age=YEAR)
    return kept.split(".") if kept else []


def digest(address: str) -> str:
    return salted_hmac(SALT, address.lower()).hexdigest()[:22]
