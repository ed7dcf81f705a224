"""Exports of other software as tables: the schedule and the speakers of pretalx, in JSON.

The CSV and XLSX exports of Indico, EasyChair and Sciencesconf are tables already: their headings
are among those of the columns.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from symposium.spreadsheets.tables import Table

MAX_EVENTS = 3000
SESSION_HEADINGS = [
    "Title", "Session type", "Date", "Start time", "Duration", "Room", "Track", "Speakers",
    "Language", "Description",
]  # fmt: skip
SPEAKER_HEADINGS = ["Full name", "Bio"]


def read_json(content: bytes) -> list[Table]:
    """Return the tables of a schedule (frab's format, which pretalx exports) or of speakers.

    Raise ValidationError with a sentence for another file.
    """
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise unknown_file() from error
    try:
        if isinstance(found, dict) and "schedule" in found:
            return schedule_tables(found["schedule"])
        rows = found.get("results") if isinstance(found, dict) else found
        return [speaker_table([(one["name"], one.get("biography")) for one in rows])]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise unknown_file() from error


def unknown_file() -> ValidationError:
    return ValidationError(
        _("This JSON file is neither a schedule nor a list of speakers of pretalx."), code="file"
    )


def schedule_tables(schedule: dict[str, Any]) -> list[Table]:
    events = list(events_of(schedule))[:MAX_EVENTS]
    rows = [SESSION_HEADINGS, *(session_row(room, event) for room, event in events)]
    people = {
        text(person.get("public_name") or person.get("name")): text(person.get("biography"))
        for _room, event in events
        for person in event.get("persons") or ()
    }
    return [Table("Sessions", rows), speaker_table(list(people.items()))]


def events_of(schedule: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for day in schedule["conference"]["days"]:
        for room, events in day["rooms"].items():
            for event in events:
                yield room, event


def session_row(room: str, event: dict[str, Any]) -> list[str]:
    people = (person.get("public_name") or person.get("name") for person in event["persons"])
    description = "\n\n".join(
        part for name in ("abstract", "description") if (part := text(event.get(name)))
    )
    return [
        text(event["title"]), text(event.get("type")), text(event["date"])[:10],
        text(event["start"]), text(event["duration"]), room, text(event.get("track")),
        "; ".join(map(text, people)), text(event.get("language"))[:2], description,
    ]  # fmt: skip


def speaker_table(people: list[tuple[Any, Any]]) -> Table:
    return Table("Speakers", [SPEAKER_HEADINGS, *([text(name), text(bio)] for name, bio in people)])


def text(value: Any) -> str:
    """Return a text, or that of the first language of a translated text; "" for None."""
    if isinstance(value, dict):
        value = next(iter(value.values()), "")
    return str(value or "")
