"""The public site in a real browser: without JavaScript, and with the additions of JavaScript."""

import datetime
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.clock import set_clock
from tests.helpers.urls import LANGUAGES, PAGES

DAY = PAGES["day"]
PLENARY = "continuite-des-services-vitaux"
CASABLANCA = datetime.timezone(datetime.timedelta(hours=1))
IN_BOTH_DIRECTIONS = pytest.mark.parametrize("language", ["fr", "ar"])
LIST_AND_GRID = pytest.mark.parametrize(("language", "width"), [("fr", 390), ("ar", 1280)])


def at(hour: int, minute: int, day: int = 9) -> datetime.datetime:
    return datetime.datetime(2021, 6, day, hour, minute, tzinfo=CASABLANCA)


def query(page) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(urlsplit(page.url).query).items()}


def session_of(card):
    """Return the slug of a card's session."""
    return card.locator("h4 a").get_attribute("href").rstrip("/").rpartition("/")[2]


def shown(page) -> list[str]:
    """Return the slugs of the visible sessions in order, without breaks."""
    return [session_of(card) for card in page.locator(".tt-item:visible:has(h4 a)").all()]


def star_of(page, slug: str):
    return page.locator(f".tt-item:has(h4 a[href$='/{slug}/']) .star")


# Without JavaScript


@pytest.fixture
def plain(window):
    """Open a window without JavaScript."""
    return window(java_script_enabled=False)


@pytest.mark.parametrize("width", [390, 1280])
def test_menu_links_to_every_section(window, width):
    plain = window(java_script_enabled=False, viewport={"width": width, "height": 800})
    plain.goto("/fr/2021/")
    addresses = [a.get_attribute("href") for a in plain.locator("#menu li a").all()]
    *public, mine = addresses
    assert (len(public), mine) == (5, "/fr/my/?edition=2021")
    for address in public:
        if width < 992:
            plain.locator(".menu-button").click()
        plain.locator(f"#menu a[href='{address}']").first.click()
        plain.wait_for_url(f"**{address}")
        expect(plain.locator("#menu [aria-current=page]")).to_have_attribute("href", address)


@pytest.mark.parametrize("language", LANGUAGES)
def test_menu_and_name_stay_on_one_line(window, language):
    page = window()
    page.goto(f"/{language}/2021/")
    for width in (992, 1060, 1130):
        page.set_viewport_size({"width": width, "height": 800})
        heights = page.locator("#menu ul, .site-header").evaluate_all(
            "(all) => all.map((element) => element.offsetHeight)"
        )
        assert [height < 90 for height in heights] == [True, True], (width, heights)


@IN_BOTH_DIRECTIONS
def test_footer_is_short_on_a_phone(window, language):
    page = window(viewport={"width": 390, "height": 844})
    page.goto(f"/{language}/2021/")
    assert page.locator(".site-footer").bounding_box()["height"] < 340


def test_day_and_track_links_filter_the_programme(plain):
    plain.goto("/fr/2021/programme/")
    plain.locator(".p-days a").nth(1).click()
    assert query(plain) == {"day": "2021-06-10"}
    expect(plain.locator(".p-days [aria-current=page]")).to_contain_text("10 juin")
    plain.locator(".chips a", has_text="Technologies").click()
    assert query(plain) == {"day": "2021-06-10", "track": "technologies"}
    tracks = plain.locator(".tt-item .track").all_inner_texts()
    assert set(tracks) == {"Technologies"}
    plain.locator(".p-days a").nth(2).click()
    assert query(plain) == {"day": "all", "track": "technologies"}
    assert len(shown(plain)) > len(tracks)


def test_filter_form_narrows_the_programme(plain):
    plain.goto("/fr/2021/programme/?day=2021-06-09&track=technologies")
    room = plain.locator("[name=room][value=atlantique]")
    expect(room).to_be_hidden()
    plain.locator("[popovertarget=filter]").first.click()
    room.check()
    plain.locator("[name=kind][value=talk]").check()
    plain.locator("#filter [type=submit]").click()
    found = {name: value for name, value in query(plain).items() if value}
    assert found == {
        "day": "2021-06-09", "track": "technologies", "room": "atlantique", "kind": "talk",
    }  # fmt: skip
    expect(room).to_be_checked()
    assert shown(plain)[:2] == ["integrer-les-solutions-digitales", "jumeau-numerique-de-quartier"]


def test_programme_search_finds_words_and_offers_to_clear_filters(plain):
    plain.goto("/fr/2021/programme/")
    plain.locator("[popovertarget=filter]").first.click()
    plain.locator("#q").fill("jumeau")
    plain.locator("#q").press("Enter")
    plain.wait_for_url("**q=jumeau**")
    assert shown(plain) == ["jumeau-numerique-de-quartier"]
    plain.goto("/fr/2021/programme/?day=2021-06-10&q=jumeau")
    assert shown(plain) == []
    way_out = plain.locator(".empty li a").last
    address = way_out.get_attribute("href")
    way_out.click()
    plain.wait_for_url(lambda url: url.endswith(address))
    assert shown(plain) == ["jumeau-numerique-de-quartier"]


