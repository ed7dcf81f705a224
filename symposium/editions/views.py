from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

from symposium.core.page_cache import published_page
from symposium.editions import jsonld
from symposium.editions.models import Edition, Page
from symposium.editions.rendering import is_preview, render_page
from symposium.editions.slugs import find_by_slug


def published_edition(slug: str) -> Edition:
    """Return the edition of an address, or raise Http404."""
    return get_object_or_404(Edition.objects.published(), slug=slug)


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """`/`: on to the reader's language."""
    return redirect(f"/{get_language_from_request(request)}/")


@require_safe
def current(request: HttpRequest) -> HttpResponse:
    edition = Edition.objects.current()
    if edition is None:
        raise Http404
    return redirect(edition)


@published_page
@require_safe
def home(request: HttpRequest, edition: str) -> HttpResponse:
    edition = published_edition(edition)
    sessions = edition.sessions.published()
    highlights, partners = sessions.highlights(), edition.partners.all()
    faces = edition.speakers.published().featured()[:4]
    others = list(Edition.objects.published().exclude(pk=edition.pk))
    return render_page(
        request,
        edition,
        "editions/home.html",
        {
            "phase": edition.phase(),
            "abstract": edition.abstracts.published().with_details().argument(),
            "highlights": highlights,
            "faces": faces,
            "has_participants": edition.registrations.listed().exists(),
            "partners": partners,
            "coming": [other for other in reversed(others) if not other.is_over],
            "former": [other for other in others if other.is_over],
            "jsonld": jsonld.script(jsonld.event(edition, highlights, partners, faces)),
            "counts": {
                "sessions": sessions.to_be_prepared().count(),
                "speakers": edition.speakers.published().count(),
            },
        },
    )


@published_page
@require_safe
def page(request: HttpRequest, edition: str, slug: str) -> HttpResponse:
    edition = published_edition(edition)
    found, moved = find_by_slug(edition.pages.published(), slug, edition.pk)
    return redirect(found, permanent=True) if moved else text_page(request, found)


def text_page(request: HttpRequest, page: Page) -> HttpResponse:
    return render_page(
        request,
        page.edition,
        "editions/page.html",
        {"page": page, "heading": page.title, "draft": is_preview(request, page)},
    )
