"""Pages of the registration as their visitors see them: axe-core, and very long names."""

import datetime

import pytest
from django.core.cache import cache
from django.utils import timezone

from symposium.registrations.models import Certificate, CheckIn
from tests.browser.test_accessibility import (
    DESK,
    EACH_DIRECTION_AND_SCHEME,
    PHONE,
    examine,
    wider,
)
from tests.factories import (
    make_booking,
    make_category,
    make_edition,
    make_question,
    make_registration,
    make_user,
    make_workshop,
    open_edition,
)
from tests.helpers.sign_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewis"  # sixty letters
LONG_AR = "المستشفىالجامعيالدوليالشيخخليفةبنزايدآلنهيانبالدارالبيضاءالكب"
PERSON = {
    "given_name": "Marie-Ève",
    "family_name": LONG,
    "given_name_ar": "عبد الرحمن",
    "family_name_ar": LONG_AR,
    "affiliation": f"Université {LONG}",
    "is_listed": True,
}
SALMA, KARIM, NORA = "salma@example.org", "karim@example.org", "nora@example.org"
# Who opens which page; `{ticket}`, `{waiting}` and `{token}` are filled in.
VISITS = {
    "entrance": (None, "2030/register/"),
    "closed": (None, "2029/register/"),
    "participants": (None, "2030/participants/"),
    "certificate": (None, "verify/{token}/"),
    "no certificate": (None, "verify/nothing/"),
    "form": (NORA, "2030/register/"),
    "form with errors": (NORA, "2030/register/"),
    "ticket": (SALMA, "my/{ticket}/"),
    "waiting": (KARIM, "my/{waiting}/"),
    "edit": (SALMA, "my/{ticket}/edit/"),
    "cancel": (SALMA, "my/{ticket}/cancel/"),
    "my": (SALMA, "my/"),
    "my programme": (SALMA, "my/programme/"),
    "data": (SALMA, "my/data/"),
    "erase": (SALMA, "my/erase/"),
}
# Sentences of a form in a column too narrow to read.
NARROW = """
() => [...document.querySelectorAll("main form :not(.visually-hidden)")]
  .filter((element) => [...element.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && node.data.trim().length > 40))
  .filter((element) => element.checkVisibility() && element.offsetWidth < 200)
  .map((element) => element.textContent.trim())
"""
# Headings that touch a line below: their own border, or the next element's.
CUT = """
() => [...document.querySelectorAll("main :is(h1, h2, h3, h4)")].filter((heading) => {
  const style = getComputedStyle(heading);
  if (parseFloat(style.borderBlockEndWidth)) return parseFloat(style.paddingBlockEnd) < 4;
  let next = heading.nextElementSibling;
  while (next && !parseFloat(getComputedStyle(next).borderBlockStartWidth)) {
    next = next.firstElementChild;
  }
  const foot = heading.getBoundingClientRect().bottom;
  return next?.checkVisibility() && next.getBoundingClientRect().top - foot < 4;
}).map((heading) => heading.textContent.trim())
"""


@pytest.fixture
def site(live_server):
    """Return the URL of the site that `window` opens."""
    cache.clear()
    return live_server.url


@pytest.fixture
def people(client):
    """Create three people and their cookies; their texts have the maximum length."""
    edition = open_edition("2030", is_current=True)
    make_edition("2029", registration_opens_at=timezone.now() - datetime.timedelta(days=60))
    category = make_category(edition, name_fr=LONG, places=1, online_access=True)
    make_category(edition, needs_approval=True, description_fr=f"Pour {LONG}")
    make_question(edition, (LONG, "Train"), kind="choices", help_text_fr="Pour les places.")
    make_question(edition, ("Tram", LONG), kind="choice", is_required=True)
    make_question(edition, kind="yes_no")
    make_question(edition)
    workshop = make_workshop(edition, places=1, title_fr=LONG)
    make_workshop(edition, at="09:30", title_fr=f"Cartes {LONG}")
    users, cookies = {email: make_user(email) for email in (SALMA, KARIM, NORA)}, {}
    for email, user in users.items():
        client.cookies.clear()
        sign_in(client, user)
        cookies[email] = client.session.session_key
    ticket = make_registration(category, user=users[SALMA], **PERSON)
    make_booking(ticket, workshop)
    certificate = Certificate.objects.create(
        registration=ticket, name=ticket.name, name_ar=ticket.name_ar, days=[], minutes=0
    )
    CheckIn.objects.create(
        edition=ticket.edition,
        registration=ticket,
        day=ticket.edition.starts_on,
        scanned_at=ticket.created_at,
    )
    waiting = make_registration(category, user=users[KARIM], **PERSON)
    codes = {"ticket": ticket.code, "waiting": waiting.code, "token": certificate.token}
    return cookies, codes


def visit(page, people, name: str, language: str) -> None:
    cookies, codes = people
    who, path = VISITS[name]
    page.context.clear_cookies()
    if who:
        session = {"name": "sessionid", "value": cookies[who], "domain": "localhost", "path": "/"}
        page.context.add_cookies([session])
    page.goto(f"/{language}/{path.format(**codes)}")
    if name == "form with errors":
        page.locator("[name=affiliation]").fill(LONG)
        page.locator("form:has([name=consent]) [type=submit]").click()
        page.locator("main [role=alert]").wait_for()


@EACH_DIRECTION_AND_SCHEME
def test_registration_pages_pass_axe_and_fit_the_window(window, people, language, scheme, width):
    page = window(color_scheme=scheme)
    found = {}
    for name in VISITS:
        visit(page, people, name, language)
        for pixels in (PHONE, DESK):
            page.set_viewport_size({"width": pixels, "height": 844})
            found[f"{name}, narrow at {pixels}"] = page.evaluate(NARROW)
            found[f"{name}, cut at {pixels}"] = page.evaluate(CUT)
        found[f"{name}, wider than"] = wider(page)
        found |= examine(page, name, language, width)
    assert {where: faults for where, faults in found.items() if faults} == {}
