"""Personal programmes without an account: of this browser, and shared by URL."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from symposium.agenda import personal_programme as programmes
from symposium.agenda.shared_programmes import (
    calendar_address,
    chosen_sessions,
    crumbs,
    programme_items,
)
from symposium.core.documents import qr
from symposium.core.exports import public_file
from symposium.core.i18n.localized import LANGUAGES
from symposium.core.page_cache import published_page
from symposium.editions.models import Edition
from symposium.editions.rendering import render_page
from symposium.editions.views import in_edition
from symposium.sessions.calendar_links import subscription_links, webcal_url
from symposium.sessions.exports import calendar_response, sessions_with_details
from symposium.sessions.models import Session

NO_SESSION = "0"  # in the place of the list that a script writes


@published_page
@require_safe
@in_edition
def my_programme(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Render all sessions, the same for everybody; the browser shows its starred sessions."""
    found = programme_items(edition).exclude(kind=Session.Kind.BREAK)
    # Slots depend on the stars, so the browser makes them, and puts its list in these links.
    entries = [programmes.ProgrammeItem(session) for session in found]
    calendar = calendar_address(edition, NO_SESSION)
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
            **calendar_context(edition, calendar),
            "unlisted": True,
        },
    )


@require_safe
@cache_control(public=True, max_age=60)
@in_edition
def shared_programme(request: HttpRequest, edition: Edition, chosen: str) -> HttpResponse:
    """Render a shared list of sessions, without a name and without unpublished sessions."""
    sessions, canonical = chosen_sessions(edition, chosen)
    if chosen != canonical:
        return redirect("agenda:shared", edition.slug, canonical, permanent=True)
    address = settings.SITE_URL + request.path
    return render_page(
        request,
        edition,
        "agenda/shared.html",
        {
            "section": "programme",
            "heading": _("A programme shared with you"),
            "crumbs": crumbs(edition),
            "days": programmes.days(sessions, edition.zone),
            "keep": reverse("agenda:keep", args=[edition.slug, canonical]),
            **calendar_context(edition, calendar_address(edition, canonical)),
            "address": address,
            "qr": len(address) <= programmes.MAX_ADDRESS_CHARS
            and qr.svg(address, label=_("QR code of this programme")),
            "unlisted": True,
            "is_public": False,
        },
    )


@public_file
@in_edition
def shared_calendar(request: HttpRequest, edition: Edition, chosen: str) -> HttpResponse:
    """Calendar of a shared list of sessions, in the language of `?lang=`, or in French."""
    sessions, _canonical = chosen_sessions(edition, chosen)
    language = request.GET.get("lang")
    with translation.override(language if language in LANGUAGES else settings.LANGUAGE_CODE):
        detailed = sessions_with_details(edition).filter(pk__in=[one.pk for one in sessions])
        return calendar_response(edition, detailed, str(edition), "my-programme")


def calendar_context(edition: Edition, address: str) -> dict:
    """Return what `agenda/_calendar_menu.html` needs."""
    return {
        "calendar_url": address,
        "webcal_url": webcal_url(address),
        "subscriptions": subscription_links(address, f"{_('My programme')} · {edition}"),
    }
