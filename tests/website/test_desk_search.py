"""The search over everything of the desk: what it finds, for whom, and with how many queries."""

import pytest
from django.contrib.auth.models import Permission

from tests.factories import (
    make_abstract,
    make_category,
    make_keyword,
    make_news,
    make_organiser,
    make_page,
    make_partner,
    make_registration,
    make_session,
    make_speaker,
    make_user,
    open_edition,
)
from tests.helpers.admin_forms import admin_url

pytestmark = pytest.mark.django_db
SEARCH = "/admin/search/"


def found(client, **query) -> dict[str, list[str]]:
    """Return the addresses that the search finds, by kind."""
    kinds = client.get(SEARCH, query).context["kinds"]
    return {str(kind["name"]): [row["url"] for row in kind["rows"]] for kind in kinds}


@pytest.fixture
def everything():
    """Return an edition and one object of each kind that is called “Médina”."""
    edition = open_edition("2021", is_current=True)
    named = {"title_fr": "Médina"}
    return edition, {
        "sessions": make_session(edition, **named),
        "speakers": make_speaker(edition, family_name_fr="Médina"),
        "abstracts": make_abstract(edition, **named),
        "registrations": make_registration(make_category(edition), family_name="Médina"),
        "pages": make_page(edition, **named),
        "news": make_news(edition, **named),
        "partners": make_partner(edition, name_fr="Médina"),
        "keywords": make_keyword(name_fr="Médina"),
    }


def test_search_finds_every_kind(client, everything):
    client.force_login(make_organiser(language="en"))
    expected = {name: [admin_url(thing)] for name, thing in everything[1].items()}
    assert found(client, q="medina") == expected


def test_search_shows_only_what_the_user_may_view(client, everything):
    viewer = make_user(is_staff=True, language="en")
    viewer.user_permissions.add(
        Permission.objects.get(
            codename="view_session", content_type__app_label="symposium_sessions"
        )
    )
    client.force_login(viewer)
    assert found(client, q="medina") == {"sessions": [admin_url(everything[1]["sessions"])]}


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_search_is_for_organisers(client, is_signed_in):
    if is_signed_in:
        client.force_login(make_user())
    response = client.get(SEARCH, {"q": "x"}, follow=True)
    assert response.status_code == (403 if is_signed_in else 200)
    assert "kinds" not in (response.context or {})


def test_search_is_in_the_working_edition_or_in_all(client):
    client.force_login(make_organiser(language="en"))
    here = make_session(open_edition("2021", is_current=True), title_fr="Médina")
    there = make_session(open_edition("2027"), title_fr="Médina")
    assert found(client, q="medina") == {"sessions": [admin_url(here)]}
    assert found(client, q="medina", edition="all") == {
        "sessions": [admin_url(there), admin_url(here)]
    }


@pytest.mark.parametrize("words", ["", "  ", "%", "a" * 500, "'; drop table"])
def test_any_words_are_searched_without_a_fault(client, everything, words):
    client.force_login(make_organiser(language="en"))
    assert found(client, q=words) == {}


def test_long_kinds_link_to_their_list(client):
    client.force_login(make_organiser(language="en"))
    edition = open_edition("2021", is_current=True)
    for number in range(10):
        make_session(edition, at=None, title_fr=f"Médina {number}")
    (kind,) = client.get(SEARCH, {"q": "medina"}).context["kinds"]
    assert len(kind["rows"]) == 8
    assert client.get(kind["more"]).context["cl"].result_count == 10


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_of_the_search_is_constant(client, count, django_assert_num_queries):
    client.force_login(make_organiser(language="en"))
    edition = open_edition("2021", is_current=True)
    for _number in range(count):
        make_session(edition, at=None, title_fr="Médina")
        make_registration(make_category(edition), family_name="Médina")
    client.get(SEARCH, {"q": "medina"})
    with django_assert_num_queries(13):
        client.get(SEARCH, {"q": "medina"})
