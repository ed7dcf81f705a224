"""JSON-LD of a session, for search engines and calendars: https://schema.org/Event"""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from symposium.editions.jsonld import (
    CONTEXT,
    attendance_place,
    drop_empty,
    localized_value,
    page_url,
)
from symposium.editions.models import Edition
from symposium.sessions.changes import SessionChange
from symposium.sessions.models import Participation, Session


def event(
    session: Session,
    people: Iterable[Participation],
    shift: SessionChange | None,
    talks: Iterable[Session] = (),
) -> dict:
    """Return a scheduled session; `shift` is its change since the programme was announced.

    The super-event of a talk is its session, whose sub-events are its `talks`.
    """
    edition = session.edition
    return {"@type": "Event", "@id": page_url(session)} | drop_empty(
        name=localized_value(session, "title"),
        description=localized_value(session, "description"),
        url=page_url(session),
        startDate=session.starts_at.astimezone(edition.zone).isoformat(),
        endDate=session.ends_at.astimezone(edition.zone).isoformat(),
        **status(session, shift),
        eventAttendanceMode=f"{CONTEXT}/MixedEventAttendanceMode" if session.stream_url else "",
        location=locations(session),
        inLanguage=session.languages,
        performer=[
            {"@type": "Person"}
            | drop_empty(
                name=str(one.speaker),
                url=settings.SITE_URL
                + reverse("speakers:detail", args=[edition.slug, one.speaker.slug]),
                affiliation=localized_value(one.speaker, "affiliation"),
            )
            for one in people
        ],
        subEvent=[short_event(talk) for talk in talks if talk.starts_at],
        superEvent=short_event(session.parent) if session.parent else edition_event(edition),
    )


def edition_event(edition: Edition) -> dict:
    """Return the edition as the super-event of a session."""
    return {"@type": "Event", "@id": page_url(edition)} | drop_empty(
        name=localized_value(edition, "name"),
        url=page_url(edition),
        startDate=edition.starts_on.isoformat(),
        endDate=edition.ends_on.isoformat(),
        location={"@type": "Place"} | attendance_place(edition),
    )


def short_event(session: Session) -> dict:
    """Return a session as the super-event or the sub-event of another."""
    zone = session.edition.zone
    return {"@type": "Event", "@id": page_url(session)} | drop_empty(
        name=localized_value(session, "title"),
        url=page_url(session),
        startDate=session.starts_at.astimezone(zone).isoformat(),
        endDate=session.ends_at.astimezone(zone).isoformat(),
        **status(session, None),
        location=locations(session),
    )


def status(session: Session, shift: SessionChange | None) -> dict:
    """Return `eventStatus` and, if the time has changed, `previousStartDate`."""
    if session.is_cancelled:
        return {"eventStatus": f"{CONTEXT}/EventCancelled"}
    before = shift.first.old_starts_at if shift else None
    if before is None or before == session.starts_at:
        return {"eventStatus": f"{CONTEXT}/EventScheduled"}
    return {
        "eventStatus": f"{CONTEXT}/EventRescheduled",
        "previousStartDate": before.astimezone(session.edition.zone).isoformat(),
    }


def locations(session: Session) -> dict | list[dict]:
    """Return the room within the venue and, for a stream, the page that links to it."""
    venue = {"@type": "Place"} | attendance_place(session.edition)
    place = venue
    if session.effective_room:
        place = {"@type": "Place"} | drop_empty(
            name=localized_value(session.effective_room, "name"),
            address=venue.get("address"),
            containedInPlace=venue,
        )
    online = {"@type": "VirtualLocation", "url": page_url(session)}
    return [place, online] if session.stream_url else place
