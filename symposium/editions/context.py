from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from symposium.editions.models import Edition
from symposium.typography import direction


def site(request) -> dict:
    """What `base.html` needs: the languages of this page, its address, the current edition.

    A view that knows its edition gives it; the other pages (accounts, errors) belong to the
    current one, which is looked for only if the template asks.
    """
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "site_url": settings.SITE_URL,
        "page_url": f"{settings.SITE_URL}{request.path}",
        "direction": direction(language),
        "languages": list(alternates(request)),
        "works_offline": settings.OFFLINE,
        "edition": SimpleLazyObject(Edition.objects.current),
    }


def alternates(request):
    """Yield this page in each language: the prefix changes, the rest and the filters stay."""
    current = get_language()
    # In one order, as a page that is kept for all has them.
    query = urlencode(sorted(parse_qsl(request.META.get("QUERY_STRING", ""))))
    head, _slash, rest = request.path_info.lstrip("/").partition("/")
    localised = head in dict(settings.LANGUAGES)
    for code, name in settings.LANGUAGES:
        path = f"/{code}/{rest}" if localised else f"/{code}/"
        yield {
            "code": code,
            "name": name,
            "is_current": code == current,
            "url": f"{settings.SITE_URL}{path}",
            "href": f"{path}?{query}" if query and localised else path,
        }
