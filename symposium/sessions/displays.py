"""Pages for a screen that nobody touches: beside the door of a room, and in the lobby.

Each holds more than is on, so that the screen goes on by its own clock while the network is away.
"""

import datetime

from django.http import HttpRequest, HttpResponse

from symposium.editions.models import Edition
from symposium.editions.rendering import render_page
from symposium.sessions.forms import ALL_DAYS, ProgrammeFilter
from symposium.sessions.models import Room
from symposium.sessions.timetable import load_sessions


def room_display(request: HttpRequest, room: Room) -> HttpResponse:
    """What is on in a room and what comes next, over all its days."""
    sessions = load_sessions(room.edition, room.sessions.published().scheduled())
    context = {"room": room, "heading": room.name, "sessions": sessions}
    return render_page(request, room.edition, "sessions/display_room.html", context)


def lobby_display(request: HttpRequest, edition: Edition, form: ProgrammeFilter) -> HttpResponse:
    """All rooms: a day and the one after it, or the day that the address names."""
    first, last = displayed_days(edition, form.cleaned_data["day"])
    begins, ends = form.bounds(first)[0], form.bounds(last)[1]
    sessions = form.filter(edition.sessions.published(), without="day").filter(starts_at__lte=ends)
    # What began the evening before is on after midnight; it is no part of a day that was asked for.
    since = {"starts_at__gte": begins} if first == last else {"ends_at__gt": begins}
    sessions = sessions.filter(**since)
    context = {"heading": edition.name, "sessions": load_sessions(edition, sessions)}
    return render_page(request, edition, "sessions/display_lobby.html", context)


def displayed_days(edition: Edition, asked: str) -> tuple[datetime.date, datetime.date]:
    """From which day to which: two of them, since nobody is there to turn the page at midnight."""
    if asked and asked != ALL_DAYS:
        day = datetime.date.fromisoformat(asked)
        return day, day
    day = min(max(edition.today(), edition.starts_on), edition.ends_on)
    return day, day + datetime.timedelta(days=1)
