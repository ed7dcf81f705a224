"""Browsers in which somebody has signed in before: there, strangers' tries do not count.

A signed cookie names the browser and the last accounts that were opened in it, by a digest of their
addresses. Tries at such an account are counted for that browser alone, so that nobody can use up
the tries of a person they want to keep out.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string, salted_hmac

COOKIE = "known"
SALT = "symposium.browser"
YEAR = 365 * 24 * 60 * 60
MAX_ACCOUNTS = 10  # accounts: a machine at the welcome desk is used by several people


def remember(request: HttpRequest, response: HttpResponse, address: str) -> None:
    """Note in this browser that the account of `address` was opened in it."""
    name, *opened = read_cookie(request) or [get_random_string(22)]
    mine = digest(address)
    opened = [mine, *(other for other in opened if other != mine)]
    response.set_signed_cookie(
        COOKIE, ".".join([name, *opened[:MAX_ACCOUNTS]]), salt=SALT, max_age=YEAR, httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip


def browser_name(request: HttpRequest, address: str) -> str:
    """The name of this browser if the account of `address` was opened in it before, else ""."""
    name, *opened = read_cookie(request) or [""]
    return name if digest(address) in opened else ""


def read_cookie(request: HttpRequest) -> list[str]:
    kept = request.get_signed_cookie(COOKIE, "", salt=SALT, max_age=YEAR)
    return kept.split(".") if kept else []


def digest(address: str) -> str:
    return salted_hmac(SALT, address.lower()).hexdigest()[:22]
