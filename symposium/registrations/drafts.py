"""What somebody had typed when their session ended, kept in the browser's session until it is sent.

For half an hour, and without what it says of their health: the next person at a shared machine may
be another one.
"""

import time

from django.http import HttpRequest, QueryDict

LONGEST = 100_000  # characters
KEPT_FOR = 30 * 60  # seconds
NEVER_KEPT = ("csrfmiddlewaretoken", "needs")


def keep(request: HttpRequest, name: str) -> None:
    """Keep the form that `request` brings, unless it is longer than anybody types."""
    typed = request.POST.copy()
    for field in NEVER_KEPT:
        typed.pop(field, None)
    if sum(len(value) for values in typed.lists() for value in values[1]) <= LONGEST:
        request.session[key(name)] = [time.time(), typed.urlencode()]


def kept(request: HttpRequest, name: str) -> QueryDict | None:
    """What was typed, if it is there and not old."""
    at, typed = request.session.get(key(name), (0, ""))
    return QueryDict(typed) if typed and time.time() - at < KEPT_FOR else None


def drop(request: HttpRequest, name: str) -> None:
    request.session.pop(key(name), None)


def key(name: str) -> str:
    return f"draft-{name}"
