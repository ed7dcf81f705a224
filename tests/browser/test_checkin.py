"""Check-in in a real browser: scanners, the camera, a network that goes away."""

import datetime
import io
import zoneinfo

import pytest
import segno
from django.contrib.auth.models import Permission
from django.utils import timezone, translation
from PIL import Image
from pytest_django.live_server_helper import LiveServer

from symposium.registrations.checkin import scans, views
from symposium.registrations.models import CheckIn, Registration
from symposium.registrations.models.registrations import State
from tests.browser.clock import set_clock
from tests.browser.conftest import error_of
from tests.browser.test_accessibility import DESK, PHONE, examine
from tests.conftest import chromium, put_back
from tests.factories import (
    make_category,
    make_edition,
    make_registration,
    make_user,
    make_workshop,
    refreshed,
    where_it_is_noon,
)

DOOR = "/en/2021/desk/check-in/"
DAY = datetime.timedelta(days=1)
RESULT = "[data-result] .result"
LAST = "[data-last] li"
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('check-in:')).length"
# The keys of a scanner, all at once: sent one by one they might be too slow for a scanner.
KEYS = """
(keys) => {
  for (const [key, code] of [...keys, ["Enter", "Enter"]]) {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true }));
  }
}
"""
# The keys that a scanner set to an English keyboard sends on a French one.
FRENCH = {"2": "é", "4": "'", "7": "è", "9": "ç", "Q": "a", "M": ","}
BROKEN_READER = """
globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { throw new DOMException("Barcode detection service unavailable."); }
};
"""
OWN_READER = """
globalThis.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return [{ rawValue: "7K4Q2M9XTB" }]; }
};
"""

# The page does not abort a slow request: this machine may be busy.
PATIENT = "AbortController.prototype.abort = () => {}"
COUNT_LOOKS = """
() => {
  const { prototype } = (globalThis.BarcodeDetectionAPI ?? globalThis).BarcodeDetector;
  const { detect } = prototype;
  globalThis.looks = 0;
  prototype.detect = function (video) {
    globalThis.looks += 1;
    return detect.call(this, video);
  };
}
"""


@pytest.fixture(scope="module")
def server(django_db_setup, django_db_blocker):
    """Serve the site for all the tests of this module."""
    with django_db_blocker.unblock():
        server = LiveServer("localhost")
        yield server
        server.stop()


@pytest.fixture(autouse=True)
def _nobody_there(server):
    yield
    put_back()


@pytest.fixture
def page(browser, server):
    """Open a page whose clock stands still, a minute ago.

    A result stays on the screen and no timeout ends, unless the test moves the clock.
    """
    context = browser.new_context(base_url=server.url, locale="fr-FR", service_workers="block")
    page = context.new_page()
    set_clock(page, timezone.now() - datetime.timedelta(minutes=1), runs=True)
    yield page
    context.close()


@pytest.fixture
def edition():
    """Create an edition held today and tomorrow, in a time zone in which it is noon."""
    now = timezone.now()
    zone = where_it_is_noon(now)
    today = now.astimezone(zoneinfo.ZoneInfo(zone)).date()
    return make_edition(
        "2021", starts_on=today, ends_on=today + DAY, time_zone=zone, is_current=True,
        registration_opens_at=now - DAY,
    )  # fmt: skip


@pytest.fixture
def category(edition):
    return make_category(edition, name_en="On site")


@pytest.fixture
def ticket(category):
    return ticket_of(category, "7K4Q2M9XTB", given_name="Salma", family_name="Médina")


def ticket_of(category, code, **fields):
    ticket = make_registration(category, **fields)
    Registration.objects.filter(pk=ticket.pk).update(code=code)
    return refreshed(ticket)


def welcomer(**fields):
    user = make_user(**fields)
    user.user_permissions.add(Permission.objects.get(codename="check_in"))
    return user


@pytest.fixture
def nadia(edition):
    return welcomer(name="Nadia")


