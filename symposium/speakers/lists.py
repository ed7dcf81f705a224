"""Index of the speakers of an edition: letters, tracks, and the talk of each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.utils.translation import gettext_lazy as _

from symposium.core.i18n.alphabet import index_key, index_letter
from symposium.core.i18n.localized import LANGUAGES, in_each_language, sort_key
from symposium.core.listing import Entry, Filter, Listing
from symposium.editions.models import Edition
from symposium.speakers.models import Speaker

PAGE_SIZE = 60  # of a list as long as `listing.LONG`
TITLES = in_each_language("title")


@dataclass(frozen=True)
class SpeakerLine:
    """Line of the index: a speaker under a letter; `talk` is their first session, or None."""

    letter: str
    speaker: Speaker
    talk: Any


def speaker_listing(edition: Edition, asked: Mapping[str, str], language: str) -> Listing:
    """Return the index of the public speakers of `edition`, sorted for a reader of `language`.

    The filters are the first letter of the family name and the tracks of the sessions.
    """
    tracks = tracks_by_speaker(edition)
    known = {slug for slugs in tracks.values() for slug in slugs}
    found = []
    for pk, family, given in sort_keys(edition, language):
        letter = index_letter(family)
        key = index_key(letter, language), family, given, pk
        found.append((key, Entry(pk, {"letter": [letter], "track": tracks[pk]})))
    found.sort(key=itemgetter(0))
    letters = {key[0][-1]: key[0][-1] for key, _entry in found}
    return Listing(
        [entry for _key, entry in found],
        [
            Filter("track", _("Track"), _("All tracks"), {
                track.slug: track for track in edition.tracks.all() if track.slug in known
            }),
            Filter("letter", _("Letter"), _("All letters"), letters),
        ],
        asked,
        page_size=PAGE_SIZE,
    )  # fmt: skip


def sort_keys(edition: Edition, language: str) -> Iterator[tuple[int, str, str]]:
    """Yield each public speaker's key, and the sort keys of family and given name as shown.

    The names are read without an object for each of the speakers, who may be thousands.
    """
    codes = list(dict.fromkeys([language, *LANGUAGES]))
    names = [f"{part}_name_{code}" for part in ("family", "given") for code in codes]
    for pk, *row in edition.speakers.published().order_by().values_list("pk", *names):
        families, given = row[: len(codes)], row[len(codes) :]
        yield pk, *(sort_key(next(filter(None, part), "")) for part in (families, given))


def tracks_by_speaker(edition: Edition) -> dict[int, list[str]]:
    """Return the slugs of the tracks of the held sessions of each speaker."""
    tracks = defaultdict(list)
    held = edition.sessions.held().filter(speakers__isnull=False, track__isnull=False)
    of_track = held.order_by().values_list("track__slug")
    of_track = of_track.annotate(people=ArrayAgg("speakers", distinct=True))
    for track, speakers in of_track:
        for pk in speakers:
            tracks[pk].append(track)
    return tracks


def speaker_lines(edition: Edition, listing: Listing) -> list[SpeakerLine]:
    """Return the lines of the page of `listing`."""
    speakers = edition.speakers.published().for_list().in_bulk(listing.keys)
    talks = first_talks(edition, speakers)
    return [
        SpeakerLine(next(iter(entry.values["letter"])), speakers[entry.pk], talks.get(entry.pk))
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
