"""Health checks: `healthz` (the process is alive) and `readyz` (the site is ready)."""

from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from symposium import __version__
from symposium.core.mail import queue
from symposium.editions.models import Edition


@require_safe
@never_cache
def healthz(request):
    """Liveness: the process answers. If the database is away, only `readyz` fails."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request):
    """Readiness: the state of each part; 503 unless database, migrations and cache are ready.

    Overdue e-mails do not change the status: the site works, and the queue loses no e-mail. Nor do
    periods of former time zone rules: the operator has to rebuild them.
    """
    parts = {**database(), "cache": cache_state()}
    ready = set(parts.values()) == {"ok"}
    body = {"status": "ok" if ready else "unavailable", **parts, "mail": mail_state()}
    body |= {"time_zones": zones_state(), "version": __version__}
    return JsonResponse(body, status=200 if ready else 503)


def database() -> dict[str, str]:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return {"database": "away", "migrations": "unknown"}
    return {"database": "ok", "migrations": "pending" if pending else "ok"}


def mail_state() -> str:
    try:
        return "waiting" if queue.waits() else "ok"
    except Error:
        return "unknown"


def zones_state() -> str:
    try:
        editions = list(Edition.objects.all())
    except Error:
        return "unknown"
    return "rebuild" if any(edition.has_stale_period for edition in editions) else "ok"


def cache_state() -> str:
    """Return “ok” or “away”; any exception is “away”, since each cache backend raises its own."""
    try:
        cache.set("readyz", "ok", timeout=10)
        return "ok" if cache.get("readyz") == "ok" else "away"
    except Exception:
        return "away"
