"""Pages for unattended screens: one outside a room, one in the lobby.

Each page holds more sessions than the current ones, so that the screen continues by its own clock
while the network is down.
"""

import datetime

from django.http import HttpRequest, HttpResponse

from symposium.editions.models import Edition
from symposium.editions.rendering import render_page
from symposium.sessions.forms import ALL_DAYS, ProgrammeFilter
from symposium.sessions.models import Room
from symposium.sessions.timetable import load_sessions


def room_display(request: HttpRequest, room: Room) -> HttpResponse:
    """Render the current and the next sessions of a room, over all its days."""
    sessions = load_sessions(
        room.edition, room.edition.sessions.published().scheduled().in_room(room)
    )
    context = {"room": room, "heading": room.name, "sessions": sessions}
    return render_page(request, room.edition, "sessions/display_room.html", context)


def lobby_display(request: HttpRequest, edition: Edition, form: ProgrammeFilter) -> HttpResponse:
    """Render all rooms: today and the next day, or only the day in the URL."""
    first, last = displayed_days(edition, form.cleaned_data["day"])
    begins, ends = form.bounds(first)[0], form.bounds(last)[1]
    sessions = form.filter(edition.sessions.published(), without="day").filter(starts_at__lte=ends)
    # A session of the evening before may run past midnight. It is not part of a requested day.
    since = {"starts_at__gte": begins} if first == last else {"ends_at__gt": begins}
    sessions = sessions.filter(**since)
    context = {
        "heading": edition.name,
        "tracks": form.tracks,
        "sessions": load_sessions(edition, edition.sessions.published().with_whole(sessions)),
    }
    return render_page(request, edition, "sessions/display_lobby.html", context)


def displayed_days(edition: Edition, asked: str) -> tuple[datetime.date, datetime.date]:
    """Return the first and the last day: by default two days, since no one reloads at midnight."""
    if asked and asked != ALL_DAYS:
        day = datetime.date.fromisoformat(asked)
        return day, day
    day = min(max(edition.today(), edition.starts_on), edition.ends_on)
    return day, day + datetime.timedelta(days=1)
