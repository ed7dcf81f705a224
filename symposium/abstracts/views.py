"""Pages, PDFs and cards of abstracts and keywords."""

from itertools import zip_longest

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from symposium.abstracts import cards, documents, exports, versions
from symposium.abstracts.byline import byline
from symposium.abstracts.citation.styles import Record, citations, paragraphs
from symposium.abstracts.exports import public_abstracts, public_main_abstract
from symposium.abstracts.lists import abstract_listing, keyword_listing
from symposium.abstracts.metadata import highwire, jsonld, signposting
from symposium.abstracts.models import Abstract, Keyword, UsageCount
from symposium.abstracts.usage import counted
from symposium.core.exports import public_file
from symposium.core.i18n.localized import LANGUAGES, localized_text
from symposium.core.i18n.typography import typeset
from symposium.core.listing import Listing
from symposium.core.page_cache import ANY, published_page
from symposium.editions.jsonld import script
from symposium.editions.models import Edition
from symposium.editions.rendering import is_preview, render_page
from symposium.editions.views import by_slug, in_edition


@published_page(params={"with": LANGUAGES})
@require_safe
@counted(UsageCount.Kind.VIEW)
def main_abstract(request: HttpRequest, edition: str) -> HttpResponse:
    """Page of the main abstract, the record that the public comes to read."""
    return abstract_or_tombstone(request, public_main_abstract(edition))


@published_page(params=dict.fromkeys(("track", "day", "language", "page"), ANY))
@require_safe
@in_edition
def abstracts(request: HttpRequest, edition: Edition) -> HttpResponse:
    return list_page(
        request,
        edition,
        "abstracts/list.html",
        abstract_listing(edition, edition.abstracts.published(), request.GET),
        {
            "section": "abstracts",
            "heading": _("Abstracts"),
            "description": _("The abstracts published by %(name)s.") % {"name": edition},
        },
    )


def list_page(
    request: HttpRequest, edition: Edition, template: str, listing: Listing, context: dict
) -> HttpResponse:
    """Render a page of abstracts, whose filters and number are those of `listing`."""
    found = edition.abstracts.published().for_list().in_bulk(listing.keys)
    about = {
        "listing": listing,
        "abstracts": listing.objects(found),
        "page_url": listing.page_url(f"{settings.SITE_URL}{request.path}"),
    }
    return listing.stored(render_page(request, edition, template, context | about))


@published_page(params={"with": LANGUAGES})
@require_safe
@counted(UsageCount.Kind.VIEW)
@by_slug(public_abstracts)
def abstract(request: HttpRequest, edition: Edition, abstract: Abstract) -> HttpResponse:
    if abstract.is_main:
        return redirect(abstract, permanent=True)
    return abstract_or_tombstone(request, abstract)


def abstract_or_tombstone(request: HttpRequest, abstract: Abstract) -> HttpResponse:
    page = tombstone if abstract.is_withdrawn else abstract_page
    return page(request, abstract)


def abstract_page(request: HttpRequest, abstract: Abstract) -> HttpResponse:
    draft = is_preview(request, abstract)
    about, second = (
        abstract_context(abstract),
        second_language_context(abstract, request.GET.get("with", "")),
    )
    response = render_page(
        request,
        abstract.edition,
        "abstracts/detail.html",
        {
            **about,
            "card": cards.abstract_card(abstract, about["shown"]),
            "is_translation": abstract.is_translation_in(get_language()),
            "is_untranslated": abstract.is_untranslated_in(get_language()),
            "beside": second,
            "others": second_languages(abstract),
            "related": related_abstracts(abstract),
            "draft": draft,
            **({} if draft else metadata_context(abstract, about["shown"])),
        },
    )
    if not draft:
        response.headers["Link"] = signposting.header(Record(abstract))
    return response


