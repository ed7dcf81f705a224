"""Health checks: `healthz` (the process is alive) and `readyz` (the site is ready)."""

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from symposium import __version__
from symposium.core import last_runs
from symposium.core.mail import queue
from symposium.core.models import Email
from symposium.editions.models import Edition

# Its housekeeping, every 15 s, comes after up to 20 s of sending.
MAX_WORKER_SILENCE = datetime.timedelta(minutes=1)
# A backup is made every night, and may take its time.
MAX_BACKUP_AGE = datetime.timedelta(hours=26)
MIN_FREE_BYTES = 500 * 1024 * 1024
MIN_FREE_SHARE = 0.03


@require_safe
@never_cache
def healthz(request):
    """Liveness: the process answers. If the database is away, only `readyz` fails."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request):
    """Readiness: the state of each part; 503 unless the database and its migrations are ready.

    What is wrong with another part is a warning: the site works, and the queue loses no e-mail.
    """
    parts = database()
    ready = set(parts.values()) == {"ok"}
    parts |= {name: state_of(name) for name in PARTS}
    well = all(state in ("ok", "off") for state in parts.values())
    status = "unavailable" if not ready else "ok" if well else "warning"
    numbers = mail_numbers() if ready else {}
    body = {"status": status, **parts, **numbers, "version": __version__}
    return JsonResponse(body, status=200 if ready else 503)


def database() -> dict[str, str]:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return {"database": "away", "migrations": "unknown"}
    return {"database": "ok", "migrations": "pending" if pending else "ok"}


def state_of(name: str) -> str:
    try:
        return PARTS[name]()
    except Error:
        return "unknown"


def cache_state() -> str:
    """Return “ok” or “away”; any exception is “away”, since each cache backend raises its own."""
    try:
        cache.set("readyz", "ok", timeout=10)
        answers = cache.get("readyz") == "ok"
        return "ok" if answers and not getattr(cache, "is_away", False) else "away"
    except Exception:
        return "away"


def worker_state() -> str:
    """Return “away” if no worker ran, or the elected one hangs."""
    silence = last_runs.age(last_runs.WORKER)
    return "ok" if silence is not None and silence < MAX_WORKER_SILENCE else "away"


def mail_state() -> str:
    """Return “failing” if the mail server accepts none, “waiting” if none is even tried.

    “held”: a backup was restored, and nobody has released its e-mails.
    """
    if queue.waits():
        return "waiting"
    if Email.objects.filter(status=Email.Status.HELD).exists():
        return "held"
    return "failing" if queue.fails() else "ok"


def mail_numbers() -> dict[str, int]:
    oldest = queue.oldest_unsent()
    age = timezone.now() - oldest if oldest else datetime.timedelta()
    return {
        "oldest_mail_seconds": round(age.total_seconds()),
        "mails_failed_in_the_last_hour": queue.failed_in_the_last_hour(),
    }


def backup_state() -> str:
    """Return “old” after a night without backup, “none” before the first, “off” unasked."""
    age = last_runs.age(last_runs.BACKUP)
    if age is None:
        return "none" if settings.BACKUP_AT else "off"
    return "old" if age > MAX_BACKUP_AGE else "ok"


def disk_state() -> str:
    """Return “low” if the disk of the uploads is almost full."""
    folder = Path(settings.MEDIA_ROOT)
    usage = shutil.disk_usage(next(place for place in (folder, *folder.parents) if place.exists()))
    low = usage.free < MIN_FREE_BYTES or usage.free < usage.total * MIN_FREE_SHARE
    return "low" if low else "ok"


def zones_state() -> str:
    stale = any(edition.has_stale_period for edition in Edition.objects.all())
    return "rebuild" if stale else "ok"


PARTS: dict[str, Callable[[], str]] = {
    "cache": cache_state,
    "worker": worker_state,
    "mail": mail_state,
    "disk": disk_state,
    "backup": backup_state,
    "time_zones": zones_state,
}
