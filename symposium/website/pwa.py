"""The web app: manifest, service worker and offline page."""

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
from symposium.editions import colours
from symposium.editions.cards import edition_card
from symposium.editions.context import named_edition
from symposium.editions.icons import icon_url
from symposium.editions.models import Edition

# Files needed by every page, and by the pages that are stored before a visit. The service worker
# stores others as pages request them.
OFFLINE_PAGES = [
    "css/portal.css",
    "css/programme.css",
    "css/session.css",
    "css/timetable.css",
    "js/start.js",
    "js/offline.js",
    "js/offline-pages.js",
    "js/preload.js",
    "js/localtime.js",
    "js/my-programme.js",
    "js/now.js",
    "js/registered.js",
    "js/room.js",
    "js/share.js",
    "js/stars.js",
    "js/stars-account.js",
    "img/favicon.svg",
    "img/icons.svg",
    "img/tile-arch.svg",
    "img/tile-diamond.svg",
    "img/tile-disc.svg",
    "img/tile-hexagon.svg",
    "img/tile-square.svg",
    "img/tile-star.svg",
    "img/tile-triangle.svg",
    "img/zellige.svg",
    "vendor/bootstrap.min.css",
    "vendor/bootstrap.rtl.min.css",
    "vendor/inter-latin-400-750.woff2",
    "vendor/noto-sans-arabic-400-700.woff2",
]


@require_safe
@cache_control(max_age=3600, public=True)
def manifest(request):
    """Return the web app manifest (https://www.w3.org/TR/appmanifest/).

    Edition and language are those of the address, else the current edition and the browser's
    preferred language.
    """
    asked = request.GET.get("lang")
    language = asked if asked in LANGUAGES else get_language()
    with override(language):
        data = application(edition_of(request), language)
    return JsonResponse(data, content_type="application/manifest+json")


def application(edition: Edition | None, language: str) -> dict:
    """Return the manifest's data; an edition is one app, in any language."""
    own: dict[str, object] = {"start_url": "/"}
    if edition:
        own = {
            "id": f"/{edition.slug}/",
            "name": f"{edition.name} {edition.slug}",
            "short_name": edition.short_name,
            "start_url": edition.get_absolute_url(),
            "shortcuts": shortcuts(edition),
            "screenshots": screenshots(edition),
        }
    main_colour = edition.main_colour if edition else ""
    return own | {
        "lang": language,
        "dir": direction(language),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#ffffff",
        "theme_color": main_colour or colours.STANDARD[colours.MAIN],
        # The star lies within the safe zone of a maskable icon.
        "icons": [
            icon(edition, 192, "any"),
            icon(edition, 512, "any"),
            icon(edition, 512, "maskable"),
        ],
    }


def icon(edition: Edition | None, size: int, purpose: str) -> dict:
    return {
        "src": icon_url(edition, size),
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }


def screenshots(edition: Edition) -> list[dict]:
    """Return the picture that a browser shows before it installs the app: the edition's card.

    Chromium shows on a computer those marked as wide only, and on a telephone the others.
    """
    card = edition_card(edition)
    picture = {"src": card.url, "sizes": "1200x630", "type": "image/png", "label": card.alt}
    return [picture | {"form_factor": "wide"}, picture]


def shortcuts(edition: Edition) -> list[dict]:
    """Return the shortcuts of the app icon's menu."""
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
    """Return the service worker: the list of files to store, then its code.

    The names of static files contain a hash, so this response changes with any file and with the
    offline pages. A browser that runs the worker then installs the new one.
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
    """Return the path of the offline page in each language."""
    pages = {}
    for code in LANGUAGES:
        with override(code):
            pages[code] = reverse("offline")
    return pages


@lru_cache(maxsize=1)
def offline_version(version: Version, **pages: str) -> str:
    """Return a hash of the offline pages in all languages, for a version of the public content.

    Browsers request the worker with every page, so the pages are rendered at most once a minute or
    after a write. All processes use the same minute, so that their workers are identical.
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
    """Render the page that the service worker shows offline for a page that is not stored."""
    return render(request, "offline.html", {"edition": edition_of(request)})


def edition_of(request: HttpRequest) -> Edition | None:
    """Return the edition of the address, else the current one; neither depends on the visitor."""
    return named_edition(request) or Edition.objects.current()
