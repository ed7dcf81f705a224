"""JSON-LD of an edition for search engines: https://schema.org/Event"""

import json
from collections.abc import Iterable
from typing import Any, Protocol

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from symposium.core.i18n.localized import localized_text
from symposium.editions.models import Edition, Partner

CONTEXT = "https://schema.org"
# As in Django's json_script: no character of the data can end the element or open another.
ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}


def script(data: dict) -> SafeString:
    """Return the content of a `<script type="application/ld+json">`, which browsers do not run."""
    return mark_safe(  # noqa: S308 - characters that could end the element are escaped
        json.dumps({"@context": CONTEXT} | data, ensure_ascii=False).translate(ESCAPES)
    )


def drop_empty(**properties: object) -> dict:
    """Return the properties that have a value."""
    return {name: value for name, value in properties.items() if value}


class Addressed(Protocol):
    def get_absolute_url(self) -> str: ...


def page_url(thing: Addressed) -> str:
    return f"{settings.SITE_URL}{thing.get_absolute_url()}"


def localized_value(thing: object, field: str) -> str:
    return localized_text(thing, field)[0]


def event(
    edition: Edition, highlights: Iterable[Any], partners: Iterable[Partner], faces: Iterable[Any]
) -> dict:
    """Return the schema.org Event of an edition with its highlights, in the page's language.

    `faces` are the speakers shown on the page.
    """
    url = page_url(edition)
    place = {"@id": f"{url}#place"}
    return {"@type": "Event", "@id": url} | drop_empty(
        name=localized_value(edition, "name"),
        description=localized_value(edition, "description"),
        url=url,
        startDate=edition.starts_on.isoformat(),
        endDate=edition.ends_on.isoformat(),
        eventAttendanceMode=attendance(edition, highlights),
        location=locations(edition, highlights),
        offers=offer(edition),
        performer=[
            {"@type": "Person"} | drop_empty(name=str(speaker), url=page_url(speaker))
            for speaker in faces
        ],
        organizer=[
            {"@type": "Organization"}
            | drop_empty(name=localized_value(partner, "name"), url=partner.url)
            for partner in partners
            if partner.kind == Partner.Kind.ORGANISER
        ],
        subEvent=[
            {"@type": "Event"}
            | drop_empty(
                name=localized_value(session, "title"),
                url=page_url(session),
                startDate=session.starts_at.astimezone(edition.zone).isoformat(),
                endDate=session.ends_at.astimezone(edition.zone).isoformat(),
                location=place,
            )
            for session in highlights
        ],
    )


def locations(edition: Edition, highlights: Iterable[Any]) -> dict | list[dict]:
    """Return the place and, if a highlight is streamed, the page as a VirtualLocation."""
    url = page_url(edition)
    place = {"@type": "Place", "@id": f"{url}#place"} | attendance_place(edition)
    if not is_streamed(highlights):
        return place
    online = {"@type": "VirtualLocation", "url": url}
    return [place, online] if localized_value(edition, "venue") else online


def is_streamed(highlights: Iterable[Any]) -> bool:
    return any(session.stream_url for session in highlights)


def offer(edition: Edition) -> dict | None:
    """Return the Offer of registration (address, dates; no price is known), or None if closed."""
    opens, until = edition.registration_opens_at, edition.registration_ends_at
    if not opens or (until and until <= timezone.now()):
        return None
    return {"@type": "Offer"} | drop_empty(
        url=settings.SITE_URL + reverse("registrations:register", args=[edition.slug]),
        validFrom=opens.astimezone(edition.zone).isoformat(),
        validThrough=until and until.astimezone(edition.zone).isoformat(),
    )


def attendance_place(edition: Edition) -> dict:
    return drop_empty(
        name=localized_value(edition, "venue") or localized_value(edition, "city"),
        address={"@type": "PostalAddress"}
        | drop_empty(
            streetAddress=localized_value(edition, "address"),
            addressLocality=localized_value(edition, "city"),
            addressCountry=localized_value(edition, "country"),
        ),
    )


def attendance(edition: Edition, highlights: Iterable[Any]) -> str:
    """Return the attendance mode if a highlight is streamed, else "", as it is not known."""
    if not is_streamed(highlights):
        return ""
    mode = "Mixed" if localized_value(edition, "venue") else "Online"
    return f"{CONTEXT}/{mode}EventAttendanceMode"
