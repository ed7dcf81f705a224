"""The site without a network: which pages are cached, and until when."""

import datetime
import re
import threading

import pytest
from django.core.cache import cache
from django.core.signals import request_started
from django.utils import timezone
from playwright.sync_api import expect

from symposium.website import pwa
from tests.factories import (
    make_category,
    make_edition,
    make_participation,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAMME = "/fr/2030/programme/"
OPENING = f"{PROGRAMME}ouverture/"
MINE = "/fr/2030/my-programme/"
SPEAKER = "/fr/2030/speakers/salma-medina/"
ROOM = "/fr/2030/rooms/atlas/"
LAST = (OPENING, SPEAKER, ROOM)  # the last pages that the programme prefetches
SLOW = "/static/img/og.png"  # a file that no page shows
KEPT = """
async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    const asked = await (await caches.open(name)).keys();
    kept[name] = asked.map(({ url }) => url.replace(location.origin, "")).sort();
  }
  return kept;
}
"""
UNTIL_KEPT = """
async ([path, isWanted]) => {
  for (let turn = 0; turn < 4800; turn += 1) {
    const kept = await caches.match(path, { ignoreVary: true });
    if (navigator.serviceWorker.controller && Boolean(kept) === isWanted) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${path}: ${isWanted ? "not kept" : "still kept"}.`);
}
"""
ASK_FOR = """
async (path) => {
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ keep: [new URL(path, location).href] });
}
"""
UPDATED = """
async () => {
  const changed = new Promise((resolve) =>
    navigator.serviceWorker.addEventListener("controllerchange", resolve));
  const registration = await navigator.serviceWorker.ready;
  await registration.update();
  await changed;
  const { active } = registration;
  if (active.state !== "activated") {
    await new Promise((resolve) => active.addEventListener("statechange", resolve));
  }
}
"""

# The uninstalling service worker is installed, and Chromium makes it wait for the old one.
UNTIL_IT_WAITS = """
async () => {
  const registration = await navigator.serviceWorker.ready;
  await registration.update();
  for (let turn = 0; turn < 400; turn += 1) {
    if (registration.waiting?.state === "installed") return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("No worker waits.");
}
"""
# A window opened earlier registers the worker when idle (start() of offline.js): here after the
# worker was unregistered, while it still controls the window. Chromium restores the registration.
TAKEN_BACK = """
async () => {
  const { serviceWorker } = navigator;
  await serviceWorker.register("/sw.js");
  for (let turn = 0; turn < 400; turn += 1) {
    if (serviceWorker.controller && !(await serviceWorker.getRegistration())) {
      return Boolean((await serviceWorker.register("/sw.js")).active);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("The worker does not leave.");
}
"""
UNTIL_GONE = """
async (isEmpty) => {
  for (let turn = 0; turn < 400; turn += 1) {
    const registration = await navigator.serviceWorker.getRegistration();
    const names = isEmpty ? await caches.keys() : [];
    if (!registration && !names.length) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("The worker, or what it has kept, is still there.");
}
"""


@pytest.fixture
def edition():
    """Create an edition that begins tomorrow and lasts two days, with sessions on both."""
    cache.clear()
    tomorrow = timezone.now().date() + datetime.timedelta(days=1)
    edition = make_edition(
        "2030", starts_on=tomorrow, time_zone="UTC", is_current=True,
        registration_opens_at=timezone.now() - datetime.timedelta(days=1),
    )  # fmt: skip
    room = make_room(edition, slug="atlas", name_fr="Atlas")
    opening = make_session(room=room, slug="ouverture", title_fr="Ouverture", at="09:00")
    make_participation(opening, make_speaker(edition, slug="salma-medina", family_name_fr="Médina"))
    make_session(edition, day=2, slug="cloture", title_fr="Clôture", kind="closing")
    return edition


@pytest.fixture
def mine(edition):
    return make_registration(make_category(edition))


@pytest.fixture
def reader(browser, live_server):
    """Open a page in a context that allows service workers."""
    context = browser.new_context(base_url=live_server.url, locale="fr-FR")
    yield context.new_page()
    context.close()


@pytest.fixture
def enter(reader, live_server, client):
    """Return a function that signs a user in, as if with the code."""

    def enter(user) -> None:
        client.force_login(user)
        session = client.cookies["sessionid"].value
        cookie = {"name": "sessionid", "value": session, "url": live_server.url}
        reader.context.add_cookies([cookie])

    return enter


def wait_for(page, path: str, *, is_kept: bool = True) -> None:
    """Wait until the worker controls this window and has cached `path`, or no longer has it."""
    page.evaluate(UNTIL_KEPT, [path, is_kept])


def visit(page, path: str) -> None:
    page.goto(path)
    wait_for(page, path)


def kept(page, kind: str) -> list[str]:
    return page.evaluate(KEPT).get(kind, [])


def forget_answers(page) -> None:
    """Clear the browser's own HTTP cache, which the worker's requests use for some seconds."""
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")


def lose_the_network(page) -> None:
    forget_answers(page)
    page.context.set_offline(True)


def line(page):
    return page.locator("[data-offline] p")


def test_programme_linked_pages_and_ticket_are_readable_offline(reader, edition, mine, enter):
    enter(mine.user)
    ticket = f"/fr/my/{mine.code}/"
    days = [f"{PROGRAMME}?day={day}" for day in (*edition.days, "all")]
    ahead = ["/fr/2030/", *days, MINE, OPENING, SPEAKER, ROOM]
    others = [PROGRAMME.replace("/fr/", f"/{language}/") for language in ("en", "ar")]
    reader.goto(PROGRAMME)
    expect(line(reader)).to_be_hidden()
    for path in [*ahead, *others]:
        wait_for(reader, path)
    reader.goto("/fr/my/")
    wait_for(reader, ticket)
    wait_for(reader, "/fr/my/programme/")
    assert kept(reader, "pages") == sorted([*ahead, PROGRAMME, *others])
    lose_the_network(reader)

    reader.goto(PROGRAMME)
    expect(reader.locator(".tt-item h4")).to_have_text(["Ouverture"])
    expect(line(reader)).to_have_text(re.compile(r"\d\d:\d\d"))
    expect(reader.locator(".star").first).to_be_visible()  # its script is cached too
    reader.locator(".p-days a").nth(1).click()
    expect(reader.locator(".tt-item h4")).to_have_text(["Clôture"])
    reader.locator(".star").first.click()
    reader.goto(MINE)
    expect(reader.locator(".entry:visible h3")).to_have_text(["Clôture"])
    for path, heading in ((OPENING, "Ouverture"), (SPEAKER, "Salma Médina"), (ROOM, "Atlas")):
        reader.goto(path)
        expect(reader.locator("h1")).to_have_text(heading)
        expect(line(reader)).to_be_visible()
    reader.goto(ticket)
    expect(reader.locator(".t-door svg")).to_be_visible()
    expect(line(reader)).to_be_visible()
    for start in ("/", "/fr/"):  # the start pages of the installed site
        reader.goto(start)
        expect(reader.locator("h1")).to_contain_text("Symposium 2030")
        expect(line(reader)).to_be_visible()

    reader.goto(others[1])
    expect(reader.locator("html")).to_have_attribute("dir", "rtl")
    expect(reader.locator(".tt-item h4")).to_have_text(["Ouverture"])
    reader.goto("/ar/")  # no home page was read in Arabic
    expect(reader.locator("[data-kept-list]")).to_be_attached()
    reader.goto("/fr/2030/speakers/")
    listed = reader.locator("[data-kept-list] a")
    expect(listed).to_have_count(len(ahead) + 4)  # the programme and three private pages too
    assert "/fr/my/" in listed.first.get_attribute("href")
    reader.context.set_offline(False)
    reader.reload()
    expect(reader.locator("h1")).to_have_text("Intervenants")
    expect(line(reader)).to_be_hidden()


def test_private_cache_is_cleared_at_sign_out(reader, mine, enter):
    ticket = f"/fr/my/{mine.code}/"
    enter(mine.user)
    visit(reader, ticket)
    reader.goto("/fr/my/")
    wait_for(reader, "/fr/my/")
    assert kept(reader, "private") == ["/fr/my/", ticket]
    reader.locator("form[action$='/accounts/logout/'] [type=submit]").click()
    reader.wait_for_url("**/fr/2030/")
    wait_for(reader, "/fr/2030/")
    assert kept(reader, "private") == []
    lose_the_network(reader)
    reader.goto(ticket)
    expect(reader.locator("[data-kept-list]")).to_be_visible()
    assert reader.locator(".t-object").count() == 0


def test_private_cache_is_cleared_when_session_ends_or_account_changes(reader, mine, enter):
    ticket = f"/fr/my/{mine.code}/"
    enter(mine.user)
    visit(reader, ticket)
    reader.context.clear_cookies(name="sessionid")  # as after an expired login
    reader.goto(ticket)
    assert "/accounts/login/" in reader.url
    assert kept(reader, "private") == []

    enter(mine.user)
    visit(reader, ticket)
    reader.context.clear_cookies(name="sessionid")
    reader.goto("/fr/accounts/login/password/")
    make_user("nora@example.org", "a long password")
    reader.locator("main [name=login]").fill("nora@example.org")
    reader.locator("main [name=password]").fill("a long password")
    reader.locator("main form:has([name=password]) [type=submit]").click()
    reader.wait_for_url(lambda url: "/login/" not in url)
    assert ticket not in kept(reader, "private")


def test_sensitive_pages_are_not_cached_offline(reader, mine, enter):
    mine.user.is_staff = mine.user.is_superuser = True
    mine.user.save()
    enter(mine.user)
    visit(reader, "/fr/2030/")
    for path in (
        "/admin/", "/fr/2030/desk/check-in/", "/fr/accounts/email/", "/fr/my/data/",
        f"/fr/my/{mine.code}/edit/", "/fr/2030/register/", "/fr/2030/participants/",
        f"{PROGRAMME}?q=introuvable", f"{PROGRAMME}nowhere/", "/fr/2030/search/?q=ville",
    ):  # fmt: skip
        reader.goto(path)
    visit(reader, "/fr/2030/speakers/")
    # the menu of the programme leads to “My programme”; a page’s other languages follow it
    paths = ["", "my-programme/", "speakers/"]
    public = {f"/{language}/2030/{path}" for language in ("fr", "en", "ar") for path in paths}
    mine_is = [f"/fr/my/{mine.code}/", "/fr/my/programme/"]  # `register` and a menu lead there
    for path in (MINE, *mine_is):  # the worker prefetches them one after the other
        wait_for(reader, path)
    assert {"/fr/2030/", MINE, "/fr/2030/speakers/"} <= {*kept(reader, "pages")} <= public
    assert kept(reader, "private") == mine_is


def test_removed_page_is_dropped_from_the_offline_cache(reader, edition):
    reader.goto(PROGRAMME)
    for path in LAST:  # while the site renders another page, it may serve a stale one
        wait_for(reader, path)
    edition.sessions.filter(slug="ouverture").update(status="draft")
    forget_answers(reader)
    reader.goto(OPENING)
    wait_for(reader, OPENING, is_kept=False)


def test_newer_service_worker_replaces_the_older(reader, edition, monkeypatch):
    reader.goto(PROGRAMME)
    wait_for(reader, OPENING)
    monkeypatch.setattr(pwa, "OFFLINE_PAGES", ["img/og.png"])  # not the files of the page
    reader.evaluate("caches.open('an-older-one')")
    reader.evaluate(UPDATED)
    assert sorted(reader.evaluate("caches.keys()")) == ["pages", "static"]
    assert "/static/img/og.png" in kept(reader, "static")
    lose_the_network(reader)
    reader.reload()
    expect(reader.locator(".tt-item h4")).to_have_text(["Ouverture"])
    expect(reader.locator(".tt")).to_have_css("display", "grid")
    expect(reader.locator(".star")).to_be_visible()


@pytest.fixture
def busy():
    """Return a function that makes the worker fetch a file that arrives after the test only."""
    asked, ended = threading.Event(), threading.Event()

    def hold(environ, **_signal) -> None:
        if environ["PATH_INFO"] == SLOW:
            asked.set()
            ended.wait(timeout=120)

    def busy(page) -> None:
        page.evaluate(ASK_FOR, SLOW)
        assert asked.wait(timeout=30)

    request_started.connect(hold)
    yield busy
    request_started.disconnect(hold)
    ended.set()


def read_two_pages(page) -> None:
    """Open two pages, as a returning reader does; after the second one nothing is left."""
    for is_second in (False, True):
        forget_answers(page)
        page.goto(PROGRAMME)
        expect(page.locator(".tt-item h4")).to_have_text(["Ouverture"])
        page.evaluate(UNTIL_GONE, is_second)


# Browsers stop an unregistered worker, except under developer tools, as here: it would go on
# caching pages. So these tests begin when it has no more pages to cache.
def test_disabled_service_worker_is_removed_with_its_caches(reader, mine, enter, settings):
    enter(mine.user)
    reader.goto(PROGRAMME)
    for path in LAST:
        wait_for(reader, path)
    visit(reader, f"/fr/my/{mine.code}/")
    settings.OFFLINE = False
    read_two_pages(reader)


def test_disabled_service_worker_replaces_a_busy_one(busy, reader, edition, settings):
    reader.goto(PROGRAMME)
    for path in LAST:
        wait_for(reader, path)
    busy(reader)
    settings.OFFLINE = False
    reader.evaluate(UNTIL_IT_WAITS)
    read_two_pages(reader)


def test_disabled_service_worker_is_removed_during_registration(reader, edition, settings):
    settings.OFFLINE = False
    reader.goto(PROGRAMME)
    assert reader.evaluate(TAKEN_BACK)
    read_two_pages(reader)


def test_disabled_service_worker_unregisters_without_a_page_visit(reader, edition, settings):
    settings.OFFLINE = False
    reader.goto(PROGRAMME)
    reader.evaluate("caches.open('pages')")
    reader.evaluate("navigator.serviceWorker.register('/sw.js')")
    reader.evaluate(UNTIL_GONE, True)
