"""Exports of the programme: calendars, and the schedules that conference apps read.

All are in the language of `?lang=`, or in French if it is missing or unknown.
"""

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse

from symposium.core.exports import export_view
from symposium.editions.models import Edition
from symposium.editions.views import by_slug, in_edition
from symposium.sessions import ical
from symposium.sessions.models import Resource, Room, Session, SessionQuerySet
from symposium.sessions.schedule_json import as_json, schedule
from symposium.sessions.schedule_xml import as_xml
from symposium.speakers.models import Speaker

TALKS = ("1",)  # values of `?talks=`, which makes each talk an event


def file_response(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def sessions_with_details(edition: Edition, *, each_talk: bool = False) -> SessionQuerySet:
    """Return the public scheduled sessions with all that an export needs, in a few queries.

    Talks are among them. Unless each is an event, a session has its own in `talks_inside`.
    """
    talks = edition.sessions.published().for_programme().with_people()
    inside = [] if each_talk else [Prefetch("talks", talks, to_attr="talks_inside")]
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
            "parent",
            *inside,
        )
    )


def calendar_events(request: HttpRequest, edition: Edition) -> SessionQuerySet:
    """Return the sessions, which list their talks; with `?talks=1` each talk is an event too."""
    if request.GET.get("talks") in TALKS:
        return sessions_with_details(edition, each_talk=True)
    return sessions_with_details(edition).without_talks()


def scheduled_sessions(edition: Edition) -> SessionQuerySet:
    """Return the same sessions, without the data that `schedule` loads by itself."""
    sessions = edition.sessions.published().scheduled().for_programme().prefetch_related("parent")
    return sessions.defer(None).defer("period", "allowed_period")


def calendar_response(
    edition: Edition, sessions: SessionQuerySet, name: str, filename: str
) -> HttpResponse:
    content = ical.calendar(edition, sessions, name)
    return file_response(content, "text/calendar; charset=utf-8", f"{edition.slug}-{filename}.ics")


@export_view(params={"talks": TALKS})
@in_edition
def programme(request: HttpRequest, edition: Edition) -> HttpResponse:
    sessions = calendar_events(request, edition)
    return calendar_response(edition, sessions, str(edition), "programme")


@export_view(params={"talks": TALKS})
@by_slug(lambda edition: edition.sessions.published())
def session(request: HttpRequest, edition: Edition, session: Session) -> HttpResponse:
    if session.parent_id:
        sessions = sessions_with_details(edition).filter(pk=session.pk)
    else:
        own = Q(pk=session.pk) | Q(parent=session.pk)
        sessions = calendar_events(request, edition).filter(own)
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
