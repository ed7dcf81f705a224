"""The home page before, during and after the symposium."""

import datetime
import time

import pytest
from django.utils import timezone

from tests.factories import (
    instant,
    make_abstract,
    make_edition,
    make_main_abstract,
    make_page,
    make_partner,
    make_resource,
    make_room,
    make_session,
)
from tests.helpers.page_html import hrefs, main, texts

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def edition():
    """Create an edition of two days with a session of 9 to 10 on each, and a talk until 11."""
    edition = make_edition("2021", address="12, rue des Arcades", venue_fr="Maison")
    make_main_abstract(edition)
    make_abstract(edition)
    room = make_room(edition, name_fr="Atlas")
    make_resource(make_session(room=room, kind="panel", title_fr="Une", slug="une", lasting=60))
    make_session(edition, at="09:30", lasting=90, title_fr="Deux", slug="deux")
    make_session(edition, at="09:30", status="cancelled")
    make_session(edition, kind="panel", day=2, title_fr="Trois", slug="trois", lasting=60)
    make_page(edition, slug="practical")
    return edition


@pytest.fixture
def at(monkeypatch):
    """Return a function that sets the clock of the site."""

    def at(moment: datetime.datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)
        monkeypatch.setattr(time, "time", moment.timestamp)

    return at


@pytest.mark.usefixtures("page_cache")
def test_home_page_changes_with_the_days_of_the_edition(client, edition, at):
    """The page of the minute before, though stored, is not shown again."""
    first, end = instant(edition, "00:00"), instant(edition, "00:00", day=3)
    found = []
    for moment in (first - MINUTE, first, end - MINUTE, end):
        at(moment)
        for _time in range(2):
            found.append(main(client.get("/fr/2021/")).xpath("./section/@aria-labelledby"))
    before = ["home-abstract", "home-programme", "home-venue"]
    after = ["home-after", "home-abstract", "home-programme"]
    assert found == [before] * 2 + [["home-venue"]] * 4 + [after] * 2


@pytest.mark.parametrize(
    ("moment", "running", "following"),
    [
        ("08:00", [], ["Une", "Deux", "Trois"]),
        ("09:00", ["Une"], ["Deux", "Trois"]),
        ("09:30", ["Une", "Deux"], ["Trois"]),
        ("10:00", ["Deux"], ["Trois"]),
        ("11:00", [], ["Trois"]),
    ],
)
def test_home_page_lists_what_is_on_and_what_is_next(
    client, edition, at, moment, running, following
):
    at(instant(edition, moment))
    page = main(client.get("/fr/2021/"))
    assert texts(page, ".//ul[@class='today-list']//h2") == running
    assert texts(page, ".//ul[@class='today-rows']//h3") == following
    assert "/fr/2021/changes/" in hrefs(page, ".//a")


@pytest.mark.parametrize("number", [1, 3])
def test_home_query_count_is_constant_during_the_symposium(
    client, edition, at, django_assert_num_queries, number
):
    for place in range(number):
        make_session(room=make_room(edition), at="09:00", lasting=60, title_fr=f"S{place}")
        make_partner(edition)
    at(instant(edition, "09:10"))
    with django_assert_num_queries(14):
        page = main(client.get("/fr/2021/"))
    assert len(texts(page, ".//ul[@class='today-list']//h2")) == number + 1


def test_home_page_says_how_to_come(client, edition, at):
    at(instant(edition, "08:00"))
    page = main(client.get("/fr/2021/"))
    venue = ".//section[@aria-labelledby='home-venue']"
    assert texts(page, f"{venue}//address") == ["Maison 12, rue des Arcades, Casablanca"]
    assert hrefs(page, f"{venue}//a") == [
        "https://www.openstreetmap.org/search?query=12%2C+rue+des+Arcades+Casablanca",
        "/fr/2021/pages/practical/",
    ]


def test_home_page_of_a_past_edition_lists_what_remains(client, edition):
    remains = ".//ul[@class='after-grid']//a"
    assert hrefs(main(client.get("/fr/2021/")), remains) == [
        "/fr/2021/abstract/", "/fr/2021/abstracts.pdf",
    ]  # fmt: skip
    session = edition.sessions.get(slug="une")
    make_resource(session, kind="recording", is_published=False)
    make_resource(session, kind="recording")
    edition.registration_opens_at = instant(edition, "08:00")
    edition.save()
    assert hrefs(main(client.get("/fr/2021/")), remains) == [
        "/fr/2021/abstract/", "/fr/2021/programme/?day=all", "/fr/2021/abstracts.pdf",
        "/fr/my/?edition=2021",
    ]  # fmt: skip


def test_partners_stand_under_their_kinds(client, edition):
    for kind, name in [("sponsor", "S"), ("partner", "P"), ("organiser", "O"), ("partner", "Q")]:
        make_partner(edition, kind=kind, name_fr=name)
    page = main(client.get("/en/2021/"))
    kinds = page.xpath(".//div[@class='partner-kinds']/div")
    assert [(texts(kind, "./h3"), texts(kind, ".//li")) for kind in kinds] == [
        (["Organisers"], ["O"]), (["Partners"], ["P", "Q"]), (["Sponsors"], ["S"]),
    ]  # fmt: skip
