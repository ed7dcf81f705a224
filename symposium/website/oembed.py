"""oEmbed provider: https://oembed.com/

The programme is of type `rich`, an iframe, if its edition allows every site to frame it. All other
public pages are of type `link`. So is a programme that only some sites may frame: the request does
not say which site asks, and the frame would be blank on the others.
"""

from urllib.parse import urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import Resolver404, ResolverMatch, path, resolve
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from symposium.core.i18n.typography import strip_controls
from symposium.editions.embed import HEIGHT, WIDTH, iframe_html
from symposium.editions.models import Edition
from symposium.editions.slugs import find_by_slug
from symposium.editions.views import published_edition

CACHE_SECONDS = 3600
FILTERS = ("day", "track", "room")
PROGRAMME = "sessions:programme"
# Public objects that an address can name, by URL name.
FINDERS = {
    "sessions:detail": lambda edition: edition.sessions.published(),
    "speakers:detail": lambda edition: edition.speakers.published(),
    "abstracts:detail": lambda edition: edition.abstracts.published(),
}


@require_safe
@cache_control(public=True, max_age=300)
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer an oEmbed request; 400 for a missing url or invalid sizes, 404, 501 for a format."""
    asked = request.GET
    written = {"json": as_json, "xml": as_xml}.get(asked.get("format") or "json")
    if written is None:
        return error_response(501, "format is json or xml")
    if not asked.get("url"):
        return error_response(400, "url is missing")
    try:
        limits = [parse_size(asked.get(name)) for name in ("maxwidth", "maxheight")]
    except ValueError:
        return error_response(400, "maxwidth and maxheight are pixels, 1 to 99999")
    try:
        response = written(oembed_data(asked["url"], *limits))
    except Http404:
        # Otherwise LocaleMiddleware would redirect to /fr/oembed/, the address of an edition
        # “oembed”.
        request.urlconf = __name__
        return error_response(404, "nothing public of this site is at this url")
    # Scripts may read the response, which is public.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def error_response(status: int, reason: str) -> HttpResponse:
    return HttpResponse(f"{reason}\n", status=status, content_type="text/plain; charset=utf-8")


def parse_size(text: str | None) -> int | None:
    """Return a number of pixels, or None if empty; raise ValueError if it is invalid."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and int(text)):
        raise ValueError(text)
    return int(text)


def oembed_data(url: str, max_width: int | None, max_height: int | None) -> dict:
    """Return the oEmbed data of `url`, in the language of its prefix.

    Raise Http404 if there is no public page at `url`.
    """
    match, query = resolve_address(url)
    language = translation.get_language_from_path(urlsplit(url).path)
    with translation.override(language):
        edition = published_edition(match.kwargs["edition"])
        data = {
            "version": "1.0",
            "type": "link",
            "title": title_of(match, edition),
            "provider_name": f"{edition.name} {edition.slug}",
            "provider_url": f"{settings.SITE_URL}/",
            "cache_age": CACHE_SECONDS,
        }
        if match.view_name == PROGRAMME and "*" in edition.frame_ancestors:
            width = min(WIDTH, max_width or WIDTH)
            height = min(HEIGHT, max_height or HEIGHT)
            html = iframe_html(edition, query, width, height)
            data |= {"type": "rich", "html": html, "width": width, "height": height}
    return data


def resolve_address(url: str) -> tuple[ResolverMatch, str]:
    """Return the URL match of a page of this site, and its filters as a query string.

    Raise Http404 for any other address.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Http404 from error
    ours = urlsplit(settings.SITE_URL)
    language = translation.get_language_from_path(parts.path)
    if parts.scheme not in ("http", "https") or parts.netloc != ours.netloc or not language:
        raise Http404
    with translation.override(language):
        try:
            match = resolve(parts.path)
        except Resolver404 as error:
            raise Http404 from error
    if match.view_name not in (PROGRAMME, *FINDERS, "abstracts:main", "editions:home"):
        raise Http404
    asked = QueryDict(parts.query)
    filters = {name: asked[name] for name in FILTERS if asked.get(name)}
    return match, f"?{urlencode(filters)}" if filters else ""


def title_of(match: ResolverMatch, edition: Edition) -> str:
    if find := FINDERS.get(match.view_name):
        found, _moved = find_by_slug(find(edition), match.kwargs["slug"], edition.pk)
        return str(found)
    if match.view_name == "abstracts:main":
        main_abstract = edition.abstracts.published().main_abstract()
        if main_abstract is None:
            raise Http404
        return str(main_abstract)
    if match.view_name == PROGRAMME:
        return f"{_('Programme')} – {edition.name} {edition.slug}"
    return f"{edition.name} {edition.slug}"


def as_json(data: dict) -> HttpResponse:
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})


def as_xml(data: dict) -> HttpResponse:
    root = ElementTree.Element("oembed")
    for name, value in data.items():
        ElementTree.SubElement(root, name).text = strip_controls(str(value))
    content = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(content, content_type="text/xml; charset=utf-8")


urlpatterns = [path("oembed", oembed, name="oembed")]
