"""The kinds of sheets, each after those that it names."""

from symposium.spreadsheets.abstracts import Abstracts, Keywords
from symposium.spreadsheets.partners import Partners
from symposium.spreadsheets.people import Speakers
from symposium.spreadsheets.programme import Rooms, Sessions, Tracks
from symposium.spreadsheets.registrations import Categories, Registrations
from symposium.spreadsheets.sheets import Sheet

KINDS = (
    Rooms, Tracks, Speakers, Sessions, Keywords, Abstracts, Partners, Categories, Registrations,
)  # fmt: skip
SHEETS: dict[str, Sheet] = {kind.kind: kind() for kind in KINDS}
