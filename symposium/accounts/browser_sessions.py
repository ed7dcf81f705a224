"""The sessions of browsers: those that have ended are deleted."""

import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as BrowserSession
from django.db.models import Exists, OuterRef
from django.utils import timezone

SESSIONS_PER_BATCH = 1000


def delete_expired_sessions(at: datetime.datetime | None = None) -> int:
    """Delete the browser sessions that have ended, as `manage.py clearsessions` does.

    From where, and with what browser, somebody signed in is kept no longer than their session.
    """
    over = BrowserSession.objects.filter(expire_date__lt=at or timezone.now())
    keys = list(over.values_list("pk", flat=True)[:SESSIONS_PER_BATCH])
    BrowserSession.objects.filter(pk__in=keys).delete()
    alive = BrowserSession.objects.filter(pk=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(alive)).delete()
    return len(keys)
