"""The programme away from its page: on paper, and on the sites of others."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from symposium.core.page_cache import published_page
from symposium.editions.embed import HEIGHT, iframe_html, may_be_framed
from symposium.editions.models import Edition
from symposium.editions.rendering import render_page
from symposium.editions.views import published_edition
from symposium.sessions.filtered_pages import filtered_page
from symposium.sessions.forms import ProgrammeFilter
from symposium.sessions.programme_pdf import render_programme_pdf
from symposium.sessions.timetable import load_sessions, timetables_by_day

LARGE_PRINT = "large"
THEMES = ("light", "dark")


# On paper


@published_page(params={"layout": [LARGE_PRINT]})
@require_safe
@cache_control(public=True, max_age=60)
def programme_pdf(request: HttpRequest, edition: str) -> HttpResponse:
    """The programme as PDF; `?layout=large` is the one in large print."""
    edition = published_edition(edition)
    sessions = edition.sessions.published().for_programme().with_people()
    if not sessions:
        raise Http404
    large, language = request.GET.get("layout") == LARGE_PRINT, get_language()
    name = f"{edition.slug}-programme{'-large' if large else ''}-{language}.pdf"
    return HttpResponse(
        render_programme_pdf(edition, sessions, language, large=large),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Content-Language": language},
    )


# On the sites of others


@filtered_page(theme=THEMES)
def embed(request: HttpRequest, edition: Edition, form: ProgrammeFilter) -> HttpResponse:
    """A compact list of the programme, alone on its page, for a frame of another site."""
    require_embeddable(edition)
    sessions = load_sessions(edition, form.filter(edition.sessions.published().scheduled()))
    response = render_page(
        request,
        edition,
        "sessions/embed.html",
        {
            "form": form,
            "days": timetables_by_day(sessions, edition.zone),
            "theme": theme_of(request),
            "unlisted": True,
        },
    )
    return may_be_framed(response, edition)


@filtered_page(theme=THEMES)
def embed_help(request: HttpRequest, edition: Edition, form: ProgrammeFilter) -> HttpResponse:
    """What partners paste into a page of theirs, with what it gives."""
    require_embeddable(edition)
    theme = theme_of(request)
    query = form.address() + (f"&theme={theme}" if theme else "")
    return render_page(
        request,
        edition,
        "sessions/embed_help.html",
        {
            "heading": _("The programme on your site"),
            "form": form,
            "theme": theme,
            "snippet": iframe_html(edition, "?" + query.strip("?&") if query.strip("?&") else ""),
            "height": HEIGHT,
            "origins": edition.frame_ancestors,
            "unlisted": True,
        },
    )


def require_embeddable(edition: Edition) -> None:
    """Raise Http404 if no other site may show the edition."""
    if not edition.frame_ancestors:
        raise Http404


def theme_of(request: HttpRequest) -> str:
    """Light or dark, as the page around the frame is; else as the visitor's system is."""
    theme = request.GET.get("theme", "")
    return theme if theme in THEMES else ""
