"""The programme as a c3voc schedule, for conference apps: https://c3voc.de/wiki/schedule

Texts are in the active language. `schedule_xml` writes the same data as XML.
"""

import datetime
import json
import re
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.text import slugify

from symposium.core.i18n.localized import LANGUAGES, localized_text
from symposium.core.i18n.typography import strip_controls
from symposium.editions.models import Edition
from symposium.sessions.models import Resource, Room, Session, Track
from symposium.sessions.speaker_names import Person, attach_speakers

MAX_DURATION = datetime.timedelta(hours=99, minutes=59)  # longest in the XML
LINK_TYPES = {"slides": "slides", "paper": "paper", "recording": "media", "link": "web"}


def as_json(data: dict) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def schedule(edition: Edition, sessions: Iterable[Session]) -> dict:
    """Return the `sessions` of `edition`, from `exports.scheduled_sessions`, as a schedule.

    The format has no status: the subtitle of a cancelled session says so. A session without a room
    is at the venue. The GUID of a room comes from its primary key, its only permanent property.
    The format has no events in events: a session with scheduled talks stands as its talks, whose
    subtitle names it.
    """
    sessions = without_wholes(sessions)
    attach_speakers(sessions)
    changes = [edition.updated_at, *(session.updated_at for session in sessions)]
    return {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": {"name": "Symposium portal", "url": resource_url("/")},
        "schedule": {
            "version": max(changes).astimezone(edition.zone).strftime("%Y-%m-%d %H:%M:%S"),
            "base_url": resource_url("/"),
            "conference": conference(edition, sessions),
        },
    }


def without_wholes(sessions: Iterable[Session]) -> list[Session]:
    """Return `sessions` without those that hold others of them."""
    found = list(sessions)
    wholes = {session.parent_id for session in found}
    return [session for session in found if session.pk not in wholes]


def conference(edition: Edition, sessions: list[Session]) -> dict:
    tracks = {session.track for session in sessions if session.track}
    rooms = {session.effective_room for session in sessions if session.effective_room}
    zone = edition.time_zone
    return {
        "acronym": acronym(edition),
        "title": strip_controls(edition.name),
        "description": strip_controls(edition.description),
        "start": edition.starts_on.isoformat(),
        "end": edition.ends_on.isoformat(),
        "daysCount": len(edition.days),
        "timeslot_duration": "00:05",
        # The schema does not accept all zones: not Etc/GMT+1, for example.
        **({"time_zone_name": zone} if re.search(r"^[A-Z][a-z]+/[A-Z][a-z]+|UTC$", zone) else {}),
        "url": resource_url(reverse("sessions:programme", args=[edition.slug])),
        "tracks": [track_entry(track) for track in sorted(tracks, key=order_key)],
        "rooms": [room_entry(edition, room) for room in sorted(rooms, key=order_key)],
        "days": days(edition, sessions),
    }


def order_key(thing: Room | Track) -> tuple[int, int]:
    return thing.order, thing.pk


def acronym(edition: Edition) -> str:
    return f"symposium_{slugify(edition.slug)}".replace("-", "_")


@lru_cache(maxsize=4096)
def slug_word(*parts: str) -> str:
    """Return a slug for both schemas: it starts with a letter and ends with a letter or digit."""
    return slugify(" ".join(parts)).replace("_", "-")


def resource_url(address: str) -> str:
    return iri_to_uri(urljoin(f"{settings.SITE_URL}/", address))


def track_entry(track: Track) -> dict:
    return {"name": strip_controls(track.name), "slug": slug_word("track", track.slug)}


def room_entry(edition: Edition, room: Room) -> dict:
    url = resource_url(reverse("sessions:room", args=[edition.slug, room.slug]))
    return {
        "name": strip_controls(room.name),
        "slug": slug_word("room", room.slug),
        "guid": str(uuid.uuid5(uuid.NAMESPACE_URL, resource_url(f"/rooms/{room.pk}"))),
        "description": strip_controls(room.description),
        "capacity": room.capacity,
        "url": url,
    }


