"""The search page and its suggestions."""

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from symposium.core.fulltext.query import MAX_QUERY_CHARS
from symposium.editions.models import Edition
from symposium.editions.rendering import render_page
from symposium.editions.views import in_edition
from symposium.search.opensearch import description
from symposium.search.results import KINDS, PAGE_SIZE, search


@require_safe
@in_edition
def results(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Render the search results of an edition: `?q=`, then `&kind=`, `&page=`.

    `&editions=all` searches all published editions.
    """
    asked = request.GET.get("q", "")[:MAX_QUERY_CHARS].strip()
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    page = page_number(request.GET.get("page", ""))
    everywhere = request.GET.get("editions") == "all"
    where, scope = (None, "&editions=all") if everywhere else (edition, "")
    found = search(where, asked, get_language(), kind=kind, page=page)
    if page > 1 and not found.groups:
        raise Http404
    total = found.total
    return render_page(
        request,
        edition,
        "search/results.html",
        {
            "section": "search",
            "heading": _("Search"),
            "description": _("Search in %(name)s.") % {"name": edition},
            "unlisted": True,
            "is_public": False,
            "asked": asked,
            "looked_for": quote(found.suggestion if found.is_mended else asked, safe="") + scope,
            "kind": kind,
            "everywhere": everywhere,
            "scope": scope,
            "results": found,
            "previous_page": page - 1,
            "next_page": page + 1 if kind and page * PAGE_SIZE < total else None,
        },
    )


def page_number(text: str) -> int:
    """Return the page number in `text`, or 1 if it is not valid."""
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 5 else 1


@require_safe
@cache_control(max_age=3600, public=True)
def opensearch(request: HttpRequest) -> HttpResponse:
    """Return the OpenSearch description of the current edition, in the language of `?lang=`."""
    edition = Edition.objects.current()
    if edition is None:
        raise Http404
    return HttpResponse(
        description(edition, request.GET.get("lang", "")),
        content_type="application/opensearchdescription+xml",
    )
