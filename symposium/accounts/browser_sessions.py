"""Deletion of expired browser sessions."""

import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as BrowserSession
from django.db.models import Exists, OuterRef
from django.utils import timezone

SESSIONS_PER_BATCH = 1000


def delete_expired_sessions(at: datetime.datetime | None = None) -> int:
    """Delete a batch of expired browser sessions, as `manage.py clearsessions` does.

    A UserSession (IP address and browser) is deleted together with its session. Return the number
    of sessions deleted.
    """
    over = BrowserSession.objects.filter(expire_date__lt=at or timezone.now())
    keys = list(over.values_list("pk", flat=True)[:SESSIONS_PER_BATCH])
    BrowserSession.objects.filter(pk__in=keys).delete()
    alive = BrowserSession.objects.filter(pk=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(alive)).delete()
    return len(keys)
