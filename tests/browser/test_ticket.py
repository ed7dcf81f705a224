"""The ticket as an object: at the top of a phone, readable by a camera, on one sheet of paper."""

import pytest
from django.core.cache import cache

from tests.factories import (
    make_booking,
    make_category,
    make_registration,
    make_room,
    make_session,
    make_track,
    make_workshop,
    open_edition,
)
from tests.helpers.pdf_files import opened

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
FIRST_SCREEN = (280, 600)  # CSS pixels from the top, within which the modules of the QR code stand
WHITE = "rgb(255, 255, 255)"


@pytest.fixture
def site(live_server):
    """Return the URL of the site that `window` opens."""
    cache.clear()
    return live_server.url


@pytest.fixture
def mine():
    """Create a registration with both names, a seat and nine starred sessions over two days."""
    edition = open_edition("2030", is_current=True, address_fr="12, rue des Arcades")
    room, track = make_room(edition, name_fr="Salle Atlas"), make_track(edition)
    mine = make_registration(
        make_category(edition),
        given_name="Salma", family_name="Médina", given_name_ar="سلمى", family_name_ar="المدينة",
    )  # fmt: skip
    make_booking(mine, make_workshop(edition, at="08:00"))
    for hour in range(9, 18):
        session = make_session(
            edition, title_fr="Un titre de plusieurs mots sur deux lignes",
            at=f"{hour:02}:00", day=1 + hour % 2, room=room, track=track,
        )  # fmt: skip
        mine.user.stars.create(session=session)
    return mine


@pytest.fixture
def ticket(window, live_server, client, mine):
    """Return a function that opens the ticket of `mine` in a language."""

    def open_ticket(language: str, **options):
        page = window(**options)
        client.force_login(mine.user)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(f"/{language}/my/{mine.code}/")
        return page

    return open_ticket


@pytest.mark.parametrize(("language", "scheme"), [("fr", "light"), ("ar", "dark")])
def test_qr_code_is_on_the_first_screen_of_a_phone_and_on_white(ticket, language, scheme):
    page = ticket(language, viewport=PHONE, color_scheme=scheme)
    modules = page.locator(".t-door .qr path:last-child").bounding_box()
    first, last = FIRST_SCREEN
    assert first <= modules["y"]
    assert modules["y"] + modules["height"] <= last
    assert modules["width"] >= 180
    door = page.locator(".t-door").evaluate("(door) => getComputedStyle(door).backgroundColor")
    assert door == WHITE


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_ticket_prints_on_one_page(ticket, language):
    page = ticket(language)
    assert len(opened(page.pdf(format="A4")).pages) == 1
