"""Index of the speakers of an edition: letters, tracks, and the talk of each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext_lazy as _

from symposium.core.i18n.alphabet import index_key, index_letter
from symposium.core.i18n.localized import in_each_language, localized_text, sort_key
from symposium.core.i18n.names import PersonName
from symposium.core.listing import Entry, Filter, Listing
from symposium.editions.models import Edition
from symposium.speakers.models import Speaker

NAMES, TITLES = in_each_language("given_name", "family_name"), in_each_language("title")


class Person(PersonName, SimpleNamespace):
    """Names of a speaker by language, with the key `pk`."""


@dataclass(frozen=True)
class Line:
    """Line of the index: a speaker under a letter; `talk` is their first session, or None."""

    letter: str
    speaker: Speaker
    talk: Any


def speaker_listing(edition: Edition, asked: Mapping[str, str], language: str) -> Listing:
    """Return the index of the public speakers of `edition`, sorted for a reader of `language`.

    The filters are the first letter of the family name and the tracks of the sessions.
    """
    rows = edition.speakers.published().order_by().values_list("pk", *NAMES)
    people = [Person(**dict(zip(["pk", *NAMES], row, strict=True))) for row in rows]
    letters, keys = {}, {}
    for person in people:
        family, given = (localized_text(person, f)[0] for f in ("family_name", "given_name"))
        letters[person.pk] = letter = index_letter(family)
        keys[person.pk] = index_key(letter, language), sort_key(family), sort_key(given), person.pk
    people.sort(key=lambda person: keys[person.pk])
    tracks = tracks_by_speaker(edition)
    known = {slug for slugs in tracks.values() for slug in slugs}
    return Listing(
        [
            Entry(person.pk, {"letter": [letters[person.pk]], "track": tracks[person.pk]})
            for person in people
        ],
        [
            Filter("track", _("Track"), _("All tracks"), {
                track.slug: track for track in edition.tracks.all() if track.slug in known
            }),
            Filter("letter", _("Letter"), _("All letters"), {
                letters[person.pk]: letters[person.pk] for person in people
            }),
        ],
        asked,
    )  # fmt: skip


def tracks_by_speaker(edition: Edition) -> dict[int, set[str]]:
    """Return the slugs of the tracks of the held sessions of each speaker."""
    tracks = defaultdict(set)
    held = edition.sessions.held().filter(speakers__isnull=False, track__isnull=False)
    for pk, track in held.order_by().values_list("speakers", "track__slug"):
        tracks[pk].add(track)
    return tracks


def lines(edition: Edition, listing: Listing) -> list[Line]:
    """Return the lines of the page of `listing`."""
    speakers = edition.speakers.published().for_list().in_bulk(listing.keys)
    talks = first_talks(edition, speakers)
    return [
        Line(next(iter(entry.values["letter"])), speakers[entry.pk], talks.get(entry.pk))
        for entry in listing.page
        if entry.pk in speakers
    ]


def first_talks(edition: Edition, speakers: Iterable[int]) -> dict[int, Any]:
    """Return the first held session of each speaker: its titles and the mark of its track."""
    talks: dict[int, Any] = {}
    found = edition.sessions.held().filter(speakers__in=speakers).order_by("starts_at", "pk")
    for pk, mark, *titles in found.values_list("speakers", "track__mark", *TITLES):
        talks.setdefault(pk, SimpleNamespace(mark=mark, **dict(zip(TITLES, titles, strict=True))))
    return talks
