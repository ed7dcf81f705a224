"""Limits on wrong codes, counted in the database for each e-mail address.

A guess is recorded before the code is compared, and deleted if the code is right. Parallel requests
therefore cannot compare more codes than the limit allows.
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
    """Record one guess, and delete it if the block raises nothing: compare the code inside.

    Raise ValidationError before the block if there were too many guesses.
    """
    guess = record_guess(key_for(known_browsers.known_browser_key(request, address), address))
    yield
    guess.delete()


def key_for(browser: str, address: str) -> str:
    """Return the counter's key: one per known browser, and one for all unknown browsers."""
    return salted_hmac("symposium.guess", f"{browser} {address.lower()}").hexdigest()


def record_guess(key: str) -> Guess:
    """Record one guess, under a lock; raise ValidationError if a limit is reached."""
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
    """Lock the counter of `key` until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def delete_expired_guesses(at: datetime.datetime | None = None) -> int:
    """Delete the guesses that are older than every limit; return the number deleted."""
    count, _kinds = Guess.objects.filter(at__lte=(at or timezone.now()) - DAY).delete()
    return count
