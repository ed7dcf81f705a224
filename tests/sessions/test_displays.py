"""The content of pages for displays; tests/browser/test_displays.py tests their behaviour."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    make_edition,
    make_organiser,
    make_participation,
    make_room,
    make_session,
    make_track,
)
from tests.helpers.page_html import hrefs, texts, tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make_edition("2021")


@pytest.fixture
def room(edition):
    return make_room(edition, slug="atlas", name_fr="Atlas")


def shown(response) -> list[str]:
    return texts(tree(response), ".//li[@data-session]/h2")


def test_room_display_lists_every_day_of_its_room(client, edition, room):
    make_session(room=room, title_fr="Demain", day=2)
    make_session(room=room, title_fr="Annulée", status="cancelled")
    make_session(room=room, title_fr="Brouillon", status="draft", at="11:00")
    make_session(edition, room=make_room(edition), title_fr="Ailleurs")
    make_session(room=room, title_fr="Sans heure", at=None)
    response = client.get("/fr/2021/rooms/atlas/?display=door")
    assert shown(response) == ["Annulée", "Demain"]
    page = tree(response)
    assert texts(page, ".//h1") == ["Atlas"]
    assert hrefs(page, ".//body//a") == []


def test_room_display_works_at_the_former_slug(client, room):
    room.slug = "neuve"
    room.save()
    answer = client.get("/fr/2021/rooms/atlas/?display=door", follow=True)
    assert answer.redirect_chain == [("/fr/2021/rooms/neuve/?display=door", 301)]
    assert answer.templates[0].name == "sessions/display_room.html"


def test_lobby_display_lists_one_day_and_the_next(client, edition):
    """Before the symposium, its first two days; during it, today and tomorrow."""
    coming = make_edition("2099", starts_on=datetime.date(2099, 6, 9))
    for day in (1, 2):
        make_session(coming, day=day, title_fr=f"Jour {day}")
    address = "/fr/2099/programme/?display=lobby"
    assert shown(client.get(address)) == ["Jour 1", "Jour 2"]
    assert shown(client.get(f"{address}&day=2099-06-10")) == ["Jour 2"]
    today = timezone.now().date()
    held = make_edition("2030", starts_on=today, time_zone="UTC")
    held.starts_on -= datetime.timedelta(days=1)
    held.ends_on += datetime.timedelta(days=1)
    held.save()
    for day in (1, 2, 3):
        make_session(held, day=day, title_fr=f"Jour {day}")
    assert shown(client.get("/fr/2030/programme/?display=lobby")) == ["Jour 2", "Jour 3"]


def test_lobby_display_lists_sessions_past_midnight(client, edition):
    """The edition is over, so the display shows its last day: no clock is needed."""
    make_session(edition, at="09:00", title_fr="Matin")
    make_session(edition, at="23:00", lasting=60, title_fr="Soir")
    make_session(edition, at="23:00", lasting=61, title_fr="Nuit", room=make_room(edition))
    make_session(edition, day=2, title_fr="Demain")
    address = "/fr/2021/programme/?display=lobby"
    assert shown(client.get(address)) == ["Nuit", "Demain"]
    assert shown(client.get(f"{address}&day=2021-06-10")) == ["Demain"]


def test_lobby_display_accepts_programme_filters(client, edition):
    make_session(edition, track=make_track(edition, slug="eau"), title_fr="Eau", day=2)
    make_session(edition, title_fr="Feu", day=2)
    assert shown(client.get("/fr/2021/programme/?display=lobby&track=eau")) == ["Eau"]


def test_displays_show_tracks(client, room):
    track = make_track(room.edition, name_fr="Eau", mark="disc")
    make_session(room=room, track=track)
    door = tree(client.get("/fr/2021/rooms/atlas/?display=door"))
    lobby = tree(client.get("/fr/2021/programme/?display=lobby"))
    names = ".//*[@class='track track-disc']"
    assert [texts(page, names) for page in (door, lobby)] == [["Eau"], ["Eau"]]
    assert texts(door, ".//*[@class='display-arch']/p") == ["jusqu’à 09:45", "à partir de 09:00"]


@pytest.mark.parametrize("path", ["rooms/atlas/", "programme/"])
@pytest.mark.parametrize("value", ["", "other", "doors"])
def test_unknown_display_value_is_ignored(client, room, path, value):
    make_session(room=room)
    usual, asked = (client.get(f"/fr/2021/{path}{query}") for query in ("", f"?display={value}"))
    assert asked.templates[0].name == usual.templates[0].name


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"), [("rooms/atlas/?display=door", 6), ("programme/?display=lobby", 9)]
)
def test_display_query_count_is_constant(
    client, room, django_assert_num_queries, number, path, queries
):
    for place in range(number):
        make_participation(make_session(room=room, day=2, at=f"{9 + place:02}:00"))
    with django_assert_num_queries(queries):
        response = client.get(f"/fr/2021/{path}")
    assert len(shown(response)) == number


def test_room_admin_page_links_to_its_displays(client, room):
    client.force_login(make_organiser(language="fr"))
    page = tree(client.get(reverse("admin:symposium_sessions_room_change", args=[room.pk])))
    found = [address for address in hrefs(page, ".//a") if "display=" in address]
    assert found == ["/fr/2021/rooms/atlas/?display=door", "/fr/2021/programme/?display=lobby"]
