"""The programme as a screen reader reads it."""

import pytest
from playwright.sync_api import expect

from tests.factories import (
    make_edition,
    make_participation,
    make_room,
    make_session,
    make_speaker,
    make_track,
)

pytestmark = pytest.mark.django_db(transaction=True)

# By time, then room; each session with its link, times, room and kind.
TREE = """\
- heading "09:00" [level=3]:
  - time: 09:00
- article:
  - heading "{opening}" [level=4]:
    - link "{opening}":
      - /url: /{language}/2021/programme/ouverture/
  - time: 09:00
  - text: –
  - time: 09:45
  - text: {plenary}
  - 'button "{add}{opening}"'
- heading "10:00" [level=3]:
  - time: 10:00
- article:
  - heading "{rivers}" [level=4]:
    - link "{rivers}":
      - /url: /{language}/2021/programme/fleuves/
  - paragraph: Salma Médina
  - time: 10:00
  - text: –
  - time: 10:30
  - text: {atlas} {water}
  - 'button "{add}{rivers}"'
- article:
  - heading "{soils}" [level=4]:
    - link "{soils}":
      - /url: /{language}/2021/programme/sols/
  - time: 10:00
  - text: –
  - time: 11:00
  - text: {rif}
  - 'button "{add}{soils}"'
- heading "10:30" [level=3]:
  - time: 10:30
- article:
  - heading "{lakes}" [level=4]:
    - link "{lakes}":
      - /url: /{language}/2021/programme/lacs/
  - time: 10:30
  - text: –
  - time: 11:00
  - text: {atlas} {cancelled}
  - 'button "{add}{lakes}"'
- heading "11:00" [level=3]:
  - time: 11:00
- article:
  - heading "{coffee}" [level=4]
  - time: 11:00
  - text: –
  - time: 11:45"""
WORDS = {
    "fr": {
        "atlas": "Atlas", "rif": "Rif", "water": "Eau", "opening": "Ouverture",
        "rivers": "Les fleuves", "soils": "Les sols", "lakes": "Les lacs", "coffee": "Café",
        "plenary": "Plénière", "cancelled": "Annulée", "add": "Ajouter à mon programme : ",
    },
    "ar": {
        "atlas": "الأطلس", "rif": "الريف", "water": "الماء", "opening": "الافتتاح",
        "rivers": "الأنهار", "soils": "التربة", "lakes": "البحيرات", "coffee": "قهوة",
        "plenary": "جلسة عامة", "cancelled": "ملغاة", "add": "إضافة إلى برنامجي: ",
    },
}  # fmt: skip


@pytest.fixture
def programme():
    """Create two rooms: a plenary; a session beside two others, one of them cancelled; a break."""

    def named(field: str, key: str) -> dict[str, str]:
        return {f"{field}_{language}": words[key] for language, words in WORDS.items()}

    edition = make_edition("2021")
    rif = make_room(edition, **named("name", "rif"), order=2)
    atlas = make_room(edition, **named("name", "atlas"), order=1)
    water = make_track(edition, **named("name", "water"))
    half = {"lasting": 30, "room": atlas}
    make_session(room=rif, slug="sols", **named("title", "soils"), at="10:00", lasting=60)
    rivers = make_session(
        slug="fleuves", **named("title", "rivers"), at="10:00", track=water, **half
    )
    make_participation(rivers, make_speaker(edition, family_name_fr="Médina"))
    make_session(slug="lacs", **named("title", "lakes"), at="10:30", status="cancelled", **half)
    make_session(edition, **named("title", "coffee"), at="11:00", kind="break")
    make_session(edition, slug="ouverture", **named("title", "opening"), kind="plenary")


@pytest.mark.usefixtures("programme")
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_timetable_accessibility_tree_gives_time_and_room(page, language):
    """The list on a phone has the same markup, and the same order."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"/{language}/2021/programme/")
    expect(page.locator(".tt")).to_have_css("display", "grid")
    expect(page.locator(".star")).to_have_count(4)
    for star in page.locator(".star").all():
        expect(star).to_be_visible()
    expected = TREE.format(language=language, **WORDS[language])
    assert page.locator(".tt").aria_snapshot() == expected
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator(".tt-heads")).to_be_hidden()
    assert page.locator(".tt").aria_snapshot() == expected
