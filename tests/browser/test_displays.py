"""Pages that follow the clock by themselves: the pages of the day, the screens of the venue."""

import datetime
import zoneinfo

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.clock import set_clock
from tests.browser.test_accessibility import ALONE, AXE, EVERY_RULE, FOUND
from tests.factories import (
    make_edition,
    make_participation,
    make_room,
    make_session,
    make_talk,
    times,
    where_it_is_noon,
)

pytestmark = pytest.mark.django_db(transaction=True)

DOOR = "/fr/2030/rooms/atlas/?display=door"
LOBBY = "/fr/2030/programme/?display=lobby"
FITS = """
() => ["scrollWidth", "scrollHeight"].map((name) => document.scrollingElement[name] - (
  name === "scrollWidth" ? innerWidth : innerHeight))
"""
# The visible sessions: whole, or cut by an edge of their list.
SEEN = """
(whole) => {
  const list = document.querySelector("[data-sessions]").getBoundingClientRect();
  return [...document.querySelectorAll("[data-state]")].flatMap((session) => {
    const { left, right, top, bottom } = session.getBoundingClientRect();
    const meets = left < list.right - 1 && right > list.left + 1 && top < list.bottom - 1;
    const fits = left >= list.left - 1 && right <= list.right + 1 && bottom <= list.bottom + 1;
    return meets && fits === whole ? [session.querySelector("h2").innerText.trim()] : [];
  });
}
"""


@pytest.fixture
def site(live_server):
    """Return the URL of the site that `window` opens."""
    cache.clear()
    return live_server.url


@pytest.fixture
def edition():
    """Create an edition held today and tomorrow, in a time zone in which it is noon."""
    now = timezone.now()
    zone = where_it_is_noon(now)
    today = now.astimezone(zoneinfo.ZoneInfo(zone)).date()
    return make_edition("2030", starts_on=today, time_zone=zone, is_current=True)


@pytest.fixture
def room(edition):
    """Create sessions at 9:00, 10:00, 12:00 (cancelled), and the next day from 9:00 on."""
    room = make_room(edition, slug="atlas", name_fr="Atlas")
    first = make_session(room=room, at="09:00", lasting=60, title_fr="Une", slug="une")
    make_participation(first)
    make_session(room=room, at="10:00", lasting=60, title_fr="Deux", slug="deux")
    make_session(room=room, at="12:00", lasting=60, title_fr="Trois", status="cancelled")
    for at, title in (("09:00", "Quatre"), ("10:00", "Cinq"), ("11:00", "Six")):
        make_session(room=room, at=at, day=2, title_fr=title)
    make_session(make_room(edition).edition, at="09:30", lasting=60, title_fr="Ailleurs")
    return room


@pytest.fixture
def moment(edition):
    """Return a function that gives an instant of the first day, by the edition's clock."""

    def moment(hour: int, minute: int = 0) -> datetime.datetime:
        day = datetime.datetime.combine(edition.starts_on, datetime.time(), edition.zone)
        return day + datetime.timedelta(hours=hour, minutes=minute)

    return moment


def titles(page, state: str) -> list[str]:
    shown = page.locator(f"[data-state={state}]")
    assert all(one.is_visible() for one in shown.all())
    return [title.strip() for title in shown.locator("h2").all_inner_texts()]


def states(page) -> dict[str, list[str]]:
    return {state: titles(page, state) for state in ("now", "next", "later")}


# The pages of the day


def test_programme_updates_live_sessions_with_time(window, room, moment):
    page = window(own=True, timezone_id="America/New_York")
    set_clock(page, moment(9, 10), runs=True)
    page.goto("/fr/2030/programme/")
    live, coming = page.locator(".tt-live h4"), page.locator(".tt-item:has([data-next]) h4")
    expect(live).to_have_text(["Une"])
    expect(coming).to_have_text(["Ailleurs"])
    page.clock.fast_forward("01:00:00")
    expect(live).to_have_text(["Ailleurs", "Deux"])
    expect(coming).to_have_count(0)  # a cancelled session is not next
    expect(page.locator(".tt-now bdi")).to_have_text("10:10")


def test_home_page_updates_live_sessions_with_time(window, edition):
    now = timezone.now()
    start, end = now - datetime.timedelta(minutes=9), now + datetime.timedelta(minutes=9)
    first = make_session(edition, starts_at=start, ends_at=end, title_fr="Une")
    page = window(own=True)
    page.clock.install()
    page.goto("/fr/2030/")
    expect(page.locator(".today-list h2")).to_have_text(["Une"])
    expect(page.locator(".mini-ticket")).to_be_hidden()
    make_session(edition, starts_at=start, ends_at=end, title_fr="Deux")
    first.ends_at = now - datetime.timedelta(minutes=1)
    first.save()
    page.clock.fast_forward("01:01")
    expect(page.locator(".today-list h2")).to_have_text(["Deux"])


