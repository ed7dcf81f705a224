"""Lists of abstracts and of keywords, with their filters."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from symposium.abstracts.models import AbstractQuerySet, Keyword
from symposium.core.i18n.alphabet import index_key, index_letter
from symposium.core.i18n.localized import LANGUAGE_NAMES
from symposium.core.listing import Entry, Filter, Listing
from symposium.editions.models import Edition

PAGE_SIZE = 40  # of a list as long as `listing.LONG`


@dataclass(frozen=True)
class KeywordLine:
    """Line of the index of keywords."""

    letter: str
    keyword: Keyword


def abstract_listing(
    edition: Edition, found: AbstractQuerySet, asked: Mapping[str, str]
) -> Listing:
    """Return the list of the abstracts `found`, in the order of the programme.

    The filters are the track, the day and the original language.
    """
    rows = list(
        found.in_order().values_list(
            "pk", "session__track__slug", "session__starts_at", "language", named=True
        )
    )
    days = {row.pk: day_of(row.session__starts_at, edition.zone) for row in rows}
    entries = [
        Entry(
            row.pk,
            {"track": [row.session__track__slug], "day": [days[row.pk]],
             "language": [row.language]},
        )
        for row in rows
    ]  # fmt: skip
    return Listing(
        entries,
        [
            Filter("track", _("Track"), _("All tracks"), used(
                {track.slug: track for track in edition.tracks.all()}, entries, "track"
            )),
            Filter("day", _("Day"), _("All days"), used(
                {day.isoformat(): day for day in edition.days}, entries, "day"
            )),
            Filter("language", _("Original language"), _("All languages"), used(
                {code: capfirst(name) for code, name in LANGUAGE_NAMES.items()}, entries,
                "language",
            )),
        ],
        asked,
        page_size=PAGE_SIZE,
    )  # fmt: skip


def day_of(at: datetime.datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).date().isoformat() if at else ""


def used(choices: dict[str, Any], entries: list[Entry], name: str) -> dict[str, Any]:
    """Return the `choices` of a filter that at least one of the `entries` has."""
    values = {value for entry in entries for value in entry.values[name]}
    return {value: shown for value, shown in choices.items() if value in values}


def keyword_listing(
    edition: Edition, asked: Mapping[str, str], language: str
) -> tuple[Listing, list[KeywordLine]]:
    """Return the index of the keywords of `edition`, and the lines of its page.

    The filter is the first letter.
    """
    used_keywords = Keyword.objects.used_in(edition)
    found = [KeywordLine(index_letter(keyword.sort_key), keyword) for keyword in used_keywords]
    found.sort(key=lambda line: (index_key(line.letter, language), line.keyword.sort_key))
    entries = [Entry(line.keyword.pk, {"letter": [line.letter]}) for line in found]
    letters = {line.letter: line.letter for line in found}
    listing = Listing(entries, [Filter("letter", _("Letter"), _("All letters"), letters)], asked)
    return listing, listing.objects({line.keyword.pk: line for line in found})