def abstract_context(abstract: Abstract) -> dict:
    shown = Record(abstract, get_language())
    crumbs = [] if abstract.is_main else [
        (_("Abstracts"), reverse("abstracts:list", args=[abstract.edition.slug]))
    ]  # fmt: skip
    return {
        "section": "abstract" if abstract.is_main else "abstracts",
        "heading": localized_text(abstract, "title")[0],
        "description": localized_text(abstract, "text")[0],
        "og_type": "article",
        "crumbs": crumbs,
        "crumb": _("Abstract"),
        "abstract": abstract,
        "shown": shown,
        "byline": byline(abstract, shown),
    }


def related_abstracts(abstract: Abstract) -> QuerySet:
    published = abstract.edition.abstracts.published()
    return published.not_main().related_to(abstract)


def second_languages(abstract: Abstract) -> list[str]:
    """Return the languages that can be shown beside the text of the page."""
    shown = localized_text(abstract, "text")[1]
    return [code for code in LANGUAGES if code != shown and getattr(abstract, f"text_{code}")]


def second_language_context(abstract: Abstract, language: str) -> dict | None:
    """Return title and paragraphs in the second language that `?with=` asks for, or None.

    `rows` has the paragraphs of the page's language, each with its counterpart; where one text has
    fewer, the last ones stand alone.
    """
    if language not in second_languages(abstract):
        return None
    first = localized_text(abstract, "text")[1]
    title, title_language = localized_text(abstract, "title", language)
    texts = [
        [typeset(line, code) for line in paragraphs(abstract, code)] for code in (first, language)
    ]
    return {
        "language": language,
        "first_language": first,
        "title": typeset(title, title_language),
        "title_language": title_language,
        "rows": list(zip_longest(*texts, fillvalue="")),
    }


def metadata_context(abstract: Abstract, shown: Record) -> dict:
    """Return the citations and the metadata.

    Pages in all languages cite the record itself; the JSON-LD describes the text that is shown.
    """
    record = Record(abstract)
    return {
        "meta_tags": highwire.tags(record, get_language()),
        "jsonld": script(jsonld.article(shown)),
        "citations": citations(record),
        "files": exports.export_urls(abstract),
    }


def tombstone(request: HttpRequest, abstract: Abstract) -> HttpResponse:
    """Return the page of a withdrawn abstract, with status 410: the reason, without the text."""
    about = abstract_context(abstract) | {"description": "", "og_type": "website", "unlisted": True}
    page = render_page(request, abstract.edition, "abstracts/withdrawn.html", about, status=410)
    patch_cache_control(page, no_cache=True, max_age=0)  # caches may store a 410 for long
    return page


# Earlier versions


@published_page
@require_safe
def main_abstract_version(request: HttpRequest, edition: str, number: int) -> HttpResponse:
    return version_page(request, public_main_abstract(edition), number)


@published_page
@require_safe
@by_slug(public_abstracts)
def version(
    request: HttpRequest, edition: Edition, abstract: Abstract, number: int
) -> HttpResponse:
    if abstract.is_main:
        return redirect("abstracts:main_version", edition.slug, number, permanent=True)
    return version_page(request, abstract, number)


def version_page(request: HttpRequest, abstract: Abstract, number: int) -> HttpResponse:
    """Return the page of an earlier version; the number of the current one redirects to its page.

    Raise Http404 if there is no such version.
    """
    if abstract.is_withdrawn:
        return tombstone(request, abstract)
    if number == abstract.version_number:
        return redirect(abstract)
    kept = get_object_or_404(abstract.versions.all(), number=number)
    restored = versions.restore(abstract, kept)
    return render_page(
        request,
        abstract.edition,
        "abstracts/version.html",
        {
            **abstract_context(restored),
            "version": kept,
            "current": abstract,
            "page_url": f"{settings.SITE_URL}{abstract.get_absolute_url()}",
        },
    )


# PDF


@counted(UsageCount.Kind.DOWNLOAD)
@public_file
def main_abstract_pdf(request: HttpRequest, edition: str) -> HttpResponse:
    return abstract_pdf_response(request, public_main_abstract(edition))


