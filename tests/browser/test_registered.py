"""Attendees see their registration on pages that are the same for everybody."""

import pytest
from playwright.sync_api import expect

from symposium.registrations import places
from tests.factories import (
    make_category,
    make_edition,
    make_registration,
    make_user,
    make_workshop,
    open_edition,
)

pytestmark = pytest.mark.django_db(transaction=True)

WAYS = "[data-register='2030']"
KNOWN = "() => localStorage.getItem('registrations')"


@pytest.fixture
def user():
    user = make_user("nora@example.org", "a long password")
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def edition():
    make_edition("2021", is_current=True)
    return open_edition("2030")


@pytest.fixture
def sessions(edition):
    maps = make_workshop(edition, slug="cartes", title_fr="Cartes", at="09:00")
    return [maps, make_workshop(edition, slug="sols", title_fr="Sols", at="14:00")]


def sign_in(page, path: str = "/fr/my/") -> None:
    page.goto(f"/fr/accounts/login/password/?next={path}")
    page.fill("[name=login]", "nora@example.org")
    page.fill("[name=password]", "a long password")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**{path}")


def ways(page) -> set[tuple[str, str]]:
    """Return the targets and the texts of the links to the registration."""
    texts = page.locator(WAYS).all_text_contents()
    addresses = page.locator(WAYS).evaluate_all("(all) => all.map((a) => a.pathname)")
    assert texts
    return {(address, text.strip()) for address, text in zip(addresses, texts, strict=True)}


def test_registered_visitor_gets_ticket_link_and_booked_marks(page, user, edition, sessions):
    category = make_category(edition)
    registration = make_registration(category, user=user, sessions=sessions[:1])
    page.goto("/fr/2030/")
    assert ways(page) == {("/fr/2030/register/", "S’inscrire")}

    sign_in(page, f"/fr/my/{registration.code}/")
    page.wait_for_function(KNOWN)
    for address in ("/fr/2030/", "/fr/2030/programme/?day=all", "/fr/my/"):
        page.goto(address)
        assert ways(page) == {(f"/fr/my/{registration.code}/", "Mon billet")}
    page.goto("/en/2030/speakers/")
    assert ways(page) == {(f"/en/my/{registration.code}/", "My ticket")}
    page.goto("/fr/2021/")  # it links to the next edition
    expect(page.locator(WAYS)).to_have_text("Mon billet")

    page.goto("/fr/2030/programme/?day=all")
    booked = page.locator(".tt-item:has([data-booked-tag])")
    expect(booked.locator("h4")).to_have_text(["Cartes"])
    expect(booked.locator("[data-booked-tag]")).to_have_text(["Place réservée"])
    page.goto("/fr/2030/programme/sols/")
    seat = page.locator("[data-seat]")
    expect(seat).to_have_text("Réserver une place")
    page.goto("/fr/2030/programme/cartes/")
    expect(seat).to_have_text("Mon billet")
    expect(page.locator("[data-seat-state]:visible b")).to_have_text("Votre place est réservée.")
    expect(page.locator("[data-places]")).to_be_hidden()
    seat.click()
    page.wait_for_url(f"**/fr/my/{registration.code}/#sessions")

    places.cancel(registration)
    with page.expect_response("**/my/programme/stars/"):
        page.reload()
    expect(page.locator(WAYS).first).to_have_text("S’inscrire")
    assert ways(page) == {("/fr/2030/register/", "S’inscrire")}


def test_waiting_list_of_a_session_is_shown(page, user, edition):
    full = make_workshop(edition, places=1, slug="plein", title_fr="Plein")
    category = make_category(edition)
    make_registration(category, sessions=[full])
    registration = make_registration(category, user=user, sessions=[full])
    page.goto("/fr/2030/programme/plein/")
    assert page.locator("[data-seat-state]:visible").count() == 0
    sign_in(page, f"/fr/my/{registration.code}/")
    page.wait_for_function(KNOWN)
    page.goto("/fr/2030/programme/plein/")
    expect(page.locator("[data-seat-state]:visible b")).to_have_text(
        "Vous êtes sur la liste d’attente de cette session."
    )
    expect(page.locator("[data-seat]")).to_have_text("Mon inscription")


def test_waiting_registration_gets_no_ticket_link(page, user, edition):
    make_registration(make_category(edition, needs_approval=True), user=user)
    sign_in(page)
    page.wait_for_function(KNOWN)
    page.goto("/ar/2030/")
    assert {words for _address, words in ways(page)} == {"تسجيلي"}


def test_registration_state_is_cleared_at_sign_out(page, user, edition):
    make_registration(make_category(edition), user=user)
    sign_in(page)
    page.wait_for_function(KNOWN)
    page.locator("form[action$='/accounts/logout/'] button").click()
    page.wait_for_url("**/fr/2030/")
    assert ways(page) == {("/fr/2030/register/", "S’inscrire")}


@pytest.mark.parametrize("status", [500, None])
def test_pages_are_unchanged_when_the_account_request_fails(page, user, edition, status):
    make_registration(make_category(edition), user=user)
    page.route(
        "**/my/programme/stars/",
        lambda route: route.fulfill(status=status) if status else route.abort(),
    )
    sign_in(page)
    page.goto("/fr/2030/")
    assert ways(page) == {("/fr/2030/register/", "S’inscrire")}
    assert page.evaluate(KNOWN) is None
