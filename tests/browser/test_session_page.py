"""The head of a session's page on a phone: the facts and the star are in the first screen."""

import pytest

PHONE = {"width": 390, "height": 844}
SESSION = "2021/programme/mesurer-la-resilience/"


@pytest.mark.parametrize("zone", ["Africa/Casablanca", "Europe/Athens"])
@pytest.mark.parametrize(("language", "facts", "star"), [("fr", 300, 460), ("ar", 320, 510)])
def test_facts_and_star_are_in_the_first_screen(window, language, facts, star, zone):
    page = window(viewport=PHONE, timezone_id=zone)
    page.goto(f"/{language}/{SESSION}")
    page.locator(".s-act .star").wait_for()
    assert page.locator(".when").bounding_box()["y"] <= facts
    box = page.locator(".s-act .star").bounding_box()
    assert box["y"] + box["height"] <= star


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_calendar_menu_opens_inside_the_window_without_a_script(window, width):
    page = window(java_script_enabled=False, viewport={"width": width, "height": 844})
    page.goto(f"/ar/{SESSION}")
    page.locator(".menu summary").click()
    box = page.locator(".menu-sheet").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.locator(".menu-sheet a:visible").count() == 3
