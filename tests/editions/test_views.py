import datetime

import pytest
from django.apps import apps
from django.db import models
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import resolve
from django.utils import translation

from symposium.abstracts import versions
from symposium.editions import views
from symposium.editions.models import Page
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_link,
    make_main_abstract,
    make_news,
    make_organiser,
    make_page,
    make_page_file,
    make_participation,
    make_partner,
    make_resource,
    make_room,
    make_session,
    make_session_kind,
    make_speaker,
    make_speaker_role,
    make_track,
)
from tests.helpers.page_html import hrefs, main, texts, tree, words

pytestmark = pytest.mark.django_db
PATHS = [
    "", "abstract/", "abstracts/", "abstracts/resume/", "keywords/", "keywords/mot/",
    "programme/?day=all", "programme/seance/", "rooms/salle/", "speakers/", "speakers/salma/",
    "pages/venir/", "news/", "news/tram/", "editions/",
]  # fmt: skip


@pytest.fixture
def edition():
    return make_edition("2021")


def fill(edition) -> list[models.Model]:
    """Create one object of each kind, each at its address of PATHS."""
    room, track = make_room(edition, slug="salle"), make_track(edition)
    speaker = make_speaker(edition, slug="salma", is_featured=True)
    session = make_session(edition, slug="seance", room=room, track=track, kind="panel")
    following = make_session(edition, room=room, at="11:00")
    abstract = make_abstract(edition, slug="resume", session=session)
    argument = make_main_abstract(edition)
    keyword = make_keyword(abstract, slug="mot")
    make_participation(session, speaker)
    versions.snapshot(abstract)
    page = make_page(edition, slug="venir")
    return [
        edition, room, track, speaker, session, following, abstract, argument, keyword,
        make_author(abstract), make_author(argument), make_link(speaker),
        page, make_page_file(page), make_news(edition, slug="tram"), make_partner(edition),
        make_resource(session), make_session_kind(edition), make_speaker_role(edition),
        edition.releases.create(number=1),
        versions.publish(abstract, {"fr": "Corrigé."}),
    ]  # fmt: skip


def fill_texts(things: list[models.Model], text: str) -> None:
    """Write `text` into every French text of the objects."""
    for thing in things:
        for field in thing._meta.get_fields():
            if field.name.endswith("_fr"):
                setattr(thing, field.name, text)
        thing.save()


# Redirects to an edition


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "fr"), ("en-GB,en;q=0.9,fr;q=0.8", "en"), ("ar-MA", "ar"), ("de", "fr"), ("*", "fr")],
)
def test_root_redirects_to_the_preferred_language(client, accepted, language):
    response = client.get("/", headers={"Accept-Language": accepted})
    assert (response.status_code, response["Location"]) == (302, f"/{language}/")
    assert response["Vary"].split(", ")[0] == "Accept-Language"


def test_language_root_redirects_to_the_current_edition(client):
    make_edition("2021", is_current=True)
    make_edition("2023", starts_on=make_edition().starts_on.replace(year=2023))
    response = client.get("/en/")
    assert (response.status_code, response["Location"]) == (302, "/en/2021/")


def test_language_without_an_edition_offers_to_sign_in(client):
    make_edition("2021", is_published=False)
    response = client.get("/en/")
    assert response.status_code == 200
    assert [link.get("href") for link in main(response).iter("a")] == [
        "/en/accounts/login/?next=/admin/"
    ]


# The home page


@pytest.mark.parametrize("number", [1, 3])
def test_home_query_count_is_constant(client, edition, django_assert_num_queries, number):
    argument = make_main_abstract(edition, text_fr="La ville apprend.")
    for place in range(number):
        session = make_session(edition, kind="panel", title_fr=f"S{place}", at=f"{9 + place:02}:00")
        make_participation(session, make_speaker(edition, family_name_fr=f"P{place}"))
        make_keyword(argument, name_fr=f"Mot {place}")
        make_partner(edition, name_fr=f"Partenaire {place}", order=place)
        make_page(edition)
    with django_assert_num_queries(13):
        page = main(client.get("/fr/2021/"))
    assert texts(page, ".//div[@class='highlights']//a") == [f"S{place}" for place in range(number)]
    assert texts(page, ".//li[@class='person']/h3") == [f"Salma P{n}" for n in range(number)]


def test_home_counts_public_held_sessions_and_speakers(client, edition):
    make_session(edition, kind="panel")
    make_session(edition, status="draft")
    make_session(edition, status="cancelled")
    make_session(edition, kind="break", at="10:00")
    make_speaker(edition)
    make_speaker(edition, is_published=False)
    page = main(client.get("/en/2021/"))
    assert texts(page, ".//p[@class='home-counts']") == ["1 session, 1 speaker"]


def test_unpublished_edition_has_no_page(client, edition):
    fill(edition)
    edition.is_published = False
    edition.save()
    assert [client.get(f"/fr/2021/{path}").status_code for path in PATHS] == [404] * len(PATHS)


# Text pages


def test_unpublished_page_is_404_and_not_linked(client, edition):
    make_page(edition, slug="venir", title_fr="Cachée", is_published=False)
    assert client.get("/fr/2021/pages/venir/").status_code == 404
    assert "/fr/2021/pages/venir/" not in hrefs(tree(client.get("/fr/2021/")), "//a")


