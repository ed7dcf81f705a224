"""The programme away from its page: on paper, and on the sites of others."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from symposium.core.page_cache import publish, published_page
from symposium.editions.embed import HEIGHT, frame, may_be_framed
from symposium.editions.models import Edition
from symposium.editions.rendering import render_page
from symposium.editions.views import published_edition
from symposium.sessions.forms import ProgrammeFilter
from symposium.sessions.programme_pdf import programme_of
from symposium.sessions.timetable import by_day, load_sessions

LARGE = "large"
THEMES = ("light", "dark")


# On paper


@published_page
@require_safe
@cache_control(public=True, max_age=60)
@conditional_page
def programme_pdf(request: HttpRequest, edition: str) -> HttpResponse:
    """The programme as PDF; `?layout=large` is the one in large print."""
    edition = published_edition(edition)
    sessions = edition.sessions.published().for_programme().with_people()
    if not sessions:
        raise Http404
    large, language = request.GET.get("layout") == LARGE, get_language()
    name = f"{edition.slug}-programme{'-large' if large else ''}-{language}.pdf"
    response = HttpResponse(
        programme_of(edition, sessions, language, large=large),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Content-Language": language},
    )
    return publish(response, **({"layout": LARGE} if large else {}))


# On the sites of others


@published_page
@require_safe
def embed(request: HttpRequest, edition: str) -> HttpResponse:
    """A compact list of the programme, alone on its page, for a frame of another site."""
    edition = embeddable_edition(edition)
    form = ProgrammeFilter(request.GET, edition)
    sessions = load_sessions(edition, form.filter(edition.sessions.published().scheduled()))
    response = render_page(
        request,
        edition,
        "sessions/embed.html",
        {
            "form": form,
            "days": by_day(sessions, edition.zone),
            "theme": theme_of(request),
            "unlisted": True,
        },
        theme=theme_of(request),
        **form.used,
    )
    return may_be_framed(response, edition)


@published_page
@require_safe
def embedding(request: HttpRequest, edition: str) -> HttpResponse:
    """What partners paste into a page of theirs, with what it gives."""
    edition = embeddable_edition(edition)
    form, theme = ProgrammeFilter(request.GET, edition), theme_of(request)
    query = form.address() + (f"&theme={theme}" if theme else "")
    return render_page(
        request,
        edition,
        "sessions/embedding.html",
        {
            "heading": _("The programme on your site"),
            "form": form,
            "theme": theme,
            "snippet": frame(edition, "?" + query.strip("?&") if query.strip("?&") else ""),
            "height": HEIGHT,
            "origins": edition.frame_ancestors,
            "unlisted": True,
        },
        theme=theme,
        **form.used,
    )


def embeddable_edition(slug: str) -> Edition:
    """The edition, or Http404 where no other site may show it."""
    edition = published_edition(slug)
    if not edition.frame_ancestors:
        raise Http404
    return edition


def theme_of(request: HttpRequest) -> str:
    """Light or dark, as the page around the frame is; else as the visitor's system is."""
    theme = request.GET.get("theme", "")
    return theme if theme in THEMES else ""
