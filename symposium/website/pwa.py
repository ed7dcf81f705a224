"""The web app: its manifest, its service worker, the page for when there is no network."""

import hashlib
import json
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from symposium.core.i18n.localized import LANGUAGES
from symposium.core.i18n.typography import direction
from symposium.core.revision import Version, current_version
from symposium.editions.context import named_edition
from symposium.editions.models import Edition

# What every page needs, and what those need that are kept before they are opened; the worker keeps
# the rest as pages ask for it.
OFFLINE_PAGES = [
    "css/portal.css",
    "css/timetable.css",
    "js/theme.js",
    "js/offline.js",
    "js/offline-pages.js",
    "js/localtime.js",
    "js/my-programme.js",
    "js/now.js",
    "js/registered.js",
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
@cache_control(max_age=3600, public=True)
def manifest(request):
    """https://www.w3.org/TR/appmanifest/, of the edition and in the language of its address.

    Without them, of the current edition and in the language that the browser likes best.
    """
    asked = request.GET.get("lang")
    language = asked if asked in LANGUAGES else get_language()
    with override(language):
        data = application(edition_of(request), language)
    return JsonResponse(data, content_type="application/manifest+json")


def application(edition: Edition | None, language: str) -> dict:
    """What is installed: an edition is one application, in whichever language."""
    own: dict[str, object] = {"start_url": "/"}
    if edition:
        own = {
            "id": f"/{edition.slug}/",
            "name": f"{edition.name} {edition.slug}",
            "short_name": edition.short_name,
            "start_url": edition.get_absolute_url(),
            "shortcuts": shortcuts(edition),
        }
    return own | {
        "lang": language,
        "dir": direction(language),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#ffffff",
        "theme_color": "#0a4a70",
        # Its star lies within the circle that is left of a masked icon.
        "icons": [icon(192, "any"), icon(512, "any"), icon(512, "maskable")],
    }


def icon(size: int, purpose: str) -> dict:
    return {
        "src": static(f"img/icon-{size}.png"),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }


def shortcuts(edition: Edition) -> list[dict]:
    """Where a long press on the icon leads."""
    programme = {
        "name": gettext("Programme"),
        "url": reverse("sessions:programme", args=[edition.slug]),
    }
    ticket = {
        "name": gettext("My ticket"),
        "url": f"{reverse('registrations:overview')}?edition={edition.slug}",
    }
    return [programme] if edition.is_over else [programme, ticket]


@require_safe
@cache_control(no_cache=True)
def service_worker(request):
    """The service worker: what it keeps, then its code.

    The names of static files change with their contents, so this answer changes with any of them
    and with what the pages say; a browser that has the worker fetches the new one.
    """
    if not settings.OFFLINE:
        return script_response(
            f"importScripts({json.dumps(static('js/service-worker-uninstall.js'))});\n"
        )
    pages = offline_pages()
    kept = {"assets": [static(name) for name in OFFLINE_PAGES], "offline": pages}
    code = json.dumps(static("js/service-worker.js"))
    kept = json.dumps({**kept, "told": offline_version(current_version(), **pages)})
    return script_response(f"self.KEPT = {kept};\nimportScripts({code});\n")


def script_response(text: str) -> HttpResponse:
    headers = {"Service-Worker-Allowed": "/"}
    return HttpResponse(text, content_type="text/javascript", headers=headers)


def offline_pages() -> dict[str, str]:
    """The address, in each language, of the page for what is not kept."""
    pages = {}
    for code in LANGUAGES:
        with override(code):
            pages[code] = reverse("offline")
    return pages


@lru_cache(maxsize=1)
def offline_version(version: Version, **pages: str) -> str:
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
    return render(request, "offline.html", {"edition": edition_of(request)})


def edition_of(request: HttpRequest) -> Edition | None:
    """That of the address, else the current one: these answers are the same for everybody."""
    return named_edition(request) or Edition.objects.current()