def test_former_page_address_redirects(client, edition):
    page = make_page(edition, slug="avant")
    page.slug = "apres"
    page.save()
    response = client.get("/ar/2021/pages/avant/")
    assert (response.status_code, response["Location"]) == (301, "/ar/2021/pages/apres/")


def test_untranslated_page_has_its_own_language_attributes(client, edition):
    make_page(edition, slug="venir", body_fr="En tram.")
    (body,) = main(client.get("/ar/2021/pages/venir/")).xpath(".//article/div")
    assert (body.get("lang"), body.get("dir"), words(body)) == ("fr", "ltr", "En tram.")


# Every page


def test_public_page_is_identical_for_anonymous_and_organiser(client, edition):
    fill(edition)
    organiser = Client()
    organiser.force_login(make_organiser())
    for path in PATHS:
        stranger, known = client.get(f"/fr/2021/{path}"), organiser.get(f"/fr/2021/{path}")
        assert stranger.status_code == 200, path
        assert known.content == stranger.content, path
        assert (dict(stranger.cookies), dict(known.cookies)) == ({}, {}), path


def test_public_page_accepts_only_get_and_head(client, edition):
    fill(edition)
    for path in PATHS:
        methods = ("post", "put", "patch", "delete")
        answers = [getattr(client, method)(f"/fr/2021/{path}") for method in methods]
        assert [answer.status_code for answer in answers] == [405] * 4, path
        assert client.head(f"/fr/2021/{path}").status_code == 200, path


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_markup_in_any_text_is_escaped(client, edition, language):
    fill_texts(fill(edition), '<img src=x onerror="x">\'"><script>x</script>')
    for path in PATHS:
        page = tree(client.get(f"/{language}/2021/{path}"))
        active = page.xpath("//*[@onerror] | //img[@src='x'] | //script[not(@src)][not(@type)]")
        ended = [e.text for e in page.xpath("//script") if e.text and "x</script>" in e.text]
        assert (active, ended) == ([], []), path


def test_direction_controls_in_a_name_are_isolated(client, edition):
    """An unclosed override ends with its element, a <bdi> or a whole block."""
    speaker = next(thing for thing in fill(edition) if thing._meta.model_name == "speaker")
    speaker.family_name_fr = "\u202eRivage"
    speaker.save()
    for path in PATHS:
        page = main(client.get(f"/fr/2021/{path}"))
        holders = page.xpath(".//text()[contains(., '\u202e')]/..")
        assert {holder.tag for holder in holders} <= {"bdi", "li"}, path


def test_every_translated_model_has_test_content(edition):
    """Otherwise the tests above miss a new model."""
    from modeltranslation.translator import translator

    registered = translator.get_registered_models()
    ours = {m for m in registered if m in apps.get_models() and "registrations" not in m.__module__}
    assert {type(thing) for thing in fill(edition)} == ours


# Objects by slug


@pytest.fixture
def article(edition):
    page = make_page(edition, slug="avant")
    Page.objects.update(slug="apres")
    return page


def by_slug(rf, slug, edition="2021", query=""):
    """Return the response of a view that shows its arguments."""

    @views.by_slug(lambda edition: edition.pages.published())
    def view(request, edition, page, **arguments):
        return HttpResponse(f"{edition.slug} {page.slug} {arguments}")

    request = rf.get(f"/en/{edition}/pages/{slug}/{query}")
    request.resolver_match = resolve(request.path_info)
    return view(request, edition, slug, number=2)


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize("query", ["", "?lang=ar&day=all"])
def test_former_slug_redirects_to_the_same_address_with_the_present_one(rf, query):
    with translation.override("en"):
        found, moved = (by_slug(rf, slug, query=query) for slug in ("apres", "avant"))
    assert found.content == b"2021 apres {'number': 2}"
    assert (moved.status_code, moved.url) == (301, f"/en/2021/pages/apres/{query}")


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize(("slug", "where"), [("jamais", "2021"), ("apres", "2019")])
def test_slug_that_leads_nowhere_is_not_found(rf, slug, where):
    with translation.override("en"), pytest.raises(Http404):
        by_slug(rf, slug, where)


@pytest.mark.usefixtures("article")
def test_slug_of_a_hidden_object_is_not_found(rf):
    Page.objects.update(is_published=False)
    for slug in ("avant", "apres"):
        with translation.override("en"), pytest.raises(Http404):
            by_slug(rf, slug)


# All editions


def test_editions_are_listed_latest_first_without_drafts(client, edition):
    late = make_edition("2027", starts_on=datetime.date(2027, 6, 9))
    make_edition("2028", is_published=False)
    page = tree(client.get("/fr/2021/editions/"))
    assert hrefs(page, ".//ul[@class='editions']//a") == ["/fr/2027/", "/fr/2021/"]
    assert texts(page, ".//h1") == ["Éditions"]
    assert "/fr/2027/editions/" in hrefs(tree(client.get(late.get_absolute_url())), ".//footer//a")


def test_only_edition_links_to_no_others(client, edition):
    page = tree(client.get("/fr/2021/"))
    assert "/fr/2021/editions/" not in hrefs(page, ".//footer//a")


@pytest.mark.parametrize("count", [1, 3])
def test_editions_query_count_is_constant(client, edition, count, django_assert_num_queries):
    for number in range(count):
        make_edition(f"202{number + 2}")
    with django_assert_num_queries(4):
        assert client.get("/fr/2021/editions/").status_code == 200
