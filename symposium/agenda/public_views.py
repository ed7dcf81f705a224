"""Personal programmes without an account: of this browser, and shared by URL."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from symposium.agenda import personal_programme as programmes
from symposium.core.documents import qr
from symposium.core.page_cache import published_page
from symposium.editions.models import Edition
from symposium.editions.rendering import render_page
from symposium.editions.views import in_edition
from symposium.sessions.models import Session, SessionQuerySet


@published_page
@require_safe
@in_edition
def my_programme(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Render all sessions, the same for everybody; the browser shows its starred sessions."""
    found = programme_items(edition).exclude(kind=Session.Kind.BREAK)
    # Clashes depend on the stars, so the browser finds them.
    entries = [programmes.Entry(session) for session in found]
    return render_page(
        request,
        edition,
        "agenda/my_programme.html",
        {
            "section": "programme",
            "heading": _("My programme"),
            "crumbs": crumbs(edition),
            "days": programmes.group_by_day(entries, edition.zone),
            "most": programmes.MAX_SESSIONS,
            "unlisted": True,
        },
    )


@require_safe
@cache_control(public=True, max_age=60)
@in_edition
def shared_programme(request: HttpRequest, edition: Edition, chosen: str) -> HttpResponse:
    """Render a shared list of sessions, without a name and without unpublished sessions."""
    try:
        numbers = programmes.parse_numbers(chosen)
    except ValueError:
        raise Http404 from None
    canonical = "-".join(map(str, numbers))
    if chosen != canonical:
        return redirect("agenda:shared", edition.slug, canonical, permanent=True)
    entries = programmes.entries(programme_items(edition).filter(pk__in=numbers))
    if not entries:
        raise Http404
    address = settings.SITE_URL + request.path
    return render_page(
        request,
        edition,
        "agenda/shared.html",
        {
            "section": "programme",
            "heading": _("A programme shared with you"),
            "crumbs": crumbs(edition),
            "days": programmes.group_by_day(entries, edition.zone),
            "address": address,
            "qr": len(address) <= programmes.MAX_ADDRESS_CHARS
            and qr.svg(address, label=_("QR code of this programme")),
            "unlisted": True,
            "is_public": False,
        },
    )


def programme_items(edition: Edition) -> SessionQuerySet:
    """Return the public sessions in order, with only the relations that a list item shows."""
    return edition.sessions.published().for_programme()


def crumbs(edition: Edition) -> list[tuple[str, str]]:
    return [(_("Programme"), reverse("sessions:programme", args=[edition.slug]))]
