"""Cards of a session and of the programme, for shared links."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from symposium.core.i18n.localized import localized_text
from symposium.editions.cards import Card
from symposium.editions.models import Edition
from symposium.sessions.models import Participation, Session


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