def test_home_page_shows_the_ticket_to_a_registered_reader(window, edition):
    page = window(own=True)
    page.goto("/fr/2030/search/")
    page.evaluate(
        'localStorage.setItem(\'registrations\', \'{"2030": {"code": "abc", "ticket": true}}\')'
    )
    page.goto("/fr/2030/")
    expect(page.locator(".mini-ticket")).to_have_attribute("href", "/fr/my/abc/")
    expect(page.locator(".mini-ticket")).to_be_visible()


def test_room_page_names_the_current_or_next_session(window, room, moment):
    page = window(own=True)
    set_clock(page, moment(9, 10), runs=True)
    page.goto("/fr/2030/rooms/atlas/")
    title, line = (page.locator(f"[data-room-next] {part}") for part in ("a", "dd > span"))
    expect(title).to_have_text("Une")
    expect(line).to_contain_text("09:00–10:00")
    page.clock.fast_forward("01:00:00")
    expect(title).to_have_text("Deux")
    page.clock.fast_forward("01:00:00")
    expect(title).to_have_text("Quatre")  # the cancelled session is not next
    page.clock.fast_forward("30:00:00")
    expect(page.locator("[data-room-next]")).to_be_hidden()


def test_live_sessions_follow_the_server_clock(window, edition):
    """A session takes place at this moment; the reader's clock is ten hours late."""
    now = timezone.now()
    start, end = now - datetime.timedelta(minutes=1), now + datetime.timedelta(minutes=1)
    days = {start.astimezone(edition.zone).date(), end.astimezone(edition.zone).date()}
    edition.starts_on, edition.ends_on = min(days), max(days)
    edition.save()
    make_session(edition, starts_at=start, ends_at=end, title_fr="Ici", room=make_room(edition))
    page = window(own=True)
    page.clock.set_fixed_time(now - datetime.timedelta(hours=10))
    page.goto("/fr/2030/programme/?day=all")
    expect(page.locator(".tt-live h4")).to_have_text(["Ici"])


# The screen at a room


def test_room_display_advances_sessions_overnight(window, room, moment):
    page = window(
        own=True, viewport={"width": 1920, "height": 1080}, timezone_id="America/New_York"
    )
    set_clock(page, moment(8, 15), runs=True)
    page.goto(DOOR)
    assert states(page) == {"now": [], "next": ["Une"], "later": ["Deux", "Trois", "Quatre"]}
    expect(page.locator("[data-state=next] [data-left]")).to_contain_text("45")
    expect(page.locator("[data-clock]")).to_have_text("08:15")
    page.clock.fast_forward("00:45:00")
    expect(page.locator("[data-clock]")).to_have_text("09:00")
    assert states(page) == {"now": ["Une"], "next": ["Deux"], "later": ["Trois", "Quatre", "Cinq"]}
    expect(page.locator("[data-state=now] .display-people")).to_contain_text("Salma")
    page.clock.fast_forward("02:30:00")
    expect(page.locator("[data-clock]")).to_have_text("11:30")
    expect(page.locator("[data-state=later] .tag-bad")).to_be_visible()  # and is not next
    assert states(page) == {"now": [], "next": ["Quatre"], "later": ["Trois", "Cinq", "Six"]}
    page.clock.fast_forward("01:00:00")
    expect(page.locator("[data-state=now] .tag-bad")).to_be_visible()
    assert states(page) == {"now": ["Trois"], "next": ["Quatre"], "later": ["Cinq", "Six"]}
    page.clock.fast_forward("11:00:00")
    expect(page.locator("[data-state=next] .display-day")).to_be_visible()
    page.clock.fast_forward("13:00:00")
    expect(page.locator("[data-over]")).to_be_visible()
    assert states(page) == {"now": [], "next": [], "later": []}


def test_room_display_shows_changed_sessions(window, room, moment):
    page = window(own=True)
    set_clock(page, moment(9, 10), runs=True)
    page.goto(DOOR)
    with page.expect_response("**display=door"):
        page.clock.run_for(2_000)
    expect(page.locator("[data-state=now] h2")).to_have_text("Une")
    room.sessions.filter(slug="une").update(title_fr="Une, corrigée")
    page.clock.run_for(61_000)
    expect(page.locator("[data-state=now] h2")).to_have_text("Une, corrigée")
    expect(page.locator("[data-age]")).to_be_hidden()


