"""Linked data that search engines read in a page: https://schema.org/Event"""

import json
from collections.abc import Iterable
from typing import Any, Protocol

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from symposium.core.i18n.localized import text_and_language
from symposium.editions.models import Edition, Partner

CONTEXT = "https://schema.org"
# As Django's json_script: nothing in the data ends the element or starts another.
ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}


def script(data: dict) -> SafeString:
    """The text of a `<script type="application/ld+json">`, which no browser runs."""
    return mark_safe(  # noqa: S308 - what could end the element is escaped
        json.dumps({"@context": CONTEXT} | data, ensure_ascii=False).translate(ESCAPES)
    )


def known(**properties: object) -> dict:
    """Only what has a value: nothing is said that is not known."""
    return {name: value for name, value in properties.items() if value}


class Addressed(Protocol):
    def get_absolute_url(self) -> str: ...


def address(thing: Addressed) -> str:
    return f"{settings.SITE_URL}{thing.get_absolute_url()}"


def words(thing: object, field: str) -> str:
    return text_and_language(thing, field)[0]


def event(
    edition: Edition, highlights: Iterable[Any], partners: Iterable[Partner], faces: Iterable[Any]
) -> dict:
    """The edition with the main moments of its programme, in the language of the page.

    `faces` are the speakers that the page shows.
    """
    url = address(edition)
    place = {"@id": f"{url}#place"}
    return {"@type": "Event", "@id": url} | known(
        name=words(edition, "name"),
        description=words(edition, "description"),
        url=url,
        startDate=edition.starts_on.isoformat(),
        endDate=edition.ends_on.isoformat(),
        eventAttendanceMode=attendance(edition, highlights),
        location=locations(edition, highlights),
        offers=offer(edition),
        performer=[
            {"@type": "Person"} | known(name=str(speaker), url=address(speaker))
            for speaker in faces
        ],
        organizer=[
            {"@type": "Organization"} | known(name=words(partner, "name"), url=partner.url)
            for partner in partners
            if partner.kind == Partner.Kind.ORGANISER
        ],
        subEvent=[
            {"@type": "Event"}
            | known(
                name=words(session, "title"),
                url=address(session),
                startDate=session.starts_at.astimezone(edition.zone).isoformat(),
                endDate=session.ends_at.astimezone(edition.zone).isoformat(),
                location=place,
            )
            for session in highlights
        ],
    )


def locations(edition: Edition, highlights: Iterable[Any]) -> dict | list[dict]:
    """The place; beside it the page itself, where streams are reached, if a moment has one."""
    url = address(edition)
    place = {"@type": "Place", "@id": f"{url}#place"} | where(edition)
    if not is_streamed(highlights):
        return place
    online = {"@type": "VirtualLocation", "url": url}
    return [place, online] if words(edition, "venue") else online


def is_streamed(highlights: Iterable[Any]) -> bool:
    return any(session.stream_url for session in highlights)


def offer(edition: Edition) -> dict | None:
    """Where and when one registers, until it closes. Prices are not known here, nor said."""
    opens, until = edition.registration_opens_at, edition.registration_ends_at
    if not opens or (until and until <= timezone.now()):
        return None
    return {"@type": "Offer"} | known(
        url=settings.SITE_URL + reverse("registrations:register", args=[edition.slug]),
        validFrom=opens.astimezone(edition.zone).isoformat(),
        validThrough=until and until.astimezone(edition.zone).isoformat(),
    )


def where(edition: Edition) -> dict:
    return known(
        name=words(edition, "venue") or words(edition, "city"),
        address={"@type": "PostalAddress"}
        | known(
            streetAddress=words(edition, "address"),
            addressLocality=words(edition, "city"),
            addressCountry=words(edition, "country"),
        ),
    )


def attendance(edition: Edition, highlights: Iterable[Any]) -> str:
    """Mixed or online if a main moment is streamed; else not known, and left out."""
    if not is_streamed(highlights):
        return ""
    mode = "Mixed" if words(edition, "venue") else "Online"
    return f"{CONTEXT}/{mode}EventAttendanceMode"
