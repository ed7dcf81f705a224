"""A session as search engines and calendars read it in its page: https://schema.org/Event"""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from symposium.editions.jsonld import CONTEXT, address, known, where, words
from symposium.sessions.changes import Shift
from symposium.sessions.models import Participation, Session


def event(session: Session, people: Iterable[Participation], shift: Shift | None) -> dict:
    """A session with a time; `shift` is what has become of it since it was announced."""
    edition = session.edition
    return {"@type": "Event", "@id": address(session)} | known(
        name=words(session, "title"),
        description=words(session, "description"),
        url=address(session),
        startDate=session.starts_at.astimezone(edition.zone).isoformat(),
        endDate=session.ends_at.astimezone(edition.zone).isoformat(),
        **status(session, shift),
        eventAttendanceMode=f"{CONTEXT}/MixedEventAttendanceMode" if session.stream_url else "",
        location=locations(session),
        inLanguage=session.languages,
        performer=[
            {"@type": "Person"}
            | known(
                name=str(one.speaker),
                url=settings.SITE_URL
                + reverse("speakers:detail", args=[edition.slug, one.speaker.slug]),
                affiliation=words(one.speaker, "affiliation"),
            )
            for one in people
        ],
        superEvent={"@type": "Event", "@id": address(edition)}
        | known(
            name=words(edition, "name"),
            url=address(edition),
            startDate=edition.starts_on.isoformat(),
            endDate=edition.ends_on.isoformat(),
            location={"@type": "Place"} | where(edition),
        ),
    )


def status(session: Session, shift: Shift | None) -> dict:
    """Whether it is held, and at which hour it was to begin before it was moved."""
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
    """Its room within the venue; beside it its page, which leads to the stream."""
    venue = {"@type": "Place"} | where(session.edition)
    place = venue
    if session.room:
        place = {"@type": "Place"} | known(
            name=words(session.room, "name"),
            address=venue.get("address"),
            containedInPlace=venue,
        )
    online = {"@type": "VirtualLocation", "url": address(session)}
    return [place, online] if session.stream_url else place
