"""Cards: the pictures that other sites show for our links (Open Graph, https://ogp.me/).

Each kind of page makes a `Card` of its object; typst/card.typ draws it.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from symposium.core.documents.file_cache import PNG, get_or_render
from symposium.core.i18n import dates
from symposium.core.i18n.localized import localized_text
from symposium.core.i18n.typography import french_spaces
from symposium.editions.models import Edition

TEMPLATE = "typst/card.typ"


@dataclass(frozen=True)
class Card:
    """Card of a page in the reader's language.

    `name` is the key of the cached file; `url` is the path of the picture. The door of the arch
    shows the start of `session`, or else `words` or `letters`; the tile is that of `track`.
    `summary` replaces the facts in the description of the link.
    """

    edition: Edition
    name: str
    url: str
    title: str
    language: str
    kind: str = ""
    track: models.Model | None = None
    people: tuple[str, ...] = ()
    note: str = ""
    session: Any = None
    words: str = ""
    letters: str = ""
    summary: str = ""
    is_row: bool = False

    @property
    def data(self) -> dict:
        """Data of the template, described there."""
        day = self.starts_at.date() if self.starts_at else None
        return {
            "words": {},
            "kind": self.kind,
            "status": self.status,
            "track": self.track_entry,
            "title": french_spaces(self.title) if self.language == "fr" else self.title,
            "lang": self.language,
            "people": list(self.people),
            "note": self.note,
            "foot": edition_name(self.edition),
            "edition": self.edition.printed_looks,
            "days": len(self.edition.days) if day else 0,
            "day": self.edition.days.index(day) if day in self.edition.days else -1,
            "row": self.is_row,
            "door": self.door,
        }

    @property
    def starts_at(self) -> datetime.datetime | None:
        """Start of the session on the edition's clock."""
        at = self.session.starts_at if self.session else None
        return at.astimezone(self.edition.zone) if at else None

    @property
    def status(self) -> str:
        is_cancelled = self.session and self.session.is_cancelled
        return self.session.get_status_display() if is_cancelled else ""

    @property
    def track_entry(self) -> dict[str, str] | None:
        if not self.track:
            return None
        name, language = localized_text(self.track, "name")
        return {"name": name, "lang": language, "mark": self.track.mark}  # type: ignore[attr-defined]

    @property
    def door(self) -> dict | None:
        if self.letters:
            return {"letters": self.letters}
        if self.starts_at:
            return {
                "time": f"{self.starts_at:%H:%M}",
                "day": dates.weekday(self.starts_at.date()),
                "cancelled": bool(self.status),
            }
        return {"words": self.words} if self.words else None

    @property
    def description(self) -> str:
        return self.summary or self.facts

    @property
    def facts(self) -> str:
        """Day, hours, room and names, as far as the page has them."""
        when = []
        if self.starts_at:
            ends_at = self.session.ends_at.astimezone(self.edition.zone)
            # Isolated, so that the hours keep their order in an Arabic line.
            hours = f"\u2066{self.starts_at:%H:%M}–{ends_at:%H:%M}\u2069"
            when = [dates.weekday(self.starts_at.date()), hours]
        people = _(", ").join(self.people)
        return " · ".join(filter(None, [self.status, *when, self.words, self.note, people]))

    @property
    def alt(self) -> str:
        """Text of the picture, for people who do not see it."""
        track = self.track_entry["name"] if self.track_entry else ""
        texts = [self.kind, track, self.title, self.facts, edition_name(self.edition)]
        return " · ".join(filter(None, texts))

    def response(self) -> HttpResponse:
        """Return the picture, from the cache or rendered."""
        language = get_language()
        content = get_or_render(self.name, TEMPLATE, self.data, language, file_format=PNG)
        headers = {"Content-Language": language}
        return HttpResponse(content, content_type="image/png", headers=headers)


def edition_name(edition: Edition) -> str:
    return f"{edition.name} {edition.slug}"


def edition_card(edition: Edition) -> Card:
    title, language = localized_text(edition, "name")
    return Card(
        edition=edition,
        name=f"card-edition-{edition.pk}",
        url=reverse("editions:card", args=[edition.slug]),
        title=title,
        language=language,
        kind=edition.kicker,
        people=(edition.theme,) if edition.theme else (),
        note=_(", ").join(filter(None, [edition.venue, edition.city])),
        words=edition.dates,
        summary=edition.description,
    )
