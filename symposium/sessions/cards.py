"""Cards of a session, a room and the programme, for shared links."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from symposium.core.i18n.localized import localized_text
from symposium.editions.cards import Card
from symposium.editions.models import Edition
from symposium.sessions.models import Participation, Room, Session


def session_card(session: Session, participations: Iterable[Participation]) -> Card:
    """Return the card of `session`; `participations` are the published ones, with speakers."""
    title, language = localized_text(session, "title")
    edition = session.edition
    return Card(
        edition=edition,
        name=f"card-session-{session.guid}",
        url=reverse("sessions:card", args=[edition.slug, session.slug]),
        title=title,
        language=language,
        kind=session.get_kind_display(),
        track=session.track,
        people=tuple(part.speaker.name for part in participations),
        note=session.effective_room.name if session.effective_room else "",
        session=session,
    )


def room_card(room: Room) -> Card:
    """Return the card of `room`, with its seats in the door."""
    title, language = localized_text(room, "name")
    number = room.capacity or 0
    seats = ngettext("%(number)s seat", "%(number)s seats", number) % {"number": number}
    return Card(
        edition=room.edition,
        name=f"card-room-{room.pk}",
        url=reverse("sessions:room_card", args=[room.edition.slug, room.slug]),
        title=title,
        language=language,
        kind=_("Room"),
        people=(room.description,) if room.description else (),
        note=" · ".join(filter(None, [room.floor, room.access])),
        words=seats if number else "",
    )


def programme_card(edition: Edition, sessions: int = 0) -> Card:
    """Return the card of the programme; it shows the number of `sessions`, unless it is 0."""
    number = ngettext("%(number)s session", "%(number)s sessions", sessions) % {"number": sessions}
    title, language = localized_text(edition, "theme" if edition.theme else "name")
    return Card(
        edition=edition,
        name=f"card-programme-{edition.pk}",
        url=reverse("sessions:programme_card", args=[edition.slug]),
        title=title,
        language=language,
        kind=_("Programme"),
        people=(number,) if sessions else (),
        note=" · ".join(filter(None, [edition.dates, edition.city])),
        is_row=True,
    )
