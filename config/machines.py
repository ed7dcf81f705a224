"""Addresses for machines: is it alive, is it ready, what may be crawled, how it installs and lasts
without a network.
"""

import hashlib
import json
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from symposium import outbox, published
from symposium.editions.models import Edition

PRIVATE = [
    "/admin/",
    *(f"/{code}/{part}/" for code, _name in settings.LANGUAGES for part in ("accounts", "my")),
]
# What every page needs, and what those need that are kept before they are opened; the worker keeps
# the rest as pages ask for it.
KEPT = [
    "css/portal.css",
    "css/timetable.css",
    "js/theme.js",
    "js/offline.js",
    "js/kept.js",
    "js/localtime.js",
    "js/my-programme.js",
    "js/now.js",
    "js/share.js",
    "js/stars.js",
    "js/stars-account.js",
    "img/favicon.svg",
    "img/icons.svg",
    "img/zellige.svg",
    "vendor/bootstrap.min.css",
    "vendor/bootstrap.rtl.min.css",
    "vendor/inter-latin-400-750.woff2",
    "vendor/noto-sans-arabic-400-700.woff2",
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

    Mail that waits is said and changes nothing: the site works, and the outbox loses no mail. Nor
    do rules of time zones in which PostgreSQL differs: the operator updates its own.
    """
    parts = {**database(), "cache": cache_state()}
    ready = set(parts.values()) == {"ok"}
    body = {"status": "ok" if ready else "unavailable", **parts, "mail": mail_state()}
    body["time_zones"] = zones_state()
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


def zones_state() -> str:
    try:
        editions = list(Edition.objects.all())
    except Error:
        return "unknown"
    alike = all(edition.has_hours_of_database() for edition in editions)
    return "ok" if alike else "PostgreSQL has other rules"


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


@require_safe
@cache_control(no_cache=True)
def worker(request):
    """The service worker: what it keeps, then its code.

    The names of static files change with their contents, so this answer changes with any of them
    and with what the pages say; a browser that has the worker fetches the new one.
    """
    if not settings.OFFLINE:
        return script(f"importScripts({json.dumps(static('js/worker-leaves.js'))});\n")
    pages = offline_pages()
    kept = {"assets": [static(name) for name in KEPT], "offline": pages}
    code = json.dumps(static("js/worker.js"))
    kept = json.dumps({**kept, "told": told(published.present_version(), **pages)})
    return script(f"self.KEPT = {kept};\nimportScripts({code});\n")


def script(text: str) -> HttpResponse:
    headers = {"Service-Worker-Allowed": "/"}
    return HttpResponse(text, content_type="text/javascript", headers=headers)


def offline_pages() -> dict[str, str]:
    """The address, in each language, of the page for what is not kept."""
    pages = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            pages[code] = reverse("offline")
    return pages


@lru_cache(maxsize=1)
def told(version: tuple[int, int], **pages: str) -> str:
    """What stands for all that these pages say, by language, in this version of what is public.

    Browsers ask for the worker with every page: the pages are rendered once a minute at the most,
    or after a write. The minute counts for all processes alike, else their workers would differ.
    """
    digest = hashlib.sha256()
    for code, path in pages.items():
        request = HttpRequest()
        request.method, request.path, request.path_info = "GET", path, path
        with override(code):
            digest.update(offline(request).content)
    return digest.hexdigest()[:12]


@require_safe
def offline(request):
    """What a reader without a network gets for a page that was not kept."""
    return render(request, "offline.html")