def test_language_switch_preserves_page_and_filters(plain):
    plain.goto("/fr/2021/programme/?day=2021-06-10&track=technologies")
    before = shown(plain)
    plain.locator(".topbar .langs [lang=ar]").click()
    assert urlsplit(plain.url).path == "/ar/2021/programme/"
    assert query(plain) == {"day": "2021-06-10", "track": "technologies"}
    expect(plain.locator("html")).to_have_attribute("dir", "rtl")
    assert shown(plain) == before
    plain.goto(f"/ar/2021/programme/{PLENARY}/")
    plain.locator(".site-footer .langs [lang=en]").click()
    assert urlsplit(plain.url).path == f"/en/2021/programme/{PLENARY}/"


def test_session_and_speaker_pages_link_to_each_other(plain):
    plain.goto(f"/fr/{DAY}")
    plain.locator(f".tt-item h4 a[href$='/{PLENARY}/']").click()
    expect(plain.locator("h1")).to_contain_text("La continuité des services vitaux")
    plain.locator(".byline a").first.click()
    expect(plain.locator("h1")).to_have_text("Yasmine Arcade")
    plain.locator(f".rows a[href$='/programme/{PLENARY}/']").click()
    plain.wait_for_url(f"**/fr/2021/programme/{PLENARY}/")


@pytest.mark.parametrize("name", ["home", "day", "session", "speaker", "nowhere"])
def test_script_only_controls_are_hidden_without_javascript(plain, name):
    plain.goto(f"/fr/{PAGES[name]}")
    offered = (
        "[data-star], [data-stars-only], [data-own-switch], [data-theme-switch], [data-share],"
        " [data-copy]"
    )
    assert plain.locator(f":is({offered}, .own-time, .tt-now):visible").count() == 0


# With JavaScript


@IN_BOTH_DIRECTIONS
def test_star_is_stored_in_the_browser(window, language):
    page = window()
    page.goto(f"/{language}/{DAY}")
    everything, star = shown(page), star_of(page, PLENARY)
    add, remove = (star.get_attribute(f"data-label-{name}") for name in ("add", "remove"))
    title = star.locator("xpath=ancestor::article").locator("h4").inner_text()
    assert " ".join(title.split()) in " ".join(add.split())
    assert bool(re.search(r"[\u0600-\u06ff]", add)) == (language == "ar")
    assert star.get_attribute("aria-pressed") is None  # its name describes the action
    page.get_by_role("button", name=add, exact=True).click()
    for _time in range(2):
        expect(page.get_by_role("button", name=remove, exact=True)).to_be_visible()
        expect(page.locator("[data-stars-count]")).to_have_text("1")
        page.reload()
    only = page.locator("[data-stars-only]")
    only.click()
    expect(only).to_have_attribute("aria-pressed", "true")
    assert shown(page) == [PLENARY]
    expect(page.locator("[data-stars-status]")).to_contain_text("1")
    only.click()
    assert shown(page) == everything
    page.goto(f"/{language}/2021/programme/{PLENARY}/")
    star = page.locator(".s-act .star")
    labels = [star.get_attribute(f"data-label-{name}") for name in ("remove", "add")]
    for label in labels:
        expect(star).to_have_accessible_name(label)
        star.click()
    star.click()
    page.goto(f"/{language}/{DAY}")
    expect(page.locator("[data-stars-count]")).to_have_text("0")


def test_my_programme_without_stars_shows_a_notice(window):
    page = window()
    page.goto(f"/fr/{DAY}")
    expect(page.locator("[data-stars-empty]")).to_be_hidden()
    page.locator("[data-stars-only]").click()
    expect(page.locator("[data-stars-empty]")).to_be_visible()
    assert shown(page) == []


@LIST_AND_GRID
def test_current_time_line_is_shown_on_the_day(window, language, width):
    size = {"width": width, "height": 800}
    page = window(own=True, viewport=size, timezone_id="America/New_York")
    set_clock(page, at(11, 20))
    page.goto(f"/{language}/{DAY}")
    expect(page.locator(".tt-now")).to_be_visible()
    expect(page.locator(".tt-now bdi")).to_have_text("11:20")
    line = page.locator(".tt-now").bounding_box()
    rows = {
        time.inner_text(): time.bounding_box()["y"] for time in page.locator(".tt-time time").all()
    }
    later = [name for name, top in rows.items() if top > line["y"] + line["height"] / 2]
    assert later[0] == "11:45"
    assert [c.get_attribute("class").split()[1] for c in page.locator(".tt-live").all()] == [
        "tt-break"
    ]


def test_live_sessions_are_marked_live(window):
    page = window(own=True)
    set_clock(page, at(11, 50))
    page.goto(f"/fr/{DAY}")
    on = {session_of(card) for card in page.locator(".tt-item:has([data-live]:visible)").all()}
    assert on == {
        "repenser-la-gouvernance-des-villes",
        "integrer-les-solutions-digitales",
        "atelier-planification-intelligente",
    }
    page.clock.set_fixed_time(at(15, 45))
    page.reload()
    cancelled = page.locator(".tt-cancelled")
    expect(cancelled.locator(".tag-bad")).to_be_visible()
    expect(cancelled.locator("[data-live]")).to_be_hidden()


