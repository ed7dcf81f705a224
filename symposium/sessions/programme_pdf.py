"""The programme as PDF/UA-1 and PDF/A-2a: each day is a grid of rooms, or a list.

A day is a list if it has too many rooms or times for a readable grid, and always in large print.
"""

import datetime
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from symposium.core.documents import qr
from symposium.core.documents.file_cache import get_or_render
from symposium.core.i18n import dates
from symposium.core.i18n.localized import localized_text
from symposium.core.i18n.typography import french_spaces
from symposium.editions.models import Edition
from symposium.sessions.models import Participation, Session, Track
from symposium.sessions.timetable import Card, Column, Timetable, timetables_by_day

TEMPLATE = "typst/programme.typ"
MAX_COLUMNS, MAX_PARTS, MAX_ROWS = 6, 3, 48  # above these, a day is a list


def render_programme_pdf(
    edition: Edition, sessions: Iterable[Session], language: str, *, large: bool
) -> bytes:
    """Return the programme of `edition` as PDF; it is rendered and dated when its data change."""
    now = timezone.now()
    with timezone.override(edition.zone):
        data = programme_data(edition, list(sessions), large=large)
        stamp = {"created": now, "made": _("As of %(moment)s") % {"moment": dates.moment(now)}}
    name = f"programme-{edition.pk}{'-large' if large else ''}"
    return get_or_render(name, TEMPLATE, data, language, stamp)


def programme_data(edition: Edition, sessions: list[Session], *, large: bool = False) -> dict:
    """Return the data of typst/programme.typ, without its date; times are in the active zone.

    `sessions` are in the order of `for_programme`.
    """
    scheduled = [session for session in sessions if session.starts_at]
    url = settings.SITE_URL + reverse("sessions:programme", args=[edition.slug])
    tracks = {session.track for session in sessions if session.track}
    return {
        "title": f"{_('Programme')} · {edition.name} {edition.slug}",
        "words": pdf_labels(),
        "edition": {
            "name": f"{edition.name} {edition.slug}",
            "dates": edition.dates,
            **edition.printed_looks,
            "place": _(", ").join(filter(None, [edition.venue, edition.city])),
        },
        "url": url,
        "qr": qr.drawing(url),
        "large": large,
        "tracks": [track_entry(track) for track in sorted(tracks, key=track_order)],
        "days": [day_entry(day, large) for day in timetables_by_day(scheduled, edition.zone)],
        "unscheduled": [session_entry(session) for session in sessions if not session.starts_at],
    }


def pdf_labels() -> dict[str, str]:
    return {
        "programme": _("Programme"),
        "tracks": _("Tracks"),
        "live": _("Latest version of the programme:"),
        "qr_alt": _("QR code of the programme’s page"),
        "cancelled": _("Cancelled"),
        "time": _("Time"),
        "session": _("Session"),
        "elsewhere": _("Other locations"),
        "unscheduled": _("Not scheduled yet"),
    }


def day_entry(day: Timetable, large: bool) -> dict:
    heading = f"{dates.weekday(day.day)} {day.day.year}"
    heading = heading[:1].upper() + heading[1:]
    if large or is_crowded(day):
        return {"heading": heading, "parts": [], "groups": groups(day)}
    parts = [table_entry(day, columns) for columns in split(day.columns)]
    return {"heading": heading, "parts": parts, "groups": []}


def is_crowded(day: Timetable) -> bool:
    rows = max(card.row + card.rows for group in day.groups for card in group.cards)
    widest = max((column.lanes for column in day.columns), default=1)
    return day.width > MAX_COLUMNS * MAX_PARTS or widest > MAX_COLUMNS or rows > MAX_ROWS


def groups(day: Timetable) -> list[dict]:
    """Return the sessions of a list, grouped by start time."""
    return [
        {
            "time": clock(group.starts_at),
            "sessions": [session_entry(card.session) for card in group.cards],
        }
        for group in day.groups
    ]


