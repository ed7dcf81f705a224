"""From registration to the certificate in a real browser, in both writing directions.

The tests find nothing by its text, since texts are translated and may be corrected at any time.
"""

import datetime
import io
import re
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from symposium.editions.models import Edition
from symposium.registrations import reminders
from symposium.registrations.models import Answer, Certificate, CheckIn, Registration
from symposium.sessions.models import Session
from tests.factories import (
    make_category,
    make_edition,
    make_question,
    make_session,
    make_user,
    make_workshop,
)
from tests.helpers.pdf_files import opened, pictures, scanned

pytestmark = pytest.mark.django_db(transaction=True)

DAY = datetime.timedelta(days=1)
SALMA = "salma@example.org"
FORM = "form:has([name=consent])"
TYPED = {
    "given_name": "Salma",
    "family_name": "Médina",
    "given_name_ar": "سلمى",
    "family_name_ar": "المدينة",
    "affiliation": "Université Hassan-II",
    "accessibility_needs": "Une place près de l’écran",
}
IN_BOTH_DIRECTIONS = pytest.mark.parametrize("language", ["fr", "ar"])
# Steps that do not depend on the writing direction are tested once.
IN_FRENCH = pytest.mark.parametrize("language", ["fr"])
IN_ARABIC = pytest.mark.parametrize("language", ["ar"])


@pytest.fixture
def site(live_server):
    """Return the URL of the site that `window` opens."""
    cache.clear()
    return live_server.url


@pytest.fixture
def edition():
    """Create an edition held today and tomorrow, still open for registration."""
    today = timezone.now().date()
    edition = make_edition(
        "2030", starts_on=today, ends_on=today + DAY, time_zone="UTC", is_current=True,
        registration_opens_at=timezone.now() - DAY,
    )  # fmt: skip
    make_session(edition, at="09:00", lasting=90)
    return edition


@pytest.fixture
def category(edition):
    make_category(edition, name_fr="En ligne", on_site=False, online_access=True)
    return make_category(edition, name_fr="Sur place")


@pytest.fixture
def workshop(edition):
    return make_workshop(edition, day=2, at="10:00", title_fr="Cartes")


@pytest.fixture
def question(edition):
    return make_question(edition, is_required=True)


@pytest.fixture
def sign_in(live_server, client):
    def sign_in(page, user):
        client.force_login(user)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    return sign_in


# The steps


def enter(page, mailoutbox) -> None:
    """Type the e-mail address, then the code sent to it."""
    page.locator("main [name=login]").fill(SALMA)
    page.locator("main form:has([name=login]) [type=submit]").click()
    page.locator("main [name=code]").wait_for()
    code = re.search(r"^(\d{6})$", mailoutbox[-1].body, re.MULTILINE)[1]
    page.locator("main [name=code]").fill(code)
    page.locator("main form:has([name=code]) [type=submit]").click()
    page.locator(FORM).wait_for()


def fill(page, category, **choices) -> None:
    """Fill in everything except the consent."""
    for name, words in TYPED.items():
        page.locator(f"[name={name}]").fill(words)
    page.locator("[name=role]").select_option("research")
    page.locator("[name=country]").select_option("MA")
    page.locator(f"[name=category][value='{category.pk}']").check()
    for name, value in choices.items():
        field = page.locator(f"[name={name}]")
        field.fill(value) if isinstance(value, str) else field.check()


def send(page) -> None:
    page.locator(f"{FORM} [type=submit]").click()


def shown(page) -> dict[str, str]:
    return {name: page.locator(f"[name={name}]").input_value() for name in TYPED}


def read(picture) -> list[str]:
    """Return the texts of the QR codes on the screen."""
    return scanned(Image.open(io.BytesIO(picture.screenshot())))


def scan(door, code: str, kind: str) -> None:
    """Type the code into its field, as a scanner does, and wait for the large result."""
    door.locator("#id_code").fill(code)
    door.locator("#id_code").press("Enter")
    door.locator(f"[data-result] .result-{kind}").wait_for()


def end(edition) -> None:
    """Move the edition three days back: it ended yesterday."""
    Edition.objects.filter(pk=edition.pk).update(starts_on=edition.starts_on - 3 * DAY)
    for session in Session.objects.filter(edition=edition).order_by("starts_at"):
        session.starts_at -= 3 * DAY
        session.ends_at -= 3 * DAY
        session.save()
    for check_in in edition.check_ins.all():
        check_in.day -= 3 * DAY
        check_in.scanned_at -= 3 * DAY
        check_in.save()
    Edition.objects.filter(pk=edition.pk).update(ends_on=edition.ends_on - 3 * DAY)


# The journey