@counted(UsageCount.Kind.DOWNLOAD)
@public_file
@by_slug(public_abstracts)
def abstract_pdf(request: HttpRequest, edition: Edition, abstract: Abstract) -> HttpResponse:
    if abstract.is_main:
        return redirect(abstract.get_pdf_url(), permanent=True)
    return abstract_pdf_response(request, abstract)


def abstract_pdf_response(request: HttpRequest, abstract: Abstract) -> HttpResponse:
    if abstract.is_withdrawn:
        return tombstone(request, abstract)
    name = "abstract" if abstract.is_main else abstract.slug
    return pdf_response(
        documents.render_abstract_pdf(abstract, get_language()), abstract.edition, name
    )


@public_file
@in_edition
def book_pdf(request: HttpRequest, edition: Edition) -> HttpResponse:
    found = edition.abstracts.published().with_reference().in_order()
    if not found:
        raise Http404
    return pdf_response(
        documents.render_book_pdf(edition, found, get_language()), edition, "abstracts"
    )


def pdf_response(content: bytes, edition: Edition, name: str) -> HttpResponse:
    file = f"{edition.slug}-{name}-{get_language()}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{file}"'},
    )


# Cards


@public_file
def main_abstract_card(request: HttpRequest, edition: str) -> HttpResponse:
    return abstract_card_response(request, public_main_abstract(edition))


@public_file
@by_slug(public_abstracts)
def abstract_card(request: HttpRequest, edition: Edition, abstract: Abstract) -> HttpResponse:
    if abstract.is_main:
        return redirect("abstracts:main_card", edition.slug, permanent=True)
    return abstract_card_response(request, abstract)


@public_file
@by_slug(Keyword.objects.used_in)
def keyword_card(request: HttpRequest, edition: Edition, keyword: Keyword) -> HttpResponse:
    return cards.keyword_card(keyword, edition).response()


def abstract_card_response(request: HttpRequest, abstract: Abstract) -> HttpResponse:
    if abstract.is_withdrawn:
        return tombstone(request, abstract)
    return cards.abstract_card(abstract, Record(abstract, get_language())).response()


# Keywords


@published_page(params=dict.fromkeys(("letter", "page"), ANY))
@require_safe
@in_edition
def keywords(request: HttpRequest, edition: Edition) -> HttpResponse:
    listing, lines = keyword_listing(edition, request.GET, get_language())
    page = render_page(
        request,
        edition,
        "abstracts/keywords.html",
        {
            "section": "abstracts",
            "heading": _("Keywords"),
            "description": _("About %(name)s.") % {"name": edition},
            "crumbs": [(_("Abstracts"), reverse("abstracts:list", args=[edition.slug]))],
            "listing": listing,
            "lines": lines,
            "page_url": listing.page_url(f"{settings.SITE_URL}{request.path}"),
        },
    )
    return listing.stored(page)


@published_page(params=dict.fromkeys(("track", "day", "language", "page"), ANY))
@require_safe
@by_slug(Keyword.objects.used_in)
def keyword(request: HttpRequest, edition: Edition, keyword: Keyword) -> HttpResponse:
    published = edition.abstracts.published().filter(keywords=keyword)
    return list_page(
        request,
        edition,
        "abstracts/keyword.html",
        abstract_listing(edition, published, request.GET),
        {
            "section": "abstracts",
            "heading": keyword.name,
            "description": keyword.definition,
            "card": cards.keyword_card(keyword, edition),
            "crumbs": [(_("Keywords"), reverse("abstracts:keywords", args=[edition.slug]))],
            "keyword": keyword,
            "names": other_names(keyword, get_language()),
            "related": Keyword.objects.related_to(keyword, edition),
        },
    )


def other_names(keyword: Keyword, language: str) -> list[tuple[str, str]]:
    """Return (language, name) pairs of the names in other languages than the page's, each once."""
    names: dict[str, tuple[str, str]] = {}
    for code, name in sorted(keyword.names(), key=lambda pair: pair[0] != language):
        names.setdefault(name.casefold(), (code, name))
    return [(code, name) for code, name in names.values() if code != language]
