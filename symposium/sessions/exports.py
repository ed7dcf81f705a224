"""The programme for machines: calendars, and the schedule that conference apps read.

All are in the language of `?lang=`, French when it is missing or unknown.
"""

from collections.abc import Callable

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from symposium.core.i18n.localized import LANGUAGES
from symposium.core.page_cache import publish, published_page
from symposium.editions.models import Edition
from symposium.editions.slugs import find_by_slug
from symposium.editions.views import published_edition
from symposium.sessions import ical
from symposium.sessions.models import Resource, SessionQuerySet
from symposium.sessions.schedule_json import as_json, schedule
from symposium.sessions.schedule_xml import as_xml


def export(view: Callable) -> Callable:
    """Answer in the language asked for, for a minute, and with 304 to who has these very bytes."""

    @published_page
    @require_safe
    @cache_control(public=True, max_age=60)
    @conditional_page
    def answer(request: HttpRequest, edition: str, **arguments) -> HttpResponse:
        language = request.GET.get("lang")
        language = language if language in LANGUAGES else settings.LANGUAGE_CODE
        with translation.override(language):
            response = view(request, published_edition(edition), **arguments)
        response.headers["Content-Language"] = language
        return publish(response, lang=language)

    return answer


def file(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def exported(edition: Edition) -> SessionQuerySet:
    """The public, scheduled sessions with all that an export says, in a constant of queries."""
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


def scheduled(edition: Edition) -> SessionQuerySet:
    """The same sessions, without what the schedule reads by itself."""
    sessions = edition.sessions.published().scheduled().for_programme()
    return sessions.defer(None).defer("period", "allowed_period")


def calendar(edition: Edition, sessions: SessionQuerySet, name: str, filename: str) -> HttpResponse:
    content = ical.calendar(edition, sessions, name)
    return file(content, "text/calendar; charset=utf-8", f"{edition.slug}-{filename}.ics")


@export
def programme(request: HttpRequest, edition: Edition) -> HttpResponse:
    return calendar(edition, exported(edition), str(edition), "programme")


@export
def session(request: HttpRequest, edition: Edition, slug: str) -> HttpResponse:
    found, moved = find_by_slug(edition.sessions.published(), slug, edition.pk)
    if moved:
        return moved_to(request, edition, found.slug)
    return calendar(edition, exported(edition).filter(pk=found.pk), found.title, found.slug)


@export
def speaker(request: HttpRequest, edition: Edition, slug: str) -> HttpResponse:
    found, moved = find_by_slug(edition.speakers.published(), slug, edition.pk)
    if moved:
        return moved_to(request, edition, found.slug)
    sessions = exported(edition).filter(speakers=found)
    return calendar(edition, sessions, f"{found} · {edition}", found.slug)


@export
def room(request: HttpRequest, edition: Edition, slug: str) -> HttpResponse:
    found, moved = find_by_slug(edition.rooms.all(), slug, edition.pk)
    if moved:
        return moved_to(request, edition, found.slug)
    sessions = exported(edition).filter(room=found)
    return calendar(edition, sessions, f"{found} · {edition}", found.slug)


def moved_to(request: HttpRequest, edition: Edition, slug: str) -> HttpResponse:
    """On to the same export at its present address, in the same language."""
    language = translation.get_language()
    name = request.resolver_match.view_name
    return redirect(f"{reverse(name, args=[edition.slug, slug])}?lang={language}", permanent=True)


@export
def schedule_json(request: HttpRequest, edition: Edition) -> HttpResponse:
    content = as_json(schedule(edition, scheduled(edition)))
    return file(content, "application/json", f"{edition.slug}-schedule.json")


@export
def schedule_xml(request: HttpRequest, edition: Edition) -> HttpResponse:
    content = as_xml(schedule(edition, scheduled(edition)))
    return file(content, "application/xml", f"{edition.slug}-schedule.xml")