def test_current_time_line_is_hidden_outside_the_day(window):
    page = window(own=True)
    set_clock(page, at(11, 20))
    page.goto(f"/fr/{DAY}")
    expect(page.locator(".tt-now")).to_be_visible()
    for moment in (at(11, 20, day=8), at(11, 20, day=10), at(3, 0), at(23, 0)):
        page.clock.set_fixed_time(moment)
        page.reload()
        expect(page.locator(".tt-now")).to_be_hidden()
        assert page.locator(".tt-live").count() == 0, moment


@IN_BOTH_DIRECTIONS
def test_local_time_is_shown_beside_edition_time(window, language):
    page = window(timezone_id="America/New_York")
    page.goto(f"/{language}/2021/programme/ouverture/")
    expect(page.locator(".s-own .own-time")).to_contain_text("04:00–04:30")


@LIST_AND_GRID
def test_local_time_switch_is_remembered(window, language, width):
    page = window(viewport={"width": width, "height": 800}, timezone_id="America/New_York")
    page.goto(f"/{language}/{DAY}")
    own, switch = page.locator(".tt-time .own-time"), page.locator("[data-own-switch]")
    expect(page.locator(".own-time")).to_have_count(page.locator(".tt-time").count())
    expect(own.first).to_be_hidden()
    page.locator(".p-head summary").click()
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(own.first).to_be_visible()
    expect(own.first).to_contain_text("03:30")
    page.locator(".p-head summary").click()
    switch.click()
    page.reload()
    expect(own.first).to_be_hidden()


def test_local_time_on_another_day_names_the_day(window):
    page = window(timezone_id="Pacific/Auckland")
    page.goto("/fr/2021/programme/synthese-de-la-premiere-journee/")
    expect(page.locator(".s-own .own-time")).to_contain_text("jeu.")


@pytest.mark.parametrize("zone", ["Africa/Casablanca", "Europe/London"])  # the same clock in June
def test_local_time_equal_to_edition_time_is_not_shown(window, zone):
    page = window(timezone_id=zone)
    page.goto(f"/fr/{DAY}")
    expect(page.locator(".star").first).to_be_visible()
    assert page.locator(".own-time").count() == 0
    page.locator(".p-head summary").click()
    expect(page.locator("[data-own-switch]")).to_be_hidden()


def test_theme_choice_persists_across_pages(window):
    page = window(color_scheme="light")
    page.goto("/fr/2021/")
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.locator("[data-theme-switch] [value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    dark = page.evaluate(colour)
    assert dark != light
    page.goto("/ar/2021/abstract/")
    assert page.evaluate(colour) == dark
    expect(page.locator("[data-theme-switch] [value=dark]")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.locator("[data-theme-switch] [value=auto]").click()
    page.goto("/fr/2021/")
    assert page.evaluate(colour) == light


@IN_BOTH_DIRECTIONS
def test_programme_starts_in_the_first_view_of_a_phone(window, language):
    page = window(viewport={"width": 390, "height": 844})
    page.goto(f"/{language}/{DAY}")
    assert page.locator(".tt-item h4 a").first.bounding_box()["y"] <= 300
    page.evaluate("scrollTo(0, 1200)")
    expect(page.locator(".p-bar")).to_be_in_viewport(ratio=1)
    assert page.locator(".p-bar").bounding_box()["y"] == 0


@IN_BOTH_DIRECTIONS
def test_filter_opens_and_closes_by_the_keyboard(window, language):
    page = window(viewport={"width": 390, "height": 800})
    page.goto(f"/{language}/{DAY}")
    sheet, button = page.locator("#filter"), page.locator(".p-tools [popovertarget=filter]")
    expect(sheet).to_be_hidden()
    button.press("Enter")
    expect(sheet.locator("#q")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(button).to_be_focused()


def test_filters_in_use_can_be_removed_one_by_one(plain):
    plain.goto("/fr/2021/programme/?day=all&track=technologies&language=fr")
    plain.locator(".p-active a", has_text="Technologies").click()
    assert query(plain) == {"day": "all", "language": "fr"}
    plain.locator(".p-active a").click()
    assert query(plain) == {"day": "all"}
    expect(plain.locator(".p-active")).to_have_count(0)


@IN_BOTH_DIRECTIONS
def test_menu_opens_and_closes_by_the_keyboard(window, language):
    page = window(viewport={"width": 390, "height": 800})
    page.goto(f"/{language}/2021/")
    menu, button = page.locator("#menu"), page.locator(".menu-button")
    expect(menu).to_be_hidden()
    button.press("Enter")
    expect(menu).to_be_visible()
    expect(menu.locator("a").first).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    menu.locator(".menu-close").click()
    expect(menu).to_be_hidden()


def test_skip_link_moves_focus_to_the_content(window):
    page = window()
    page.goto("/fr/2021/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
