"""Exports of the programme: calendars, and the schedules that conference apps read.

All are in the language of `?lang=`, or in French if it is missing or unknown.
"""

from collections.abc import Callable

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from symposium.core.i18n.localized import LANGUAGES
from symposium.core.page_cache import published_page
from symposium.editions.models import Edition
from symposium.editions.views import by_slug, in_edition
from symposium.sessions import ical
from symposium.sessions.models import Resource, Room, Session, SessionQuerySet
from symposium.sessions.schedule_json import as_json, schedule
from symposium.sessions.schedule_xml import as_xml
from symposium.speakers.models import Speaker


def export_view(view: Callable) -> Callable:
    """Decorate an export view of (request, edition): `?lang=`, page cache, max-age of 60 s."""

    @published_page(params={"lang": LANGUAGES})
    @require_safe
    @cache_control(public=True, max_age=60)
    def answer(request: HttpRequest, edition: str, **arguments) -> HttpResponse:
        language = request.GET.get("lang")
        language = language if language in LANGUAGES else settings.LANGUAGE_CODE
        with translation.override(language):
            response = view(request, edition, **arguments)
        response.headers["Content-Language"] = language
        return response

    return answer


def file_response(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def sessions_with_details(edition: Edition) -> SessionQuerySet:
    """Return the public scheduled sessions with all that an export needs, in a few queries."""
    abstracts = edition.abstracts.published().order_by("pk")
    return (
        edition.sessions.published()
        .scheduled()
        .for_programme()
        .with_people()
        .defer(None)
        .defer("period", "allowed_period")
        .prefetch_related(
            Prefetch("abstracts", abstracts.prefetch_related("ordered_keywords__keyword")),
            Prefetch("resources", Resource.objects.published()),
        )
    )


def scheduled_sessions(edition: Edition) -> SessionQuerySet:
    """Return the same sessions, without the data that `schedule` loads by itself."""
    sessions = edition.sessions.published().scheduled().for_programme()
    return sessions.defer(None).defer("period", "allowed_period")


def calendar_response(
    edition: Edition, sessions: SessionQuerySet, name: str, filename: str
) -> HttpResponse:
    content = ical.calendar(edition, sessions, name)
    return file_response(content, "text/calendar; charset=utf-8", f"{edition.slug}-{filename}.ics")


@export_view
@in_edition
def programme(request: HttpRequest, edition: Edition) -> HttpResponse:
    return calendar_response(edition, sessions_with_details(edition), str(edition), "programme")


@export_view
@by_slug(lambda edition: edition.sessions.published())
def session(request: HttpRequest, edition: Edition, session: Session) -> HttpResponse:
    sessions = sessions_with_details(edition).filter(pk=session.pk)
    return calendar_response(edition, sessions, session.title, session.slug)


@export_view
@by_slug(lambda edition: edition.speakers.published())
def speaker(request: HttpRequest, edition: Edition, speaker: Speaker) -> HttpResponse:
    sessions = sessions_with_details(edition).filter(speakers=speaker)
    return calendar_response(edition, sessions, f"{speaker} · {edition}", speaker.slug)


@export_view
@by_slug(lambda edition: edition.rooms.all())
def room(request: HttpRequest, edition: Edition, room: Room) -> HttpResponse:
    sessions = sessions_with_details(edition).filter(room=room)
    return calendar_response(edition, sessions, f"{room} · {edition}", room.slug)


@export_view
@in_edition
def schedule_json(request: HttpRequest, edition: Edition) -> HttpResponse:
    content = as_json(schedule(edition, scheduled_sessions(edition)))
    return file_response(content, "application/json", f"{edition.slug}-schedule.json")


@export_view
@in_edition
def schedule_xml(request: HttpRequest, edition: Edition) -> HttpResponse:
    content = as_xml(schedule(edition, scheduled_sessions(edition)))
    return file_response(content, "application/xml", f"{edition.slug}-schedule.xml")
