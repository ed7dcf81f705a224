"""Sessions as iCalendar: RFC 5545, with NAME and REFRESH-INTERVAL of RFC 7986.

Texts are in the active language; the summary says which language it is in.
"""

import datetime
import zoneinfo
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vDuration,
    vText,
)

from symposium.core.i18n.localized import localized_text
from symposium.core.i18n.typography import strip_controls
from symposium.editions.models import Edition
from symposium.sessions.models import Participation, Session

REFRESH = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


def calendar(edition: Edition, sessions: Iterable[Session], name: str) -> bytes:
    """Return `sessions`, read by `exports.sessions_with_details`, as iCalendar named `name`."""
    return editions_calendar([(edition, sessions)], name)


def editions_calendar(parts: Sequence[tuple[Edition, Iterable[Session]]], name: str) -> bytes:
    """Return the sessions of several editions as one iCalendar file."""
    host, language = urlsplit(settings.SITE_URL).hostname, get_language().upper()
    result = Calendar()
    result.add("prodid", f"-//{host}//Symposium portal//{language}")
    result.add("version", "2.0")
    result.add("method", "PUBLISH")
    result.add("name", vText(strip_controls(name)))
    result.add("x-wr-calname", vText(strip_controls(name)))
    result.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    result.add("x-published-ttl", vDuration(REFRESH).to_ical().decode())
    for zone in time_zones([edition for edition, _sessions in parts]):
        result.add_component(zone)
    for edition, sessions in parts:
        for session in sessions:
            result.add_component(event(edition, session))
    return result.to_ical()


def time_zones(editions: Iterable[Edition]) -> list[Timezone]:
    """Return the time zones of `editions`, each once, for the years in which it is needed."""
    years: dict[str, list[int]] = {}
    for edition in editions:
        found = years.setdefault(edition.time_zone, [])
        found += [edition.starts_on.year, edition.ends_on.year]
    return [time_zone(name, min(found), max(found)) for name, found in years.items()]


def event(edition: Edition, session: Session) -> Event:
    result = Event()
    result.add("uid", f"{session.guid}@{urlsplit(settings.SITE_URL).hostname}")
    result.add("sequence", session.sequence)
    result.add("dtstamp", session.updated_at)
    result.add("last-modified", session.updated_at)
    result.add("dtstart", session.starts_at.astimezone(edition.zone))
    result.add("dtend", session.ends_at.astimezone(edition.zone))
    result.add("status", "CANCELLED" if session.is_cancelled else "CONFIRMED")
    title, language = localized_text(session, "title")
    result.add("summary", strip_controls(title), parameters={"LANGUAGE": language})
    if session.is_break:
        result.add("transp", "TRANSPARENT")  # nobody is busy at a coffee break
    if words := description(session):
        result.add("description", words)
    result.add("location", location(edition, session))
    if names := categories(session):
        result.add("categories", names)
    result.add("url", f"{settings.SITE_URL}{session.get_absolute_url()}")
    return result


def description(session: Session) -> str:
    """Return the session that holds it, its text, its participants and talks, one per line."""
    whole = session.parent.title if session.parent else ""
    people = "\n".join(map(participant_line, session.participations.all()))
    talks = "\n".join(map(talk_line, getattr(session, "talks_inside", ())))
    parts = [whole, session.description, people, talks]
    return strip_controls("\n\n".join(filter(None, parts)))


def talk_line(talk: Session) -> str:
    """Return the start, title and speakers of a talk, and whether it is cancelled."""
    at = talk.starts_at and f"{talk.starts_at.astimezone(talk.edition.zone):%H:%M}"
    people = _(", ").join(part.speaker.name for part in talk.participations.all())
    title = f"{at} {talk.title}" if at else talk.title
    status = talk.status_label if talk.is_cancelled else ""
    return " · ".join(filter(None, [title, people, status]))


def participant_line(participation: Participation) -> str:
    speaker = participation.speaker
    words = _(", ").join(filter(None, [speaker.name, speaker.affiliation]))
    if participation.is_plain_speaker:
        return words
    return f"{words} ({participation.get_role_display()})"


def location(edition: Edition, session: Session) -> str:
    room = session.effective_room.name if session.effective_room else None
    return strip_controls(_(", ").join(filter(None, [room, edition.venue or edition.city])))


def categories(session: Session) -> list[str]:
    """Return the track, then the keywords of the abstracts, each once."""
    names = [session.track.name] if session.track else []
    for abstract in session.abstracts.all():
        names += [use.keyword.name for use in abstract.ordered_keywords.all()]
    return [strip_controls(name) for name in dict.fromkeys(names)]


@lru_cache(maxsize=64)
def time_zone(name: str, first_year: int, last_year: int) -> Timezone:
    """Return the VTIMEZONE of a zone, with its changes of offset, for whole years.

    icalendar 7.3 is not used for this: at a change it writes the new local time, but RFC 5545 asks
    for the local time before the change. The smaller offset is called standard, as programs expect;
    for Ramadan, the law of Morocco says the opposite.
    """
    zone = zoneinfo.ZoneInfo(name)
    start = datetime.datetime(first_year, 1, 1, tzinfo=datetime.UTC) - DAY
    end = datetime.datetime(last_year + 1, 1, 1, tzinfo=datetime.UTC) + DAY
    onsets = [at.astimezone(zone) for at in [start, *offset_changes(zone, start, end)]]
    least = before = min(onset.utcoffset() for onset in onsets)
    result = Timezone()
    result.add("tzid", name)
    for onset in onsets:
        after = onset.utcoffset()
        part = TimezoneDaylight() if after > least else TimezoneStandard()
        part.add("dtstart", onset.replace(tzinfo=None) - after + before)
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("tzname", onset.tzname())
        result.add_component(part)
        before = after
    return result


def offset_changes(
    zone: zoneinfo.ZoneInfo, start: datetime.datetime, end: datetime.datetime
) -> list[datetime.datetime]:
    """Return the instants between `start` and `end`, to the minute, when the offset changes."""
    days = [start + n * DAY for n in range((end - start).days)]
    return [
        day + datetime.timedelta(minutes=first_change(zone, day))
        for day in days
        if day.astimezone(zone).utcoffset() != (day + DAY).astimezone(zone).utcoffset()
    ]


def first_change(zone: zoneinfo.ZoneInfo, start: datetime.datetime) -> int:
    """Return the minutes from `start`, within 24 hours, until the offset of `zone` changes."""

    def differs(minutes: int) -> bool:
        at = start + datetime.timedelta(minutes=minutes)
        return at.astimezone(zone).utcoffset() != start.astimezone(zone).utcoffset()

    return bisect_left(range(24 * 60), True, key=differs)
