"""Home, practical pages and news; the decorators that give a view its edition and object."""

from collections.abc import Callable, Iterable
from functools import partial, wraps

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from symposium.core.exports import public_file
from symposium.core.i18n.markdown import first_paragraph
from symposium.core.page_cache import ANY, published_page
from symposium.editions import jsonld
from symposium.editions.cards import edition_card
from symposium.editions.menu import page_name
from symposium.editions.models import Edition, News, Page, Partner
from symposium.editions.page_files import page_text
from symposium.editions.rendering import is_preview, render_page
from symposium.editions.slugs import find_by_slug

NEWS_PER_PAGE = 20
# Sessions at the head of the home page on the days of the symposium, and those to come of them.
MAX_RUNNING, MAX_FOLLOWING = 12, 4


def published_edition(slug: str) -> Edition:
    """Return the published edition with this slug, or raise Http404."""
    return get_object_or_404(Edition.objects.published(), slug=slug)


def in_edition(
    view: Callable | None = None, *, find: Callable[[str], Edition] = published_edition
) -> Callable:
    """Decorate a view: give it the published edition in place of its slug, or raise Http404."""
    if view is None:
        return partial(in_edition, find=find)

    @wraps(view)
    def wrapper(request: HttpRequest, edition: str, **arguments) -> HttpResponse:
        return view(request, find(edition), **arguments)

    return wrapper


def by_slug(find: Callable[[Edition], QuerySet]) -> Callable:
    """Decorate a view: look up the object of its slug in `find(edition)`.

    The view takes the request, the edition and the object. A former slug redirects to the same URL
    with the present slug; an unknown slug raises Http404.
    """

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def wrapper(request: HttpRequest, edition: str, slug: str, **arguments) -> HttpResponse:
            holder = published_edition(edition)
            objects = find(holder)
            of_edition = holder.pk if hasattr(objects.model, "edition") else None
            found, moved = find_by_slug(objects, slug, of_edition)
            if moved:
                return redirect_to_slug(request, found.slug)
            return view(request, holder, found, **arguments)

        return wrapper

    return decorate


def redirect_to_slug(request: HttpRequest, slug: str) -> HttpResponse:
    match, query = request.resolver_match, request.META.get("QUERY_STRING")
    address = reverse(match.view_name, kwargs=match.kwargs | {"slug": slug})
    return redirect(f"{address}?{query}" if query else address, permanent=True)


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Redirect `/` to the reader's language."""
    return redirect(f"/{get_language_from_request(request)}/")


@require_safe
def current(request: HttpRequest) -> HttpResponse:
    edition = Edition.objects.current()
    return redirect(edition) if edition else render(request, "editions/none.html")


@published_page
@require_safe
@in_edition
def home(request: HttpRequest, edition: Edition) -> HttpResponse:
    sessions = edition.sessions.published()
    highlights, partners = sessions.highlights(), edition.partners.all()
    featured = edition.speakers.published().featured()[:4]
    others = list(Edition.objects.published().exclude(pk=edition.pk))
    now = timezone.now()
    phase = edition.phase(now)
    to_come = sessions.not_over(now) if phase == "during" else sessions.none()
    return render_page(
        request,
        edition,
        "editions/home.html",
        {
            "card": edition_card(edition),
            "phase": phase,
            "now": now,
            "running": to_come.filter(starts_at__lte=now)[:MAX_RUNNING],
            "following": to_come.filter(starts_at__gt=now)[:MAX_FOLLOWING],
            "abstract": edition.abstracts.published().with_details().main_abstract(),
            "has_recordings": phase == "after" and sessions.with_recordings().exists(),
            "highlights": highlights,
            "featured_speakers": featured,
            "news": edition.news.published().for_strip() if edition.contents["news"] else (),
            "partners": partners_by_kind(partners),
            "coming": [other for other in reversed(others) if not other.is_over],
            "former": [other for other in others if other.is_over],
            "jsonld": jsonld.script(jsonld.event(edition, highlights, partners, featured)),
            "counts": {
                "sessions": sessions.to_be_prepared().without_talks().count(),
                "speakers": edition.speakers.published().count(),
            },
        },
    )


@published_page
@require_safe
@in_edition
def editions(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Render the list of all published editions, latest first."""
    return render_page(
        request,
        edition,
        "editions/editions.html",
        {
            "section": "editions",
            "heading": _("Editions"),
            "editions": Edition.objects.published(),
            "unlisted": True,
        },
    )


def partners_by_kind(partners: Iterable[Partner]) -> list[tuple[str, list[Partner]]]:
    """Return the heading of each kind that has partners, organisers first, and its partners."""
    headings = {
        Partner.Kind.ORGANISER: _("Organisers"),
        Partner.Kind.PARTNER: _("Partners"),
        Partner.Kind.SPONSOR: _("Sponsors"),
    }
    found = [
        (heading, [partner for partner in partners if partner.kind == kind])
        for kind, heading in headings.items()
    ]
    return [(heading, of_kind) for heading, of_kind in found if of_kind]


@public_file
@in_edition
def card(request: HttpRequest, edition: Edition) -> HttpResponse:
    return edition_card(edition).response()


@published_page
@require_safe
@by_slug(lambda edition: edition.pages.published())
def page(request: HttpRequest, edition: Edition, page: Page) -> HttpResponse:
    return text_page(request, page)


def text_page(request: HttpRequest, page: Page) -> HttpResponse:
    return render_page(
        request,
        page.edition,
        "editions/page.html",
        {
            "section": page_name(page),
            "page": page,
            "text": page_text(page),
            "heading": page.title,
            "draft": is_preview(request, page),
        },
    )


@published_page(params={"page": ANY})
@require_safe
@in_edition
def news(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Render the news of an edition, latest first; `?page=` is a number from 2 on."""
    pages = Paginator(edition.news.published(), NEWS_PER_PAGE)
    numbers = {str(number): number for number in pages.page_range[1:]}
    asked = request.GET.get("page")
    if asked is not None and asked not in numbers:
        raise Http404
    return render_page(
        request,
        edition,
        "editions/news.html",
        {
            "section": "news",
            "heading": _("News"),
            "description": _("News of %(name)s.") % {"name": edition},
            "page": pages.page(numbers.get(asked, 1)),
            "unlisted": not pages.count,
        },
    )


@published_page
@require_safe
@by_slug(lambda edition: edition.news.published())
def news_item(request: HttpRequest, edition: Edition, item: News) -> HttpResponse:
    return news_page(request, item)


def news_page(request: HttpRequest, item: News) -> HttpResponse:
    edition = item.edition
    return render_page(
        request,
        edition,
        "editions/news_item.html",
        {
            "section": "news",
            "heading": item.title,
            "description": first_paragraph(item.body or ""),
            "og_type": "article",
            "crumbs": [(_("News"), reverse("editions:news", args=[edition.slug]))],
            "item": item,
            "draft": is_preview(request, item),
        },
    )
