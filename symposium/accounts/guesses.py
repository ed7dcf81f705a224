"""Codes that were typed, counted by the address that they prove, whatever process is asked.

A try is taken before the code is compared and given back if it is right: of any number of guesses
sent at once, no more are compared than there are tries.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from symposium.accounts import known_browsers
from symposium.accounts.models import Guess

DAY = datetime.timedelta(days=1)
LIMITS = {datetime.timedelta(minutes=10): 5, DAY: 20}


@contextmanager
def limit_guesses(request: HttpRequest, address: str) -> Iterator[None]:
    """Compare a code inside: raises ValidationError at once if there were too many wrong ones."""
    guess = record_guess(key_for(known_browsers.browser_name(request, address), address))
    yield
    guess.delete()


def key_for(browser: str, address: str) -> str:
    """Under which its tries are counted: all strangers together, each known browser apart."""
    return salted_hmac("symposium.guess", f"{browser} {address.lower()}").hexdigest()


def record_guess(key: str) -> Guess:
    """Write one try down while no other is."""
    with transaction.atomic():
        lock_key(key)
        now = timezone.now()
        made = Guess.objects.filter(key=key)
        if any(made.filter(at__gt=now - lately).count() >= most for lately, most in LIMITS.items()):
            raise ValidationError(
                _(
                    "Too many incorrect codes were entered for this email address. Try again "
                    "later, or sign in with a passkey."
                ),
                code="too_many_guesses",
            )
        return made.create(key=key, at=now)


def lock_key(key: str) -> None:
    """Until the transaction ends nobody else counts the tries of `key`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def delete_expired_guesses(at: datetime.datetime | None = None) -> int:
    """Delete the tries that no limit counts any more."""
    count, _kinds = Guess.objects.filter(at__lte=(at or timezone.now()) - DAY).delete()
    return count
