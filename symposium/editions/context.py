"""The edition that a page without one of its own is shown in; what every template knows."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from symposium.core.i18n.localized import LANGUAGES
from symposium.core.i18n.typography import direction
from symposium.editions.models import Edition

SESSION_KEY = "edition"  # key in the browser session
SLUG = re.compile(r"[-\w]{1,40}", re.ASCII)


def site(request) -> dict:
    """Return the context of `base.html`: the page's languages, its address, its edition.

    A view that knows its edition overrides `edition`. For other pages (accounts, errors) it is
    queried only if the template uses it.
    """
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "site_url": settings.SITE_URL,
        "page_url": f"{settings.SITE_URL}{request.path}",
        "direction": direction(language),
        "languages": list(alternates(request)),
        "works_offline": settings.OFFLINE,
        "edition": SimpleLazyObject(lambda: edition_for(request)),
    }


def edition_for(request: HttpRequest) -> Edition | None:
    """Return the edition of a page, so that links do not lead into another edition.

    It is the edition that the address names. On pages of the user's account it may also be the
    edition from which the page was reached, or that of the user's next registration. Otherwise it
    is the current edition.
    """
    edition = named_edition(request)
    if not edition and settings.OWN_PAGES.match(request.path_info):
        edition = first_published([request.session.get(SESSION_KEY, "")]) or next_edition_for(
            request.user
        )
    return edition or Edition.objects.current()


def next_edition_for(user) -> Edition | None:
    """Return the next edition for which the user is registered."""
    if not user.is_authenticated:
        return None
    to_come = Edition.objects.published().to_come()
    return (
        to_come.filter(registrations__in=user.registrations.active()).order_by("starts_on").first()
    )


def named_edition(request: HttpRequest) -> Edition | None:
    """Return the published edition named in the address: `/fr/2021/…` or `?edition=2021`.

    The address in the parameter or field `next`, to which the page redirects, counts too.
    """
    addresses = [request.get_full_path(), request.GET.get("next", "")]
    if request.method == "POST" and settings.OWN_PAGES.match(request.path_info):
        addresses.append(request.POST.get("next", ""))
    return first_published([word for address in addresses for word in address_words(address)])


def address_words(address: str) -> Iterator[str]:
    """Yield the parts of an address that may be the slug of an edition."""
    try:
        parts = urlsplit(address)
    except ValueError:  # the address is user input, and may be invalid
        return
    head, _slash, rest = parts.path.lstrip("/").partition("/")
    if head in LANGUAGES and not settings.OWN_PAGES.match(parts.path):
        yield rest.partition("/")[0]
    yield from parse_qs(parts.query).get("edition", [])[:1]


def first_published(slugs: list[str]) -> Edition | None:
    """Return the published edition of the first slug that has one."""
    wanted = [slug for slug in slugs if SLUG.fullmatch(slug)]
    published = Edition.objects.published().filter(slug__in=wanted) if wanted else ()
    found = {edition.slug: edition for edition in published}
    return next((found[slug] for slug in wanted if slug in found), None)


class EditionMiddleware:
    """Middleware that stores in the session the edition from which an account page was reached.

    It never creates a session: without one, only the address carries the edition. It neither reads
    nor writes the session on public pages.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        edition = SimpleLazyObject(lambda: edition_for(request))
        setattr(request, "edition", edition)  # noqa: B010 (no attribute of HttpRequest); for emails
        response = self.get_response(request)
        if settings.OWN_PAGES.match(request.path_info) and not request.session.is_empty():
            self.remember(request)
        return response

    def remember(self, request: HttpRequest) -> None:
        edition = named_edition(request)
        if edition and edition.slug != request.session.get(SESSION_KEY):
            request.session[SESSION_KEY] = edition.slug


def alternates(request):
    """Yield this page in each language, as `code`, `name`, `is_current`, `url` and `href`.

    The language prefix changes; the rest of the path and the parameters stay.
    """
    current = get_language()
    # Parameters are sorted, as in the key of a cached page.
    query = urlencode(sorted(parse_qsl(request.META.get("QUERY_STRING", ""))))
    head, _slash, rest = request.path_info.lstrip("/").partition("/")
    localised = head in LANGUAGES
    for code, name in settings.LANGUAGES:
        path = f"/{code}/{rest}" if localised else f"/{code}/"
        yield {
            "code": code,
            "name": name,
            "is_current": code == current,
            "url": f"{settings.SITE_URL}{path}",
            "href": f"{path}?{query}" if query and localised else path,
        }
