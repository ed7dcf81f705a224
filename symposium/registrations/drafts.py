"""What somebody had typed when their session ended, kept in the browser's session until it is sent.

For half an hour, and for its owner alone: a form carries, signed, for whom it was shown, and who
signs in next at a shared machine may be somebody else.
"""

import time

from django.core import signing
from django.http import HttpRequest, QueryDict

from symposium.accounts.models import User

LONGEST = 100_000  # characters
KEPT_FOR = 30 * 60  # seconds
OWNER = "owner"
SALT = "draft"


def owner(user: User) -> str:
    """What a form shown to `user` carries in its field `owner`."""
    return signing.dumps(user.pk, salt=SALT)


def keep(request: HttpRequest, name: str) -> None:
    """Keep the form that `request` brings, unless it is longer than anybody types."""
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    if sum(len(value) for _name, values in typed.lists() for value in values) <= LONGEST:
        request.session[key(name)] = [time.time(), typed.urlencode()]


def kept(request: HttpRequest, name: str) -> QueryDict | None:
    """What the user had typed, if it is there, theirs and not old."""
    at, typed = request.session.get(key(name), (0, ""))
    data = QueryDict(typed)
    is_theirs = typed and is_of(data.get(OWNER, ""), request.user)
    return data if is_theirs and time.time() - at < KEPT_FOR else None


def is_of(token: str, user: User) -> bool:
    try:
        return signing.loads(token, salt=SALT) == user.pk
    except signing.BadSignature:
        return False


def drop(request: HttpRequest, name: str) -> None:
    request.session.pop(key(name), None)


def key(name: str) -> str:
    return f"draft-{name}"