@pytest.fixture
def sign_in(server, client):
    def sign_in(page, user):
        client.force_login(user)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])

    return sign_in


@pytest.fixture
def door(page, sign_in, nadia, ticket):
    sign_in(page, nadia)
    page.goto(DOOR)
    return page


def typed(page, code: str, printed: dict[str, str] | None = None) -> None:
    """Type a code as a scanner; `printed` maps a sign to the key that a keyboard shows instead."""
    keys = [(sign, f"Digit{sign}" if sign.isdigit() else f"Key{sign}") for sign in code]
    page.evaluate(KEYS, [((printed or {}).get(sign, sign), key) for sign, key in keys])


def really_typed(page, code: str) -> None:
    """Type a code with the browser's keyboard, wherever the focus is; the clock stands still."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def said(page) -> list[str]:
    """Return the lines of the large result."""
    page.locator(RESULT).wait_for()
    return [line for line in page.locator(RESULT).inner_text().splitlines() if line.strip()]


def listed(page, rows: str = LAST) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(rows).all_inner_texts()]


# Scanning, online


def test_scanner_types_anywhere_and_an_entry_goes_away_by_itself(door, ticket):
    complaints = []
    door.on("console", lambda message: complaints.append(message.text))
    door.on("pageerror", lambda error: complaints.append(str(error)))
    really_typed(door, "7K4Q2M9XTB")
    assert said(door)[:2] == ["Checked in", "Salma Médina"]
    assert door.locator("[data-counts] dd").all_inner_texts() == ["1", "1"]
    door.clock.run_for(1_499)
    assert said(door)[0] == "Checked in"
    door.clock.run_for(1)
    assert door.locator(RESULT).count() == 0
    assert CheckIn.objects.get().registration == ticket
    assert door.evaluate(KEPT) == 0
    assert complaints == []


def test_answer_to_be_looked_at_stays_until_a_tap(door, ticket):
    typed(door, "7K4Q-2M9X-TB")
    assert said(door)[0] == "Checked in"
    typed(door, "7K4Q-2M9X-TB")
    door.locator("[data-result] .result-warn").wait_for()
    door.clock.run_for(5_000)
    assert said(door)[0] == "Already checked in"
    door.locator(RESULT).click()
    door.locator(RESULT).wait_for(state="detached")
    typed(door, "2222222222")
    assert said(door)[:2] == ["Not valid", "Code not recognised."]
    assert [row.split(" 0")[0].split(" 1")[0].split(" 2")[0] for row in listed(door)] == [
        "Not valid", "Already checked in", "Checked in",
    ]  # fmt: skip


def test_without_express_an_entry_stays_until_a_tap(door):
    door.uncheck("[data-express]")
    typed(door, "7K4Q2M9XTB")
    door.locator(RESULT).wait_for()
    door.clock.run_for(5_000)
    assert said(door)[0] == "Checked in"
    door.reload()
    assert not door.locator("[data-express]").is_checked()


def test_scanner_on_a_french_keyboard_is_understood(door, ticket):
    typed(door, ticket.code, FRENCH)
    assert said(door)[0] == "Checked in"


def test_scanner_types_into_the_field_after_half_a_name(door):
    door.locator("#id_code").press_sequentially("Sal")
    door.clock.run_for(500)
    really_typed(door, "7K4Q2M9XTB")
    assert said(door)[0] == "Checked in"
    assert door.locator("#id_code").input_value() == ""


def test_person_is_found_by_name_checked_in_and_taken_back(door, ticket):
    door.locator("#id_code").press_sequentially("medi")
    door.clock.run_for(250)
    door.locator("[data-found] button").click()
    assert said(door)[0] == "Checked in"
    assert door.locator("[data-found] li").count() == 0
    door.locator(f"{LAST} button").click()
    door.locator(f"{LAST} .tag", has_text="Check-in undone").wait_for()
    assert door.locator("[data-counts] dd").all_inner_texts() == ["0", "1"]
    assert CheckIn.objects.active().count() == 0


def test_page_works_without_javascript(browser, server, sign_in, nadia, ticket):
    context = browser.new_context(base_url=server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, nadia)
    page.goto(DOOR)
    page.fill("#id_code", "medina")
    page.press("#id_code", "Enter")
    page.locator("[data-found] button").click()
    assert said(page)[:2] == ["Checked in", "Salma Médina"]
    page.locator(f"{LAST} button").click()
    page.locator(f"{LAST} .tag", has_text="Check-in undone").wait_for()
    context.close()


# Without network


def test_scans_without_network_are_kept_and_sent_in_order_when_it_is_back(door, category, ticket):
    ticket_of(category, "8K4Q2M9XTB")
    door.context.set_offline(True)
    moments = []
    for code in ("7K4Q2M9XTB", "8K4Q2M9XTB", "7K4Q2M9XTB"):
        door.clock.run_for(1_000)
        moments.append(door.evaluate("Date.now()") / 1_000)
        typed(door, code)
        door.locator(f"{RESULT}.result-kept", has_text=code).wait_for()
    assert door.locator("[data-waiting=mine]").inner_text() == (
        "Scans saved on this device: 3. They’ll be sent when you’re back online."
    )
    assert (door.evaluate(KEPT), CheckIn.objects.count()) == (3, 0)
    back = timezone.now()
    door.context.set_offline(False)
    door.locator("[data-late] li").wait_for()
    assert door.evaluate(KEPT) == 0
    assert door.locator("[data-network]").is_hidden()
    entries = list(CheckIn.objects.order_by("pk"))
    assert [entry.registration.code for entry in entries] == ["7K4Q2M9XTB", "8K4Q2M9XTB"]
    assert [entry.scanned_at.timestamp() for entry in entries] == moments[:2]
    assert all(back < entry.recorded_at for entry in entries)
    assert ["Already checked in" in row for row in listed(door)] == [True, False, False]
    assert ["Already checked in" in row for row in listed(door, "[data-late] li")] == [True]


def test_kept_scans_are_found_again_when_the_page_is_loaded_again(door):
    door.route("**/check-in/scan", lambda route: route.abort())
    typed(door, "7K4Q2M9XTB")
    assert said(door)[0] == "Saved, not checked"
    door.reload()
    assert door.locator("[data-waiting=mine]").is_visible()
    door.unroute("**/check-in/scan")
    door.reload()
    door.locator(LAST, has_text="Checked in").wait_for()
    assert (door.evaluate(KEPT), CheckIn.objects.count()) == (0, 1)


def test_scan_whose_answer_was_lost_is_one_entry_and_said_so(door):
    def lose_the_answer(route):
        route.fetch()
        route.abort()

    door.route("**/check-in/scan", lose_the_answer, times=1)
    typed(door, "7K4Q2M9XTB")
    assert said(door)[0] == "Saved, not checked"
    assert CheckIn.objects.count() == 1
    door.evaluate("dispatchEvent(new Event('online'))")
    door.locator(LAST, has_text="Checked in").wait_for()
    assert door.locator("[data-late]").is_hidden()
    assert (door.evaluate(KEPT), CheckIn.objects.count()) == (0, 1)


def test_answer_that_is_not_ours_keeps_the_scan(door):
    door.route(
        "**/check-in/scan", lambda route: route.fulfill(body="<h1>Welcome to our Wi-Fi</h1>")
    )
    typed(door, "7K4Q2M9XTB")
    assert said(door)[0] == "Saved, not checked"
    assert door.evaluate(KEPT) == 1


def test_scan_is_given_up_only_if_its_code_or_number_is_malformed(door):
    wrong = ["session"]
    door.route("**/check-in/scan", lambda route: route.fulfill(status=400, json={"fields": wrong}))
    typed(door, "7K4Q2M9XTB")
    assert said(door)[0] == "Saved, not checked"
    assert door.evaluate(KEPT) == 1
    wrong.append("code")
    typed(door, "7K4Q2M9XTB")
    door.locator(f"{RESULT}.result-bad").wait_for()
    assert door.evaluate(KEPT) == 1
    door.evaluate("dispatchEvent(new Event('online'))")
    door.locator("[data-waiting=mine]").wait_for(state="hidden")
    assert door.evaluate(KEPT) == 0


def test_scans_kept_at_a_session_outlive_its_address_and_its_cancellation(
    door, edition, ticket, nadia
):
    workshop = make_workshop(edition, places=None, slug="mobility")
    door.goto(f"{DOOR}?session=mobility")
    door.context.set_offline(True)
    typed(door, "7K4Q2M9XTB")
    assert said(door)[0] == "Saved, not checked"
    type(workshop).objects.update(slug="another", status="cancelled")
    door.context.set_offline(False)
    door.locator(LAST, has_text="Checked in").wait_for()
    assert CheckIn.objects.get().session == workshop
    assert door.evaluate(KEPT) == 0


def test_entry_taken_back_before_its_scan_came_again_is_said(door, nadia):
    def lose_the_answer(route):
        route.fetch()
        route.abort()

    door.route("**/check-in/scan", lose_the_answer, times=1)
    typed(door, "7K4Q2M9XTB")
    assert said(door)[0] == "Saved, not checked"
    scans.undo(nonce=CheckIn.objects.get().nonce, by=nadia)
    door.evaluate("dispatchEvent(new Event('online'))")
    door.locator("[data-late] li").wait_for()
    assert "This check-in was undone" in listed(door, "[data-late] li")[0]


def test_one_scan_that_the_site_cannot_answer_does_not_hold_up_the_others(door, category):
    ticket_of(category, "8K4Q2M9XTB")

    def fail_for_one(route):
        bad = "8K4Q" not in route.request.post_data
        route.fulfill(status=500) if bad else route.continue_()

    door.context.set_offline(True)
    for code in ("7K4Q2M9XTB", "8K4Q2M9XTB"):
        door.clock.run_for(1_000)
        typed(door, code)
        door.locator(f"{RESULT}.result-kept", has_text=code).wait_for()
    door.route("**/check-in/scan", fail_for_one)
    door.context.set_offline(False)
    door.locator(LAST, has_text="Checked in").wait_for()
    assert door.evaluate(KEPT) == 1
    assert CheckIn.objects.get().registration.code == "8K4Q2M9XTB"


def test_scans_wait_for_the_account_that_made_them(door, sign_in, nadia):
    door.context.clear_cookies(name="sessionid")
    typed(door, "7K4Q2M9XTB")
    assert said(door)[0] == "Saved, not checked"
    assert door.locator("[data-trouble=signed_out]").is_visible()
    sign_in(door, welcomer())
    door.evaluate("dispatchEvent(new Event('online'))")
    door.locator("[data-trouble=other_user]").wait_for()
    assert CheckIn.objects.count() == 0
    door.goto(DOOR)
    assert door.locator("[data-waiting=others]").inner_text() == (
        "Scans saved by another account on this device: 1. They’ll be sent when it signs in."
    )
    assert (door.evaluate(KEPT), CheckIn.objects.count()) == (1, 0)
    sign_in(door, nadia)
    door.goto(DOOR)
    door.locator(LAST, has_text="Checked in").wait_for()
    assert CheckIn.objects.get().by == nadia


def test_page_of_before_signing_in_again_goes_on(door, sign_in, nadia):
    """Signing in changes the CSRF token; the page uses the new one."""
    door.context.clear_cookies()
    typed(door, "7K4Q2M9XTB")
    assert said(door)[0] == "Saved, not checked"
    assert door.locator("[data-trouble=stale]").is_visible()
    sign_in(door, nadia)
    other = door.context.new_page()
    other.goto(DOOR)
    other.locator(LAST, has_text="Checked in").wait_for()
    other.close()
    door.evaluate("dispatchEvent(new Event('online'))")
    typed(door, "7K4Q2M9XTB")
    door.locator("[data-result] .result-warn").wait_for()


def test_person_found_by_name_is_kept_under_that_name_without_network(door, ticket):
    door.locator("#id_code").press_sequentially("medi")
    door.clock.run_for(250)
    door.locator("[data-found] button").wait_for()
    door.context.set_offline(True)
    door.locator("[data-found] button").click()
    door.locator(f"{RESULT}.result-kept", has_text="Salma Médina").wait_for()
    assert ticket.code not in door.evaluate("JSON.stringify(localStorage)")
    door.context.set_offline(False)
    door.locator(LAST, has_text="Checked in").wait_for()
    assert (door.evaluate(KEPT), CheckIn.objects.get().registration) == (0, ticket)


def test_scan_of_another_day_is_amber_without_network_too(door, edition, ticket):
    first = edition.starts_on + 2 * DAY
    type(edition).objects.update(starts_on=first, ends_on=first + DAY)
    door.reload()
    typed(door, "7K4Q2M9XTB")
    door.locator(f"{RESULT}.result-warn").wait_for()
    assert said(door)[0] == "Another day"
    door.context.set_offline(True)
    typed(door, "7K4Q2M9XTB")
    door.locator(f"{RESULT}.result-warn", has_text="This scan is saved").wait_for()
    with translation.override("en"):
        days = refreshed(edition).dates
    assert said(door)[:2] == ["Another day", f"The tickets are for {days}."]
    assert CheckIn.objects.count() == 0


def test_name_cannot_be_looked_for_without_network(door):
    door.context.set_offline(True)
    door.locator("#id_code").press_sequentially("medi")
    door.clock.run_for(250)
    door.locator("[data-found] .notice").wait_for()


# The camera


@pytest.fixture(scope="module")
def filming(browser, tmp_path_factory):
    """Launch a browser whose fake camera shows the QR code of a ticket."""
    drawn = io.BytesIO()
    segno.make("7K4Q2M9XTB", error="m").save(drawn, kind="png", scale=10, border=4)
    frame = Image.new("RGB", (640, 480), "white")
    frame.paste(Image.open(drawn), (150, 80))
    picture = io.BytesIO()
    frame.save(picture, "JPEG")
    film = tmp_path_factory.mktemp("film") / "ticket.mjpeg"
    film.write_bytes(picture.getvalue() * 10)
    launched = browser.browser_type.launch(
        executable_path=chromium(),
        args=[
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    yield launched
    launched.close()


@pytest.mark.parametrize(
    ("reader", "ours"),
    [
        pytest.param("delete globalThis.BarcodeDetector", True, id="none"),
        pytest.param(BROKEN_READER, True, id="broken"),
        pytest.param(OWN_READER, False, id="its own"),
    ],
)
def test_camera_reads_a_ticket_once_while_it_is_held_there(
    filming, server, sign_in, nadia, ticket, reader, ours
):
    context = filming.new_context(base_url=server.url, service_workers="block")
    page = context.new_page()
    page.add_init_script(reader)
    page.add_init_script(PATIENT)
    complaints, loaded = [], []
    page.on("console", lambda message: complaints.extend(error_of(message)))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: loaded.append(request.url.split("/")[-1]))
    sign_in(page, nadia)
    now = timezone.now() - datetime.timedelta(minutes=1)
    page.clock.set_fixed_time(now)  # timers still run: the camera, the large result
    page.goto(DOOR)
    assert "zxing_reader.wasm" not in loaded
    page.locator("[data-camera-button]").click()
    page.locator(LAST, has_text="Checked in").wait_for()
    assert "Salma Médina" in listed(page)[0]
    page.locator(RESULT).wait_for(state="detached")
    page.evaluate(COUNT_LOOKS)
    for seconds in (1, 2, 3):
        page.clock.set_fixed_time(now + datetime.timedelta(seconds=seconds))
        page.wait_for_function(
            "(looks) => globalThis.looks > looks + 1", arg=page.evaluate("looks")
        )
    assert (page.locator(LAST).count(), CheckIn.objects.count()) == (1, 1)
    assert ("zxing_reader.wasm" in loaded) is ours
    page.locator("[data-camera-button]").click()
    assert page.locator("[data-camera-button]").inner_text() == "Start the camera"
    assert complaints == []
    context.close()


def test_camera_that_is_not_there_is_said(door):
    door.locator("[data-camera-button]").click()
    door.locator("[data-camera-said]").wait_for()
    typed(door, "7K4Q2M9XTB")
    assert said(door)[0] == "Checked in"


# Accessibility


@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("fr", "light", PHONE), ("ar", "dark", DESK)]
)
def test_axe_finds_nothing(browser, server, sign_in, category, nadia, language, scheme, width):
    make_workshop(category.edition)
    names = {"given_name": "Salma", "family_name": "Médina"}
    arabic = {"given_name_ar": "سلمى", "family_name_ar": "مدينة"}
    ticket_of(category, "7K4Q2M9XTB", accessibility_needs="Boucle magnétique", **names, **arabic)
    waiting = ticket_of(category, "8K4Q2M9XTB")
    Registration.objects.filter(pk=waiting.pk).update(state=State.WAITING, queue_number=1)
    context = browser.new_context(
        base_url=server.url, color_scheme=scheme, viewport={"width": width, "height": 844},
        service_workers="block",
    )  # fmt: skip
    page = context.new_page()
    page.add_init_script(PATIENT)
    sign_in(page, nadia)
    address = DOOR.replace("en", language, 1)
    page.goto(address)
    page.uncheck("[data-express]")
    found = {}

    def look_at(name):
        found.update(examine(page, name, language, width))

    def answered(code, css_class):
        page.goto(address)
        typed(page, code)
        page.locator(f"{RESULT}.{css_class}").wait_for()

    look_at("nothing yet")
    page.goto(address)
    page.fill("#id_code", "sal")
    page.locator("[data-found] li").first.wait_for()
    look_at("found")
    answered("7K4Q2M9XTB", "result-ok")
    look_at("entered")
    answered("7K4Q2M9XTB", "result-warn")
    look_at("already in")
    answered("8K4Q2M9XTB", "result-bad")
    look_at("refused")
    page.route("**/check-in/scan", lambda route: route.abort())
    answered("7K4Q2M9XTB", "result-kept")
    look_at("kept")
    page.unroute("**/check-in/scan")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator("[data-late] li").wait_for()
    look_at("late")
    page.goto(f"{address}list/")
    look_at("list")
    context.close()
    assert {where: faults for where, faults in found.items() if faults} == {}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_page_is_wider_than_the_window(door, category, language, monkeypatch):
    monkeypatch.setattr(views, "PAGE_SIZE", 1)
    long = "Anticonstitutionnellement" * 4
    ticket_of(category, "8K4Q2M9XTB", family_name=long, affiliation=long)
    address = DOOR.replace("en", language, 1)
    door.goto(address)
    door.uncheck("[data-express]")
    for code in ("7K4Q2M9XTB", "8K4Q2M9XTB"):
        typed(door, code)
        door.locator(LAST, has_text="Salma").first.wait_for()
    door.locator(RESULT, has_text=long).wait_for()
    wide = too_wide(door)
    door.goto(f"{address}list/")
    assert door.locator(".checkin-pages").is_visible()
    assert wide | too_wide(door) == set()


def too_wide(page) -> set:
    """Return the windows in which the current page is too wide."""
    found = set()
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.add((page.url, width))
    return found
