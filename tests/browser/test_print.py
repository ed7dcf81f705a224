"""Printed pages: no navigation, the day in the heading, time and place before the text."""

import pytest
from playwright.sync_api import expect

from tests.helpers.urls import PAGES

CHROME = ".topbar, .site-nav, .site-footer, .p-bar, .p-head .menu, .share, .star, .breadcrumb"


@pytest.fixture
def paper(window):
    """Open a window that shows pages as they are printed."""
    page = window(own=True, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    return page


def test_screen_only_elements_are_not_printed(paper):
    printed = {}
    for name in ("home", "day", "session", "speakers", "speaker", "abstract"):
        paper.goto(f"/ar/{PAGES[name]}")
        colours = paper.evaluate(
            "['color', 'backgroundColor'].map(name => getComputedStyle(document.body)[name])"
        )
        printed[name] = (paper.locator(f":is({CHROME}):visible").count(), *colours)
    assert set(printed.values()) == {(0, "rgb(0, 0, 0)", "rgb(255, 255, 255)")}, printed


def test_printed_programme_shows_its_day(paper):
    paper.goto(f"/fr/{PAGES['day']}")
    box = paper.get_by_role("heading", name="Mercredi 9 juin 2021").bounding_box()
    assert box["height"] > 10


def test_printed_session_shows_time_and_place_first(paper):
    paper.goto(f"/fr/{PAGES['session']}")
    expect(paper.locator(".when")).to_be_visible()
    assert (
        paper.locator(".when").bounding_box()["y"]
        < paper.locator("article").first.bounding_box()["y"]
    )
