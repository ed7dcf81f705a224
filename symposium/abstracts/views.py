from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from symposium.abstracts import exports, highwire, jsonld
from symposium.abstracts.citation import Record, citations
from symposium.abstracts.models import Abstract, Keyword
from symposium.editions.jsonld import script
from symposium.editions.rendering import is_preview, render_page
from symposium.editions.slugs import find_by_slug
from symposium.editions.views import published_edition
from symposium.translated import text_and_language


@require_safe
def argument(request: HttpRequest, edition: str) -> HttpResponse:
    """The symposium's own abstract: the record that the public comes to read."""
    edition = published_edition(edition)
    found = edition.abstracts.published().with_reference().argument()
    if found is None:
        raise Http404
    return abstract_page(request, found)


@require_safe
def abstracts(request: HttpRequest, edition: str) -> HttpResponse:
    edition = published_edition(edition)
    return render_page(
        request,
        edition,
        "abstracts/list.html",
        {
            "section": "abstracts",
            "heading": _("Abstracts"),
            "description": _("The abstracts published by %(name)s.") % {"name": edition},
            "abstracts": edition.abstracts.published().listed(),
        },
    )


@require_safe
def abstract(request: HttpRequest, edition: str, slug: str) -> HttpResponse:
    edition = published_edition(edition)
    found, moved = find_by_slug(edition.abstracts.published().with_reference(), slug, edition.pk)
    if moved or found.is_argument:
        return redirect(found, permanent=True)
    return abstract_page(request, found)


def abstract_page(request: HttpRequest, abstract: Abstract) -> HttpResponse:
    edition = abstract.edition
    crumbs = [] if abstract.is_argument else [
        (_("Abstracts"), reverse("abstracts:list", args=[edition.slug]))
    ]  # fmt: skip
    draft = is_preview(request, abstract)
    return render_page(
        request,
        edition,
        "abstracts/detail.html",
        {
            "section": "abstract" if abstract.is_argument else "abstracts",
            "heading": text_and_language(abstract, "title")[0],
            "description": text_and_language(abstract, "text")[0],
            "og_type": "article",
            "crumbs": crumbs,
            "crumb": _("Abstract"),
            "abstract": abstract,
            "is_translation": abstract.is_translation_in(get_language()),
            "is_untranslated": abstract.is_untranslated_in(get_language()),
            "draft": draft,
            **({} if draft else for_machines(abstract)),
        },
    )


def for_machines(abstract: Abstract) -> dict:
    """The head speaks of the text on the page; what is cited is the record."""
    shown = Record(abstract, get_language())
    return {
        "shown": shown,
        "meta_tags": highwire.tags(shown),
        "jsonld": script(jsonld.article(shown)),
        "citations": citations(Record(abstract)),
        "files": exports.addresses(abstract),
    }


@require_safe
def keywords(request: HttpRequest, edition: str) -> HttpResponse:
    edition = published_edition(edition)
    found = Keyword.objects.used_in(edition)
    return render_page(
        request,
        edition,
        "abstracts/keywords.html",
        {
            "section": "abstracts",
            "heading": _("Keywords"),
            "description": _("What %(name)s is about.") % {"name": edition},
            "crumbs": [(_("Abstracts"), reverse("abstracts:list", args=[edition.slug]))],
            "keywords": sorted(found, key=lambda keyword: keyword.sort_key),
        },
    )


@require_safe
def keyword(request: HttpRequest, edition: str, slug: str) -> HttpResponse:
    edition = published_edition(edition)
    found, moved = find_by_slug(Keyword.objects.used_in(edition), slug)
    if moved:
        return redirect("abstracts:keyword", edition.slug, found.slug, permanent=True)
    published = edition.abstracts.published().filter(keywords=found)
    return render_page(
        request,
        edition,
        "abstracts/keyword.html",
        {
            "section": "abstracts",
            "heading": found.name,
            "description": found.definition,
            "crumbs": [(_("Keywords"), reverse("abstracts:keywords", args=[edition.slug]))],
            "keyword": found,
            "names": found.names(),
            "abstracts": published.listed(),
            "sessions": edition.sessions.published()
            .for_programme()
            .filter(abstracts__in=published)
            .distinct(),
            "speakers": sorted(
                edition.speakers.published().filter(authorships__abstract__in=published).distinct(),
                key=lambda speaker: speaker.sort_key,
            ),
        },
    )