def test_offline_room_display_continues_and_shows_its_age(browser, site, room, moment):
    context = browser.new_context(base_url=site, locale="fr-FR", service_workers="block")
    page = context.new_page()
    set_clock(page, moment(9, 50), runs=True)
    page.goto(DOOR)
    page.clock.run_for(2_000)
    expect(page.locator("[data-state=now] h2")).to_have_text("Une")
    context.set_offline(True)
    page.clock.run_for(120_000)
    expect(page.locator("[data-age]")).to_be_hidden()
    page.clock.fast_forward("00:10:00")
    expect(page.locator("[data-state=now] h2")).to_have_text("Deux")
    expect(page.locator("[data-age]")).to_contain_text("09:50")
    context.set_offline(False)
    page.clock.run_for(61_000)
    expect(page.locator("[data-age]")).to_be_hidden()
    context.close()


# The screen in the lobby


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_lobby_display_cycles_through_its_pages(window, edition, moment, language):
    """Every session is on one of the pages, the first ones first."""
    for number in range(30):
        room = make_room(edition)
        make_session(room=room, at="09:00" if number < 3 else "11:00", title_fr=f"S{number}")
    page = window(own=True, viewport={"width": 1280, "height": 720})
    set_clock(page, moment(9, 10), runs=True)
    page.goto(LOBBY.replace("/fr/", f"/{language}/"))
    expect(page.locator("[data-state=now]")).to_have_count(3)
    expect(page.locator("[data-page]")).to_be_visible()
    number, pages = page.locator("[data-page]").inner_text().split("/")
    seen = []
    for turn in range(int(pages)):
        expect(page.locator("[data-page]")).to_have_text(f"{turn + 1}/{pages}")
        seen += page.evaluate(SEEN, True)
        page.clock.run_for(12_000)
    assert seen == [f"S{number}" for number in range(30)]
    expect(page.locator("[data-page]")).to_have_text(f"1/{pages}")


def test_lobby_display_advances_to_next_day_with_ongoing_sessions(window, edition, room, moment):
    page = window(own=True)
    set_clock(page, moment(9, 40), runs=True)
    page.goto(LOBBY)
    assert states(page) == {"now": ["Une", "Ailleurs"], "next": ["Deux"], "later": ["Trois"]}
    room.sessions.filter(slug="deux").update(**times(edition, "23:30", lasting=60))
    page.clock.fast_forward("14:00:00")
    expect(page.locator("[data-state=now] h2")).to_have_text(["Deux"])
    page.clock.fast_forward("00:30:00")
    expect(page.locator("[data-clock]")).to_have_text("00:10")
    assert states(page) == {"now": ["Deux"], "next": ["Quatre"], "later": ["Cinq", "Six"]}


def test_lobby_display_shows_the_talks_of_the_session_that_is_on(window, room, moment):
    for session in room.sessions.filter(slug__in=["une", "deux"]):
        make_talk(session, title_fr=f"Dans {session.title_fr}")
    page = window()
    set_clock(page, moment(9, 10), runs=True)
    page.goto(LOBBY)
    expect(page.locator(".display-talks:visible b")).to_have_text(["Dans Une"])
    page.clock.fast_forward("01:00:00")
    expect(page.locator(".display-talks:visible b")).to_have_text(["Dans Deux"])


# Both


def nothing_new(route) -> None:
    """Answer the page's own requests with a 304, so that the page stays as it is."""
    if route.request.resource_type == "fetch":
        route.fulfill(status=304)
    else:
        route.continue_()


@pytest.mark.parametrize("address", [DOOR, LOBBY])
def test_display_fits_the_screen_and_passes_axe(window, room, moment, address):
    """axe finds nothing either."""
    room.sessions.filter(slug="une").update(title_fr="Une très longue séance " * 8)
    for width, height, scheme in [(1920, 1080, "light"), (768, 1024, "dark")]:
        page = window(own=True, viewport={"width": width, "height": height}, color_scheme=scheme)
        set_clock(page, moment(9, 10))
        page.route("**display=**", nothing_new)
        page.goto(address)
        expect(page.locator("[data-state=now] h2").first).to_be_visible()
        assert page.evaluate(FITS) == [0, 0]
        assert page.evaluate(SEEN, False) == []
        page.evaluate(ALONE, ".display-arch { background-image: none !important }")
        page.evaluate(AXE)
        assert page.evaluate(FOUND, EVERY_RULE) == []