def split(columns: list[Column]) -> list[list[Column]]:
    """Return the columns of each page: pages have similar widths, and no room is on two pages."""
    width = sum(column.lanes for column in columns)
    pages = -(-width // MAX_COLUMNS) or 1
    wanted = -(-width // pages)
    parts: list[list[Column]] = [[]]
    for column in columns:
        if parts[-1] and sum(c.lanes for c in parts[-1]) + column.lanes > wanted:
            parts.append([])
        parts[-1].append(column)
    return parts


def table_entry(day: Timetable, columns: list[Column]) -> dict:
    """Return some rooms of a day as a table; its rows are the start and end times in these rooms.

    `cuts` are the rows before which a page may break.
    """
    places = [place for c in columns for place in range(c.first, c.first + c.lanes)] or [1]
    cards = [
        card
        for group in day.groups
        for card in group.cards
        if card.column is None or card.column in places
    ]
    times = sorted({at for card in cards for at in (card.session.starts_at, card.session.ends_at)})
    rows = {at: row for row, at in enumerate(times)}
    entries = [card_entry(card, places, rows) for card in cards]
    return {
        "columns": [column_entry(column) for column in columns],
        "rows": [clock(at) for at in times[:-1]],
        "cards": entries,
        "cuts": [row for row in range(len(times)) if not any(crosses(e, row) for e in entries)],
    }


def crosses(entry: dict, row: int) -> bool:
    """Return whether a page break before `row` would cut the cell of the session."""
    return entry["y"] < row < entry["y"] + entry["height"]


def column_entry(column: Column) -> dict:
    name, language = localized_text(column.room, "name") if column.room else ("", "")
    return {"name": name, "lang": language, "width": column.lanes}


def card_entry(card: Card, places: list[int], rows: dict) -> dict:
    """Return a session and its cell; `x` and `y` count from 0, without the column of times."""
    row = rows[card.session.starts_at]
    return session_entry(card.session) | {
        "x": 0 if card.is_plenary else places.index(card.column),
        "y": row,
        "width": len(places) if card.is_plenary else 1,
        "height": rows[card.session.ends_at] - row,
        "for_all": card.is_plenary,
    }


def session_entry(session: Session) -> dict:
    """Return a session as all layouts show it."""
    title, language = localized_text(session, "title")
    room, room_language = (
        localized_text(session.effective_room, "name") if session.effective_room else ("", "")
    )
    is_named = session.own_kind_id or session.kind not in (Session.Kind.TALK, Session.Kind.BREAK)
    return {
        "title": french_spaces(title) if language == "fr" else title,
        "lang": language,
        "kind": session.get_kind_display() if is_named else "",
        "times": session_times(session),
        "room": room,
        "room_lang": room_language,
        "people": [person_entry(part) for part in session.participations.all()],
        "track": track_entry(session.track) if session.track else None,
        "is_break": session.is_break,
        "is_cancelled": session.is_cancelled,
        "url": settings.SITE_URL + session.get_absolute_url(),
        "talks": [talk_entry(talk) for talk in session.listed_talks],
    }


def talk_entry(talk: Session) -> dict:
    """Return a talk as its session shows it; of its times the start, and no room."""
    title, language = localized_text(talk, "title")
    return {
        "title": french_spaces(title) if language == "fr" else title,
        "lang": language,
        "times": clock(talk.starts_at) if talk.starts_at else "",
        "people": [person_entry(part) for part in talk.participations.all()],
        "is_cancelled": talk.is_cancelled,
        "url": settings.SITE_URL + talk.get_absolute_url(),
    }


def person_entry(participation: Participation) -> dict[str, str]:
    role = "" if participation.is_plain_speaker else participation.get_role_display()
    return {"name": participation.speaker.name, "role": role}


def track_entry(track: Track) -> dict[str, str]:
    name, language = localized_text(track, "name")
    return {"name": name, "lang": language, "mark": track.mark}


def session_times(session: Session) -> str:
    return f"{clock(session.starts_at)}–{clock(session.ends_at)}" if session.starts_at else ""


def clock(at: datetime.datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def track_order(track: Track) -> tuple[int, int]:
    return track.order, track.pk