@IN_BOTH_DIRECTIONS
def test_registration_journey_ends_with_a_verified_certificate(
    window, sign_in, edition, category, workshop, question, mailoutbox, language
):
    page = window()
    page.goto(f"/{language}/2030/")
    page.locator("header a[href$='/2030/register/']").click()
    enter(page, mailoutbox)
    fill(page, category, **{f"question_{question.pk}": "Par le tram"}, workshops=True, consent=True)
    send(page)

    page.locator(".t-object").wait_for()
    made = Registration.objects.get()
    assert urlsplit(page.url).path == f"/{language}/my/{made.code}/"
    assert (made.name, made.name_ar, made.state) == ("Salma Médina", "سلمى المدينة", "confirmed")
    assert (made.category, made.bookings.get().session) == (category, workshop)
    assert Answer.objects.get().text == "Par le tram"
    assert [mail.to for mail in mailoutbox] == [[SALMA], [SALMA]]
    expect(page.locator(".t-object bdi[lang=ar]")).to_have_text("سلمى المدينة")
    [code] = read(page.locator(".t-door svg"))
    assert code == made.code

    nadia = make_user(name="Nadia")
    nadia.user_permissions.add(Permission.objects.get(codename="check_in"))
    door = window()
    sign_in(door, nadia)
    door.goto(f"/{language}/2030/desk/check-in/")
    scan(door, code, "ok")
    scan(door, code, "warn")
    assert CheckIn.objects.get().registration == made

    end(edition)
    assert reminders.send_certificates() == 1
    assert mailoutbox[-1].attachment_names == [f"certificate:{made.code}"]
    page.reload()
    address = page.locator("a[href$='/certificate.pdf']").get_attribute("href")
    paper = page.request.get(address).body()
    assert len(opened(paper).pages) == 1
    [genuine] = scanned(pictures(paper)[0])
    assert genuine.endswith(f"/{language}{Certificate.objects.get().get_absolute_url()[3:]}")
    stranger = window()
    stranger.goto(urlsplit(genuine).path)
    expect(stranger.locator("main .notice-ok")).to_be_visible()
    expect(stranger.locator("main dd bdi").first).to_have_text("Salma Médina")


@IN_FRENCH
def test_registration_journey_works_without_script(
    window, edition, category, workshop, question, mailoutbox, language
):
    page = window(java_script_enabled=False)
    page.goto(f"/{language}/2030/")
    page.locator("header a[href$='/2030/register/']").click()
    enter(page, mailoutbox)
    fill(page, category, **{f"question_{question.pk}": "Par le tram"}, workshops=True, consent=True)
    send(page)
    page.locator(".t-object").wait_for()
    made = Registration.objects.get()
    assert (made.state, made.bookings.get().session) == ("confirmed", workshop)
    page.locator("#sessions form [value=leave]").click()
    page.locator("#sessions [name=session]").wait_for(state="attached")
    assert made.bookings.get().state == "cancelled"
    page.locator("main a[href$='/cancel/']").click()
    page.locator("main form [type=submit]").click()
    page.locator("main .notice-error").wait_for()
    assert Registration.objects.get().state == "cancelled"


# Errors


@IN_ARABIC
def test_form_with_errors_preserves_input_and_links_to_each_field(
    window, sign_in, category, workshop, question, language
):
    page = window()
    sign_in(page, make_user(SALMA))
    page.goto(f"/{language}/2030/register/")
    fill(page, category, workshops=True)
    page.locator("[name=family_name]").fill("www.example.org")
    send(page)

    errors = page.locator("main [role=alert] li a")
    wrong = ["family_name", f"question_{question.pk}", "consent"]
    expect(errors).to_have_count(len(wrong))
    assert shown(page) == TYPED | {"family_name": "www.example.org"}
    assert page.locator("[name=role]").input_value() == "research"
    expect(page.locator(f"[name=category][value='{category.pk}']")).to_be_checked()
    expect(page.locator("[name=workshops]")).to_be_checked()
    for name, error in zip(wrong, errors.all(), strict=True):
        error.click()
        field = page.locator(f"[name={name}]")
        expect(field).to_be_focused()
        expect(field).to_be_in_viewport()
        expect(field).to_have_attribute("aria-invalid", "true")
        assert described(page, field) != ""
    assert Registration.objects.count() == 0


def described(page, field) -> str:
    """Return the text that a screen reader adds to the name of a field."""
    pointed = (field.get_attribute("aria-describedby") or "").split()
    return " ".join(page.locator(f"#{one}").inner_text() for one in pointed)


@IN_ARABIC
def test_form_sent_after_session_expiry_is_restored(
    window, sign_in, category, workshop, question, mailoutbox, language
):
    page = window()
    sign_in(page, make_user(SALMA))
    page.goto(f"/{language}/2030/register/")
    fill(page, category, **{f"question_{question.pk}": "Par le tram"}, workshops=True, consent=True)
    page.context.clear_cookies(name="sessionid")
    send(page)
    page.locator("main [name=login]").wait_for()
    enter(page, mailoutbox)
    # A draft never holds health data: they are typed again.
    assert shown(page) == TYPED | {"accessibility_needs": ""}
    assert page.locator(f"[name=question_{question.pk}]").input_value() == "Par le tram"
    for name in ("workshops", "consent"):
        expect(page.locator(f"[name={name}]")).to_be_checked()
    send(page)
    page.locator(".t-object").wait_for()
    assert Registration.objects.get().user.email == SALMA
