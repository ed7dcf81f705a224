"""Printed pages: no navigation, the day in the heading, time and place before the text."""

import pytest
from playwright.sync_api import expect

from tests.helpers.urls import PAGES

CHROME = ".topbar, .site-nav, .site-footer, .p-bar, .p-head .menu, .share, .star, .breadcrumb"


@pytest.mark.parametrize("name", ["home", "day", "session", "speakers", "speaker", "abstract"])
def test_screen_only_elements_are_not_printed(window, name):
    page = window(own=True, color_scheme="dark")
    page.goto(f"/ar/{PAGES[name]}")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(f":is({CHROME}):visible").count() == 0
    ink, paper = page.evaluate(
        "['color', 'backgroundColor'].map(name => getComputedStyle(document.body)[name])"
    )
    assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")


def test_printed_programme_shows_its_day(window):
    page = window(own=True)
    page.goto(f"/fr/{PAGES['day']}")
    page.emulate_media(media="print")
    box = page.get_by_role("heading", name="Mercredi 9 juin 2021").bounding_box()
    assert box["height"] > 10


def test_printed_session_shows_time_and_place_first(window):
    page = window(own=True)
    page.goto(f"/fr/{PAGES['session']}")
    page.emulate_media(media="print")
    expect(page.locator(".when")).to_be_visible()
    assert (
        page.locator(".when").bounding_box()["y"]
        < page.locator("article").first.bounding_box()["y"]
    )
