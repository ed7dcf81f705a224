"""Stars that move from a browser into an account, and leave the browser at sign-out."""

import json

import pytest
from playwright.sync_api import expect

from symposium.agenda.models import Star
from tests.factories import make_edition, make_session, make_user

pytestmark = pytest.mark.django_db(transaction=True)
KEPT = "() => JSON.stringify(localStorage)"


@pytest.fixture
def user():
    user = make_user("nora@example.org", "a long password")
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def sessions():
    edition = make_edition("2021", is_current=True)
    return [make_session(edition, title_fr=title, at="10:00") for title in ("Eau", "Vent", "Sol")]


def titles(page) -> list[str]:
    return page.locator(".entry:not([hidden]) .entry-title").all_inner_texts()


def press(page, title: str) -> None:
    page.get_by_role("button", name=title).click()


def sign_in(page, email: str = "nora@example.org") -> None:
    page.goto("/fr/accounts/login/password/?next=/fr/my/programme/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", "a long password")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/my/programme/")


def test_browser_stars_merge_at_sign_in_and_clear_at_sign_out(page, user, sessions):
    make_edition("2020")
    page.goto("/fr/2020/my-programme/")  # an edition without sessions
    expect(page.locator("[data-mine-empty]")).to_be_visible()
    expect(page.locator("[data-mine-blocked]")).to_be_hidden()

    page.goto("/fr/2021/programme/?day=all")
    for title in ("Eau", "Vent"):
        press(page, title)
    page.goto("/fr/2021/my-programme/")
    for title in ("Eau", "Vent"):
        name = f"Retirer de mon programme : {title}"
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    assert titles(page) == ["Eau", "Vent"]
    assert page.locator(".slot-choice").all_inner_texts() == ["10:00\n2 au choix"]
    star = page.get_by_role("button", name="Retirer de mon programme : Vent", exact=True)
    star.click()
    expect(page.locator(".slot-choice")).to_have_count(0)
    expect(page.locator(":focus")).to_have_text("Ajouter à mon programme : Vent")
    page.locator(":focus").press("Enter")
    expect(page.locator(".slot .entry")).to_have_count(2)
    numbers = "-".join(str(session.pk) for session in sorted(sessions[:2], key=lambda s: s.pk))
    calendar = page.locator("[data-mine-calendar] a").last.get_attribute("href")
    assert calendar.endswith(f"/2021/my-programme/{numbers}.ics?lang=fr")
    page.locator("[data-mine-share]").click()
    assert titles(page) == ["Eau", "Vent"]

    sign_in(page)
    page.locator(".entry").nth(1).wait_for()
    assert titles(page) == ["Eau", "Vent"]
    assert {star.session for star in user.stars.all()} == set(sessions[:2])

    # A star pressed on a page without the account is saved in the account too.
    page.goto("/fr/2021/programme/?day=all")
    for title in ("Eau", "Sol"):
        with page.expect_response("**/my/programme/stars/"):
            press(page, title)
    assert {star.session for star in user.stars.all()} == set(sessions[1:])

    # After several presses, the last one counts.
    sent = []
    page.on("request", lambda request: sent.append(request.post_data_json))
    page.get_by_role("button", name="Eau").evaluate("(b) => [1, 2, 3].forEach(() => b.click())")
    page.wait_for_function("() => !localStorage.getItem('stars-pending')")
    water = str(sessions[0].guid)
    assert sent == [{"add": {"2021": [water]}, "remove": {}, "carried": False}]
    assert water in page.evaluate("() => localStorage['stars:2021']")
    assert {star.session for star in user.stars.all()} == set(sessions)
    with page.expect_response("**/my/programme/stars/"):
        press(page, "Eau")

    # Without a network the star waits in the browser.
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        press(page, "Eau")
    page.context.set_offline(False)
    with page.expect_response("**/my/programme/stars/"):
        page.goto("/fr/my/programme/")
    page.locator(".entry").nth(2).wait_for()
    assert user.stars.count() == 3

    page.locator("form[action$='/accounts/logout/'] button").click()
    page.wait_for_url("**/fr/2021/")
    assert page.evaluate(KEPT) == "{}"
    assert Star.objects.count() == 3


def test_browser_clears_stars_of_an_account_signed_out_elsewhere(page, user, sessions):
    """Unsaved stars wait for that account, and for no other."""
    Star.objects.create(user=user, session=sessions[0])
    sign_in(page)
    page.wait_for_function("() => localStorage.getItem('stars:2021')")
    page.context.clear_cookies()
    page.goto("/fr/2021/programme/?day=all")
    with page.expect_response("**/my/programme/stars/"):
        press(page, "Vent")
    page.wait_for_function("() => JSON.parse(localStorage['stars-account']).former")
    assert json.loads(page.evaluate("localStorage['stars:2021']")) == [str(sessions[1].guid)]
    press(page, "Sol")  # it belongs to the next account that signs in

    other = make_user("lina@example.org", "a long password")
    other.emailaddress_set.create(email=other.email, verified=True, primary=True)
    sign_in(page, "lina@example.org")
    page.locator(".entry").wait_for()
    assert titles(page) == ["Sol"]
    assert [star.session for star in other.stars.all()] == [sessions[2]]
    assert page.evaluate("localStorage['stars-pending']") is None


def test_shared_programme_is_kept_in_the_browser_at_once(page, sessions):
    numbers = "-".join(str(session.pk) for session in sorted(sessions, key=lambda s: s.pk))
    page.goto(f"/fr/2021/my-programme/{numbers}/")
    expect(page.locator("[data-kept-all]")).to_be_hidden()
    page.get_by_role("button", name="Ajouter à mon programme : Eau").click()
    page.locator("[data-keep-all]").click()
    expect(page.locator("[data-kept-all]")).to_be_focused()
    expect(page.locator("[data-keep-all]")).to_be_hidden()
    kept = json.loads(page.evaluate("localStorage['stars:2021']"))
    assert sorted(kept) == sorted(str(session.guid) for session in sessions)
    page.locator("[data-kept-all] a").click()
    expect(page.locator(".slot .entry")).to_have_count(3)
