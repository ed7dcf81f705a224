"""Addresses for machines: is it alive, is it ready, what may be crawled, how it installs."""

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from symposium import outbox
from symposium.editions.models import Edition

PRIVATE = [
    "/admin/",
    *(f"/{code}/{part}/" for code, _name in settings.LANGUAGES for part in ("accounts", "my")),
]


@require_safe
@never_cache
def healthz(request):
    """The process answers. A database that is away is no reason to kill it: see `readyz`."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request):
    """Each part this site stands on, and 503 unless all of them are ready.

    Mail that waits is said and changes nothing: the site works, and the outbox loses no mail.
    """
    parts = {**database(), "cache": cache_state()}
    ready = set(parts.values()) == {"ok"}
    body = {"status": "ok" if ready else "unavailable", **parts, "mail": mail_state()}
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
        return "waiting" if outbox.waits() else "ok"
    except Error:
        return "unknown"


def cache_state() -> str:
    """Django lets each cache raise its own errors; whatever it is, the answer is the same."""
    try:
        cache.set("readyz", "ok", timeout=10)
        return "ok" if cache.get("readyz") == "ok" else "away"
    except Exception:
        return "away"


@require_safe
@cache_control(max_age=3600, public=True)
def robots(request):
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), ""]
    sitemap = f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"
    return HttpResponse("\n".join([*lines, sitemap, ""]), content_type="text/plain")


@require_safe
@cache_control(max_age=3600, public=True)
def manifest(request):
    """https://www.w3.org/TR/appmanifest/, in the language that the browser likes best."""
    edition = Edition.objects.current()
    data = {
        "name": f"{edition.name} {edition.slug}" if edition else "",
        "short_name": edition.short_name if edition else "",
        "lang": get_language(),
        "dir": "auto",
        "start_url": "/",
        "display": "minimal-ui",
        "background_color": "#ffffff",
        "theme_color": "#0a4a70",
        "icons": [
            {
                "src": static(f"img/icon-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "any",
            }
            for size in (192, 512)
        ],
    }
    return JsonResponse(data, content_type="application/manifest+json")
