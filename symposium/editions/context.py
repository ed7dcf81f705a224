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

SESSION_KEY = "edition"  # in the session
SLUG = re.compile(r"[-\w]{1,40}", re.ASCII)


def site(request) -> dict:
    """What `base.html` needs: the languages of this page, its address, its edition.

    A view that knows its edition gives it; that of the other pages (accounts, errors) is looked
    for only if the template asks.
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
    """The edition that a page belongs to, so that nobody is led from one into another.

    It is the one that its address names. A page of somebody's own account has also the one that it
    was reached from last, or that of their next registration. Else it is the current one.
    """
    edition = named_edition(request)
    if not edition and settings.OWN_PAGES.match(request.path_info):
        edition = first_published([request.session.get(SESSION_KEY, "")]) or next_edition_for(
            request.user
        )
    return edition or Edition.objects.current()


def next_edition_for(user) -> Edition | None:
    """The edition to come first that somebody is registered for."""
    if not user.is_authenticated:
        return None
    to_come = Edition.objects.published().to_come()
    return (
        to_come.filter(registrations__in=user.registrations.active()).order_by("starts_on").first()
    )


def named_edition(request: HttpRequest) -> Edition | None:
    """The published edition that an address names, `/fr/2021/…`, `?edition=2021`.

    A page that leads on to another (`?next=`, or a form that says so) is of the edition of that.
    """
    addresses = [request.get_full_path(), request.GET.get("next", "")]
    if request.method == "POST" and settings.OWN_PAGES.match(request.path_info):
        addresses.append(request.POST.get("next", ""))
    return first_published([word for address in addresses for word in address_words(address)])


def address_words(address: str) -> Iterator[str]:
    """What of an address may be the word of an edition."""
    try:
        parts = urlsplit(address)
    except ValueError:  # it is not an address, and anybody may write it
        return
    head, _slash, rest = parts.path.lstrip("/").partition("/")
    if head in LANGUAGES and not settings.OWN_PAGES.match(parts.path):
        yield rest.partition("/")[0]
    yield from parse_qs(parts.query).get("edition", [])[:1]


def first_published(slugs: list[str]) -> Edition | None:
    """The first published edition that is called so."""
    wanted = [slug for slug in slugs if SLUG.fullmatch(slug)]
    published = Edition.objects.published().filter(slug__in=wanted) if wanted else ()
    found = {edition.slug: edition for edition in published}
    return next((found[slug] for slug in wanted if slug in found), None)


class EditionMiddleware:
    """Has an account page remember the edition that it was reached from.

    A session is made for nobody: whoever has none is led on by the address alone. Pages that are
    the same for everybody neither read nor write it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest):
        response = self.get_response(request)
        if settings.OWN_PAGES.match(request.path_info) and not request.session.is_empty():
            self.remember(request)
        return response

    def remember(self, request: HttpRequest) -> None:
        edition = named_edition(request)
        if edition and edition.slug != request.session.get(SESSION_KEY):
            request.session[SESSION_KEY] = edition.slug


def alternates(request):
    """Yield this page in each language: the prefix changes, the rest and the filters stay."""
    current = get_language()
    # In one order, as a page that is kept for all has them.
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
