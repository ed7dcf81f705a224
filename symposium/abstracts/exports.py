"""Files of an abstract, for reference managers and repositories.

`?lang=` chooses one of its languages. Without it, or if the abstract has no text in that language,
the file is in the language of the record.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from symposium.abstracts.citation.references import bibtex, csl_json, ris
from symposium.abstracts.citation.styles import Record
from symposium.abstracts.citation.styles import localized_page_url as address_of_page
from symposium.abstracts.metadata.datacite import datacite
from symposium.abstracts.models import Abstract, AbstractQuerySet
from symposium.core.i18n.localized import LANGUAGES
from symposium.core.page_cache import published_page
from symposium.editions.models import Edition
from symposium.editions.views import by_slug, published_edition


@dataclass(frozen=True)
class Format:
    """Format of a file; `write` returns the file as text or as bytes."""

    name: str
    content_type: str
    write: Callable[[Record], str | bytes]


# Formats by the ending of their URL.
FORMATS = {
    "bib": Format("BibTeX", "application/x-bibtex; charset=utf-8", bibtex),
    "ris": Format("RIS", "application/x-research-info-systems; charset=utf-8", ris),
    "json": Format("CSL-JSON", "application/vnd.citationstyles.csl+json", csl_json),
    "xml": Format("DataCite", "application/vnd.datacite.datacite+xml", datacite),
}


def export_url(abstract: Abstract, ending: str) -> str:
    if abstract.is_main:
        return reverse("abstract_exports:main", args=[abstract.edition.slug, ending])
    return reverse("abstract_exports:abstract", args=[abstract.edition.slug, abstract.slug, ending])


def export_urls(abstract: Abstract) -> list[tuple[str, str]]:
    """Return the name of the format and the URL of each file."""
    return [(kind.name, export_url(abstract, ending)) for ending, kind in FORMATS.items()]


def public_abstracts(edition: Edition) -> AbstractQuerySet:
    found = edition.abstracts.public().with_reference()
    return found.select_related("session__track")


def public_main_abstract(edition: str) -> Abstract:
    """Return the main abstract of the edition, published or withdrawn, or raise Http404."""
    found = public_abstracts(published_edition(edition)).main_abstract()
    if found is None:
        raise Http404
    return found


@published_page(params={"lang": LANGUAGES})
@require_safe
@cache_control(public=True, max_age=60)
def main_abstract(request: HttpRequest, edition: str, ending: str) -> HttpResponse:
    return export_response(request, public_main_abstract(edition), ending)


@published_page(params={"lang": LANGUAGES})
@require_safe
@cache_control(public=True, max_age=60)
@by_slug(public_abstracts)
def abstract(
    request: HttpRequest, edition: Edition, abstract: Abstract, ending: str
) -> HttpResponse:
    if abstract.is_main:
        query = request.META["QUERY_STRING"]
        return redirect(
            f"{export_url(abstract, ending)}{'?' if query else ''}{query}", permanent=True
        )
    return export_response(request, abstract, ending)


def export_response(request: HttpRequest, abstract: Abstract, ending: str) -> HttpResponse:
    if ending not in FORMATS:
        raise Http404
    if abstract.is_withdrawn:
        return withdrawn_file(abstract)
    record = Record(abstract, request.GET.get("lang", ""))
    name = "abstract" if abstract.is_main else abstract.slug
    return HttpResponse(
        FORMATS[ending].write(record),
        content_type=FORMATS[ending].content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{record.edition.slug}-{name}.{ending}"',
            "Content-Language": record.language,
        },
    )


def withdrawn_file(abstract: Abstract) -> HttpResponse:
    """Return a 410 response, as plain text, with the URL of the page that gives the reason."""
    with translation.override(abstract.language):
        said = _("This abstract has been withdrawn") + pgettext("before a detail", ":")
    response = HttpResponse(
        f"{said} {address_of_page(abstract, abstract.language)}\n",
        status=410,
        content_type="text/plain; charset=utf-8",
    )
    patch_cache_control(response, no_cache=True, max_age=0)
    return response
