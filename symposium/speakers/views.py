"""The list of speakers and the page of one."""

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from symposium.core.exports import public_file
from symposium.core.page_cache import ANY, published_page
from symposium.editions.models import Edition
from symposium.editions.rendering import is_preview, render_page
from symposium.editions.views import by_slug, in_edition
from symposium.speakers import cards
from symposium.speakers.lists import speaker_lines, speaker_listing
from symposium.speakers.models import Speaker


@published_page(params=dict.fromkeys(("letter", "track", "page"), ANY))
@require_safe
@in_edition
def speakers(request: HttpRequest, edition: Edition) -> HttpResponse:
    listing = speaker_listing(edition, request.GET, get_language())
    page = render_page(
        request,
        edition,
        "speakers/list.html",
        {
            "section": "speakers",
            "heading": _("Speakers"),
            "description": _("Speakers at %(name)s.") % {"name": edition},
            "listing": listing,
            "track_menus": [menu for name, menu in listing.menus.items() if name == "track"],
            "lines": speaker_lines(edition, listing),
            "page_url": listing.page_url(f"{settings.SITE_URL}{request.path}"),
        },
    )
    return listing.stored(page)


@published_page
@require_safe
@by_slug(lambda edition: edition.speakers.published())
def speaker(request: HttpRequest, edition: Edition, speaker: Speaker) -> HttpResponse:
    return speaker_page(request, speaker)


def speaker_page(request: HttpRequest, speaker: Speaker) -> HttpResponse:
    edition = speaker.edition
    sessions = edition.sessions.published().for_programme().filter(speakers=speaker)
    return render_page(
        request,
        edition,
        "speakers/detail.html",
        {
            "section": "speakers",
            "heading": speaker.name,
            "description": speaker.biography or speaker.affiliation,
            "og_type": "profile",
            "card": cards.speaker_card(speaker, sessions),
            "crumbs": [(_("Speakers"), reverse("speakers:list", args=[edition.slug]))],
            "speaker": speaker,
            "sessions": sessions,
            "first_track": next((session.track for session in sessions if session.track), None),
            "other_talks": other_talks(speaker),
            "abstracts": edition.abstracts.published().filter(authors__speaker=speaker),
            "draft": is_preview(request, speaker),
        },
    )


def other_talks(speaker: Speaker) -> QuerySet:
    """Return the sessions of this person at the other published editions, latest first."""
    sessions = speaker.edition.sessions.model.objects.published().for_rows()
    others = Speaker.objects.published().same_person(speaker)
    found = sessions.select_related("edition").filter(speakers__in=others)
    return found.order_by("-edition__starts_on", "starts_at", "pk")


@public_file
@by_slug(lambda edition: edition.speakers.published())
def speaker_card(request: HttpRequest, edition: Edition, speaker: Speaker) -> HttpResponse:
    sessions = edition.sessions.published().for_programme().filter(speakers=speaker)
    return cards.speaker_card(speaker, sessions).response()
