"""Programme, session and room pages; the number of free seats."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from symposium.core.exports import public_file
from symposium.core.i18n.dates import weekday
from symposium.core.page_cache import published_page
from symposium.editions.jsonld import script
from symposium.editions.models import Edition
from symposium.editions.rendering import is_preview, render_page
from symposium.editions.views import by_slug, in_edition, published_edition
from symposium.sessions import cards, changes, displays, jsonld
from symposium.sessions.calendar_links import calendar_links
from symposium.sessions.filtered_pages import filtered_page
from symposium.sessions.forms import ProgrammeFilter
from symposium.sessions.models import Room, Session
from symposium.sessions.speaker_names import attach_speakers
from symposium.sessions.timetable import leaders, load_sessions, talk_rows, timetables_by_day

# Rows under a session; a day may have more sessions in parallel.
MAX_PARALLEL = 12
MAX_NEXT = 2
MAX_RELATED = 3


@filtered_page(display=["lobby"])
def programme(request: HttpRequest, edition: Edition, form: ProgrammeFilter) -> HttpResponse:
    if request.GET.get("display") == "lobby":
        return displays.lobby_display(request, edition, form)
    sessions = edition.sessions.published()
    found = load_sessions(edition, sessions.with_whole(form.filter(sessions)))
    scheduled = [session for session in found if session.starts_at]
    days = timetables_by_day(scheduled, edition.zone)
    return render_page(
        request,
        edition,
        "sessions/programme.html",
        {
            "section": "programme",
            "card": cards.programme_card(edition),
            "heading": _("Programme"),
            "description": _("The sessions of %(name)s, day by day and room by room.")
            % {"name": edition},
            "form": form,
            "days": days,
            "unscheduled": [session for session in found if not session.starts_at],
            "looser": [] if found else form.looser(sessions),
        },
    )


@public_file
@in_edition
def programme_card(request: HttpRequest, edition: Edition) -> HttpResponse:
    number = edition.sessions.published().to_be_prepared().without_talks().count()
    return cards.programme_card(edition, number).response()


@published_page
@require_safe
@by_slug(lambda edition: edition.sessions.published().with_relations())
def session(request: HttpRequest, edition: Edition, session: Session) -> HttpResponse:
    return session_page(request, session)


def session_page(request: HttpRequest, session: Session) -> HttpResponse:
    edition = session.edition
    draft = is_preview(request, session)
    changes.attach_recent_changes(edition, [session])
    change = changes.session_change(session) if session.starts_at and not draft else None
    # The abstract of a draft session is not public yet: the preview shows both.
    abstracts = session.abstracts.not_withdrawn() if draft else session.abstracts.published()
    participations = session.participations.published().with_speakers()
    talks = talks_of(session, draft=draft)
    has_event = session.starts_at and not session.is_break and not draft
    has_calendar = session.starts_at and not session.is_cancelled and not draft
    return render_page(
        request,
        edition,
        "sessions/detail.html",
        {
            "section": "programme",
            "card": cards.session_card(session, participations),
            "heading": session.title,
            "description": session.description,
            "crumbs": crumbs(session),
            "crumb": capfirst(weekday(session.day))
            if session.starts_at
            else session.get_kind_display(),
            "session": session,
            "change": change,
            "participations": participations,
            "jsonld": script(jsonld.event(session, participations, change, talks))
            if has_event
            else "",
            "abstracts": abstracts.with_details(),
            "resources": session.resources.published(),
            "calendars": calendar_links(session) if has_calendar else [],
            "talks": talk_rows(session, talks),
            **around(session),
            **seats(session),
            **near(session),
            "draft": draft,
        },
    )


def crumbs(session: Session) -> list[tuple[str, str]]:
    """Return the links above a session; above a talk, the session that holds it too."""
    found = [(_("Programme"), reverse("sessions:programme", args=[session.edition.slug]))]
    if session.parent:
        session.parent.edition = session.edition
        found.append((session.parent.title, session.parent.get_absolute_url()))
    return found


def talks_of(session: Session, *, draft: bool) -> list[Session]:
    """Return the talks of a session, in order, with what a list of them shows."""
    found = session.talks.all() if draft else session.talks.published()
    talks = list(found.for_programme())
    for talk in talks:
        talk.edition = session.edition
    attach_speakers(talks)
    changes.attach_recent_changes(session.edition, talks)
    return talks


def around(session: Session) -> dict[str, object]:
    """Return who leads the session that holds a talk, and the talks before and after it."""
    if not session.parent:
        return {}
    attach_speakers([session.parent])
    talks = list(session.parent.talks.published().for_programme())
    places = [place for place, talk in enumerate(talks) if talk.pk == session.pk]
    place = places[0] if places else len(talks)
    return {
        "leaders": leaders(session.parent),
        "previous_talk": talks[place - 1] if 0 < place < len(talks) else None,
        "next_talk": talks[place + 1] if place + 1 < len(talks) else None,
    }


def seats(session: Session) -> dict[str, int]:
    """Return the seats taken and left of a session with limited places, as of now."""
    if not session.is_bookable:
        return {}
    taken = session.bookings.occupying().count()
    return {"seats_taken": taken, "seats_left": max(0, session.places - taken)}


def near(session: Session) -> dict[str, object]:
    """Return the sessions in parallel, next in the room, and related; each once."""
    sessions = session.edition.sessions.published()
    parallel = list(sessions.beside(session)[: MAX_PARALLEL + 1])
    next_in_room = list(sessions.next_in_room(session)[:MAX_NEXT])
    shown = [other.pk for other in [*parallel, *next_in_room]]
    return {
        "parallel": parallel[:MAX_PARALLEL],
        "more_in_parallel": len(parallel) > MAX_PARALLEL,
        "next_in_room": next_in_room,
        "related": sessions.related_to(session).exclude(pk__in=shown)[:MAX_RELATED],
    }


@public_file
@by_slug(lambda edition: edition.sessions.published().with_relations())
def session_card(request: HttpRequest, edition: Edition, session: Session) -> HttpResponse:
    participations = session.participations.published().with_speakers()
    return cards.session_card(session, participations).response()


@require_safe
@never_cache
@login_required
def stream(request: HttpRequest, edition: str, slug: str) -> HttpResponse:
    """Redirect to the online stream, or raise PermissionDenied if the user may not watch it."""
    sessions = published_edition(edition).sessions.published()
    found = get_object_or_404(sessions.exclude(stream_url="").not_cancelled(), slug=slug)
    registrations = found.edition.registrations
    allowed = request.user.has_perm("symposium_sessions.watch_stream")
    if not allowed and not registrations.may_watch(request.user):
        raise PermissionDenied(_("Your account doesn’t include the live stream."))
    return redirect(found.stream_url)


@published_page(params={"display": ["door"]})
@require_safe
@by_slug(lambda edition: edition.rooms.published())
def room(request: HttpRequest, edition: Edition, room: Room) -> HttpResponse:
    if request.GET.get("display") == "door":
        return displays.room_display(request, room)
    sessions = load_sessions(edition, edition.sessions.published().scheduled().in_room(room))
    return render_page(
        request,
        edition,
        "sessions/room.html",
        {
            "section": "programme",
            "heading": room.name,
            "description": room.description,
            "card": cards.room_card(room),
            "crumbs": [(_("Programme"), reverse("sessions:programme", args=[edition.slug]))],
            "room": room,
            "number": sum(not (one.is_break or one.is_cancelled) for one in sessions),
            "days": timetables_by_day(sessions, edition.zone),
        },
    )


@public_file
@by_slug(lambda edition: edition.rooms.published())
def room_card(request: HttpRequest, edition: Edition, room: Room) -> HttpResponse:
    return cards.room_card(room).response()