def days(edition: Edition, sessions: list[Session]) -> list[dict]:
    """Return every day of the edition, with the sessions that start on it, by room."""
    zone = edition.zone
    told = ExportLookups.about(edition)
    result = []
    for index, date in enumerate(edition.days, start=1):
        start, end = (
            datetime.datetime.combine(day, datetime.time(), zone)
            for day in (date, date + datetime.timedelta(days=1))
        )
        found = [s for s in sessions if s.starts_at.astimezone(zone).date() == date]
        result.append(
            {
                "index": index,
                "date": date.isoformat(),
                "day_start": start.isoformat(),
                "day_end": end.isoformat(),
                "rooms": by_room(edition, found, told),
            }
        )
    return result


def by_room(
    edition: Edition, sessions: list[Session], told: "ExportLookups"
) -> dict[str, list[dict]]:
    rooms: dict[str, list[dict]] = {}
    for session in sorted(sessions, key=room_order):
        entry = event(edition, session, told)
        rooms.setdefault(entry["room"], []).append(entry)
    return rooms


def room_order(session: Session) -> tuple:
    room = session.effective_room
    return (room is None, *(order_key(room) if room else ()))


@dataclass
class ExportLookups:
    """Data read once for all sessions: abstracts and resources by session, and base URLs."""

    abstracts: dict[int, list[str]]
    resources: dict[int, list[Resource]]
    programme: str
    speakers: str

    @classmethod
    def about(cls, edition: Edition) -> "ExportLookups":
        told = cls(
            defaultdict(list),
            defaultdict(list),
            resource_url(reverse("sessions:programme", args=[edition.slug])),
            resource_url(reverse("speakers:list", args=[edition.slug])),
        )
        texts = [f"text_{language}" for language in LANGUAGES]
        abstracts = edition.abstracts.published().exclude(session=None).order_by("pk")
        for number, *row in abstracts.values_list("session_id", *texts):
            thing = SimpleNamespace(**dict(zip(texts, row, strict=True)))
            told.abstracts[number].append(localized_text(thing, "text")[0])
        for resource in Resource.objects.published().filter(session__edition=edition):
            told.resources[resource.session_id].append(resource)
        return told


def event(edition: Edition, session: Session, told: ExportLookups) -> dict:
    start, end = (at.astimezone(edition.zone) for at in (session.starts_at, session.ends_at))
    place = session.effective_room.name if session.effective_room else edition.venue or edition.city
    return {
        "guid": str(session.guid),
        "id": session.pk,
        "date": start.isoformat(timespec="seconds"),
        "start": start.strftime("%H:%M"),
        "end": end.isoformat(timespec="seconds"),
        "duration": duration(session.ends_at - session.starts_at),
        "room": strip_controls(place),
        "slug": f"{acronym(edition)}-{slug_word(f'session{session.pk}', session.slug)}",
        "url": f"{told.programme}{session.slug}/",
        "title": strip_controls(session.title),
        "subtitle": strip_controls(subtitle(session)),
        "track": strip_controls(session.track.name) if session.track else None,
        "type": strip_controls(session.own_kind.name) if session.own_kind else session.kind,
        "language": ",".join(session.languages) or None,
        "abstract": strip_controls("\n\n".join(told.abstracts[session.pk])),
        "description": strip_controls(session.description),
        "persons": [person_entry(one, told) for one in session.people],
        "links": [link_entry(resource) for resource in told.resources[session.pk]],
    }


def subtitle(session: Session) -> str:
    """Return that a session is cancelled, and which session holds a talk."""
    status = session.status_label if session.is_cancelled else ""
    whole = session.parent.title if session.parent else ""
    return " · ".join(filter(None, [status, whole]))


def duration(length: datetime.timedelta) -> str:
    """Return hours and minutes, as in 01:30; at most `MAX_DURATION`."""
    hours, minutes = divmod(min(length, MAX_DURATION) // datetime.timedelta(minutes=1), 60)
    return f"{hours:02}:{minutes:02}"


def person_entry(speaker: Person, told: ExportLookups) -> dict:
    return {
        "guid": str(speaker.guid),
        "name": strip_controls(speaker.name),
        "url": f"{told.speakers}{speaker.slug}/",
    }


def link_entry(resource: Resource) -> dict:
    return {
        "type": LINK_TYPES[resource.kind],
        "url": resource_url(resource.href),
        "title": strip_controls(str(resource)),
    }
