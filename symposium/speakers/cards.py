"""Card of a speaker, for shared links."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from symposium.core.i18n import dates
from symposium.core.i18n.localized import localized_text
from symposium.editions.cards import Card
from symposium.speakers.models import Speaker


def speaker_card(speaker: Speaker, sessions: Iterable[Any]) -> Card:
    """Return the card of `speaker`, with the first of their public `sessions` that is held."""
    edition = speaker.edition
    first = next((one for one in sessions if one.starts_at and not one.is_cancelled), None)
    name, language = localized_text(speaker, "name")
    return Card(
        edition=edition,
        name=f"card-speaker-{speaker.guid}",
        url=reverse("speakers:card", args=[edition.slug, speaker.slug]),
        title=name,
        language=language,
        track=first.track if first else None,
        people=tuple(filter(None, [speaker.position, speaker.affiliation])),
        note=session_line(first) if first else "",
        letters=speaker.initials,
    )


def session_line(session: Any) -> str:
    """Return kind, day and start of `session`: “Workshop, Wednesday 9 June, 11:45”."""
    starts_at = session.starts_at.astimezone(session.edition.zone)
    parts = [session.get_kind_display(), dates.weekday(starts_at.date()), f"{starts_at:%H:%M}"]
    return _(", ").join(parts)
