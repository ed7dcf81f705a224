"""What people do: stars, a registration, reading without a network."""

import datetime
import re

import pytest
from django.utils import timezone

from symposium.registrations.models import Registration
from tests.factories import make_category, make_edition, make_session

SALMA = "salma@example.org"
TYPED = {
    "given_name": "Salma",
    "family_name": "Médina",
    "given_name_ar": "سلمى",
    "family_name_ar": "المدينة",
    "affiliation": "Université Hassan-II",
}
UNTIL_KEPT = """
async (path) => {
  for (let turn = 0; turn < 1200; turn += 1) {
    const kept = await caches.match(path, { ignoreVary: true });
    if (kept && navigator.serviceWorker.controller) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}
"""


@pytest.fixture
def edition(transactional_db):
    """Create an edition of tomorrow, open for registration, with two sessions."""
    tomorrow = timezone.now().date() + datetime.timedelta(days=1)
    edition = make_edition(
        "2030", starts_on=tomorrow, time_zone="UTC", is_current=True,
        registration_opens_at=timezone.now() - datetime.timedelta(days=1),
    )  # fmt: skip
    for at, slug in (("09:00", "ouverture"), ("10:00", "cloture")):
        make_session(edition, at=at, slug=slug, title_fr=slug.title())
    return edition


def starred(window) -> list[str]:
    """Return the titles of the sessions in my programme."""
    visible = (
        "[...document.querySelectorAll('.entry h3')].filter((title) => title.checkVisibility())"
    )
    return window.run(f"() => {visible}.map(({{ innerText }}) => innerText)")


def test_star_adds_a_session_to_my_programme_and_removes_it(window, edition):
    window.open("/fr/2030/programme/ouverture/")
    window.click(".star")
    window.see(".star[data-starred]")
    window.open("/fr/2030/my-programme/")
    window.see(".entry")
    assert starred(window) == ["Ouverture"]
    window.click(".entry .star[data-starred]")
    window.see(".entry .star:not([data-starred])")
    window.open("/fr/2030/my-programme/")
    window.see("[data-mine-empty]")
    assert starred(window) == []


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_registration_journey_ends_with_a_ticket(window, edition, mailoutbox, language):
    make_category(edition, name_fr="En ligne", on_site=False, online_access=True)
    category = make_category(edition, name_fr="Sur place")
    window.open(f"/{language}/2030/register/")
    window.type("main [name=login]", SALMA)
    window.click("main form:has([name=login]) [type=submit]")
    window.see("main [name=code]")
    [code] = re.findall(r"^(\d{6})$", mailoutbox[-1].body, re.MULTILINE)
    window.type("main [name=code]", code)
    window.click("main form:has([name=code]) [type=submit]")
    for name, words in TYPED.items():
        window.type(f"main [name={name}]", words)
    window.choose("[name=role]", "research")
    window.choose("[name=country]", "MA")
    window.click(f"[name=category][value='{category.pk}']")
    window.click("[name=consent]")
    window.click("form:has([name=consent]) [type=submit]")
    window.see(".t-object")
    made = Registration.objects.get()
    assert window.run("() => location.pathname") == f"/{language}/my/{made.code}/"
    assert (made.name, made.name_ar, made.state) == ("Salma Médina", "سلمى المدينة", "confirmed")


def test_cached_pages_and_offline_page_open_without_a_network(window, edition, lose_the_network):
    window.open("/fr/2030/programme/")
    for path in ("/fr/2030/programme/ouverture/", "/fr/2030/"):
        assert window.run(UNTIL_KEPT, path)
    lose_the_network()
    window.open("/fr/2030/programme/ouverture/")
    assert window.text("h1") == "Ouverture"
    window.open("/fr/2030/speakers/")  # never read before
    window.see("[data-kept-list] a[href$='/programme/ouverture/']")
