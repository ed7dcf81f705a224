"""The programme outside its page: as PDF, and embedded in other sites."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from symposium.core.page_cache import published_page
from symposium.editions.embed import HEIGHT, iframe_html, may_be_framed
from symposium.editions.models import Edition
from symposium.editions.rendering import render_page
from symposium.editions.views import in_edition
from symposium.sessions.filtered_pages import filtered_page
from symposium.sessions.forms import ProgrammeFilter
from symposium.sessions.programme_pdf import render_programme_pdf
from symposium.sessions.timetable import load_sessions, nest_talks, timetables_by_day

LARGE_PRINT = "large"
THEMES = ("light", "dark")


# PDF


@published_page(params={"layout": [LARGE_PRINT]})
@require_safe
@cache_control(public=True, max_age=60)
@in_edition
def programme_pdf(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Return the programme as PDF, in large print with `?layout=large`."""
    sessions = nest_talks(edition.sessions.published().for_programme().with_people())
    if not sessions:
        raise Http404
    large, language = request.GET.get("layout") == LARGE_PRINT, get_language()
    name = f"{edition.slug}-programme{'-large' if large else ''}-{language}.pdf"
    return HttpResponse(
        render_programme_pdf(edition, sessions, language, large=large),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Content-Language": language},
    )


# Embedding


@filtered_page(theme=THEMES)
def embed(request: HttpRequest, edition: Edition, form: ProgrammeFilter) -> HttpResponse:
    """Render a compact programme without the rest of the site, for an iframe on another site."""
    require_embeddable(edition)
    sessions = edition.sessions.published()
    found = sessions.with_whole(form.filter(sessions.scheduled()))
    sessions = load_sessions(edition, found)
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
    """Render the HTML that partners paste into their site, with a preview."""
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
    """Raise Http404 if no other site may embed the edition."""
    if not edition.frame_ancestors:
        raise Http404


def theme_of(request: HttpRequest) -> str:
    """Return the theme in the URL, `light` or `dark`; empty means the visitor's system setting."""
    theme = request.GET.get("theme", "")
    return theme if theme in THEMES else ""
