"""FAIR Signposting: links from an abstract to its authors, licence and metadata, for robots.

Level 1 is the `Link` header of the page, level 2 a link set. https://signposting.org/FAIR/ and
RFC 9264, https://www.rfc-editor.org/rfc/rfc9264
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.encoding import iri_to_uri

from symposium.abstracts import exports
from symposium.abstracts.citation.styles import Record, localized_page_url
from symposium.abstracts.models import Abstract
from symposium.core.exports import public_file
from symposium.core.i18n.localized import LANGUAGES
from symposium.editions.models import Edition
from symposium.editions.views import by_slug

LINKSET = "application/linkset+json"
TYPES = ("https://schema.org/AboutPage", "https://schema.org/ScholarlyArticle")


@dataclass(frozen=True)
class Link:
    """Link from the page of the abstract to `href`; `type` is its media type, "" if unknown."""

    rel: str
    href: str
    type: str = ""

    def __str__(self) -> str:
        return f'<{self.href}>; rel="{self.rel}"' + (f'; type="{self.type}"' if self.type else "")

    @property
    def target(self) -> dict[str, str]:
        return {"href": self.href} | ({"type": self.type} if self.type else {})


def links(record: Record) -> list[Link]:
    """Return the links of the page of an abstract; they are the same in each of its languages."""
    people = dict.fromkeys(author.orcid_url for author in record.authors)
    return [
        Link("cite-as", iri_to_uri(record.link)),  # a DOI may contain “<”, “>” and quotes
        *(Link("author", url) for url in people if url),
        *(Link("describedby", url, media_type) for url, media_type in files(record.abstract)),
        Link("item", record.pdf_url, "application/pdf"),
        *(Link("license", url) for url in [record.abstract.licence_url] if url),
        *(Link("type", url) for url in TYPES),
    ]


def files(abstract: Abstract) -> list[tuple[str, str]]:
    """Return the URL and the media type of each metadata file."""
    return [
        (settings.SITE_URL + exports.export_url(abstract, ending), kind.content_type.split(";")[0])
        for ending, kind in exports.FORMATS.items()
    ]


def header(record: Record) -> str:
    own = Link("linkset", settings.SITE_URL + linkset_address(record.abstract), LINKSET)
    return ", ".join(map(str, [*links(record), own]))


def linkset(record: Record) -> dict:
    """Return the link set: links from the page in each language, and links back to the page."""
    there = links(record)
    back = Link("", record.url, "text/html").target
    ways = (("describedby", "describes"), ("item", "collection"))
    return {
        "linkset": [
            *({"anchor": page, **by_relation(there)} for page in pages(record)),
            *(
                {"anchor": link.href, returning: [back]}
                for going, returning in ways
                for link in there
                if link.rel == going
            ),
        ]
    }


def by_relation(there: list[Link]) -> dict[str, list[dict[str, str]]]:
    relations = dict.fromkeys(link.rel for link in there)
    return {rel: [link.target for link in there if link.rel == rel] for rel in relations}


def pages(record: Record) -> list[str]:
    """Return the URLs of the page in every language of the site, the record's language first."""
    first = record.abstract.language
    others = (code for code in LANGUAGES if code != first)
    return [localized_page_url(record.abstract, code) for code in (first, *others)]


# Views


def linkset_address(abstract: Abstract) -> str:
    if abstract.is_main:
        return reverse("abstract_exports:main_linkset", args=[abstract.edition.slug])
    return reverse("abstract_exports:linkset", args=[abstract.edition.slug, abstract.slug])


@public_file
def main_abstract(request: HttpRequest, edition: str) -> HttpResponse:
    return linkset_response(exports.public_main_abstract(edition))


@public_file
@by_slug(exports.public_abstracts)
def abstract(request: HttpRequest, edition: Edition, abstract: Abstract) -> HttpResponse:
    if abstract.is_main:
        return redirect(linkset_address(abstract), permanent=True)
    return linkset_response(abstract)


def linkset_response(abstract: Abstract) -> HttpResponse:
    if abstract.is_withdrawn:
        return exports.withdrawn_file(abstract)
    return JsonResponse(linkset(Record(abstract)), content_type=LINKSET)
