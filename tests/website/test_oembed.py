"""oEmbed responses for the addresses of the site: https://oembed.com/"""

from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.test import Client

from symposium.editions.models import Edition
from tests.factories import (
    make_abstract,
    make_edition,
    make_main_abstract,
    make_participation,
    make_session,
    make_speaker,
)
from tests.helpers.page_html import tree

pytestmark = pytest.mark.django_db
SITE = "http://testserver"


@pytest.fixture
def edition():
    edition = make_edition("2021", name_fr="Ville", name_ar="مدينة", embed_origins="*")
    session = make_session(edition, slug="une", title_fr="Une <séance>")
    speaker = make_speaker(edition, slug="nora", given_name_fr="Nora", family_name_fr="Rivage")
    make_participation(session, speaker)
    make_abstract(session=session, slug="resume", title_fr="Résumé")
    make_main_abstract(edition, title_fr="Argument")
    return edition


def ask(url: str | None = None, **parameters):
    asked = ({"url": url} if url else {}) | parameters
    return Client().get(f"/oembed?{urlencode(asked)}")


def said(path: str, **parameters) -> dict:
    response = ask(f"{SITE}{path}", **parameters)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    return response.json()


def test_programme_oembed_is_its_iframe(edition):
    assert said("/ar/2021/programme/?day=all&track=x&q=secret") == {
        "version": "1.0",
        "type": "rich",
        "title": "البرنامج – مدينة 2021",
        "html": (
            f'<iframe src="{SITE}/ar/2021/embed/programme/?day=all&amp;track=x"'
            ' title="البرنامج – مدينة 2021" width="720" height="640" loading="lazy"></iframe>'
        ),
        "width": 720,
        "height": 640,
        "provider_name": "مدينة 2021",
        "provider_url": f"{SITE}/",
        "cache_age": 3600,
    }


def test_iframe_is_no_larger_than_requested(edition):
    small = said("/fr/2021/programme/", maxwidth=300, maxheight="200")
    assert (small["width"], small["height"]) == (300, 200)
    assert 'width="300" height="200"' in small["html"]
    large = said("/fr/2021/programme/", maxwidth=3000, maxheight=2000)
    assert (large["width"], large["height"]) == (720, 640)


@pytest.mark.parametrize("origins", ["", "https://www.example.org\nhttps://*.example.net"])
def test_programme_with_restricted_embedding_is_a_link(edition, origins):
    Edition.objects.update(embed_origins=origins)
    found = said("/fr/2021/programme/")
    assert (found["type"], found["title"], "html" in found) == (
        "link",
        "Programme – Ville 2021",
        False,
    )


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/fr/2021/", "Ville 2021"),
        ("/fr/2021/programme/une/", "Une <séance>"),
        ("/en/2021/speakers/nora/", "Nora Rivage"),
        ("/fr/2021/abstracts/resume/", "Résumé"),
        ("/fr/2021/abstract/", "Argument"),
    ],
)
def test_other_pages_get_a_link_oembed(edition, path, title):
    assert said(path, maxwidth=100) == {
        "version": "1.0",
        "type": "link",
        "title": title,
        "provider_name": "Ville 2021",
        "provider_url": f"{SITE}/",
        "cache_age": 3600,
    }


def test_xml_response_equals_json(edition):
    url = f"{SITE}/fr/2021/programme/une/"
    response = ask(url, format="xml")
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    assert {e.tag: e.text for e in root} == {k: str(v) for k, v in ask(url).json().items()}
    assert root.tag == "oembed"


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({}, 400),
        ({"url": f"{SITE}/fr/2021/", "maxwidth": "wide"}, 400),
        ({"url": f"{SITE}/fr/2021/", "maxheight": "0"}, 400),
        ({"url": f"{SITE}/fr/2021/", "maxheight": "-3"}, 400),
        ({"url": f"{SITE}/fr/2021/", "maxwidth": "٣٠٠"}, 400),
        ({"url": f"{SITE}/fr/2021/", "format": "yaml"}, 501),
        ({"url": "https://elsewhere.example/fr/2021/"}, 404),
        ({"url": f"{SITE}.evil.example/fr/2021/"}, 404),
        ({"url": f"{SITE}@evil.example/fr/2021/"}, 404),
        ({"url": "//testserver/fr/2021/"}, 404),
        ({"url": "ftp://testserver/fr/2021/"}, 404),
        ({"url": "http://[/"}, 404),
        ({"url": "/fr/2021/"}, 404),
        ({"url": f"{SITE}/2021/programme.ics"}, 404),
        ({"url": f"{SITE}/fr/2021/nowhere/"}, 404),
        ({"url": f"{SITE}/fr/2021/programme/%00/"}, 404),
        ({"url": f"{SITE}/fr/my/"}, 404),
        ({"url": f"{SITE}/admin/"}, 404),
    ],
)  # fmt: skip
def test_invalid_request_returns_an_error_status(edition, parameters, status):
    assert ask(**parameters).status_code == status


@pytest.mark.parametrize("path", ["", "programme/", "programme/une/", "speakers/nora/",
                                  "abstracts/resume/", "abstract/"])  # fmt: skip
def test_unpublished_edition_is_404(edition, path):
    Edition.objects.update(is_published=False)
    response = ask(f"{SITE}/fr/2021/{path}")
    assert (response.status_code, b"Ville" in response.content) == (404, False)


def test_draft_content_is_404(edition):
    make_session(edition, slug="brouillon", title_fr="Secret", status="draft")
    make_speaker(edition, slug="cachee", is_published=False)
    make_abstract(edition, slug="attente", status="draft")
    for path in ("programme/brouillon", "speakers/cachee", "abstracts/attente"):
        assert ask(f"{SITE}/fr/2021/{path}/").status_code == 404


def test_cross_origin_requests_are_allowed(edition):
    response = ask(f"{SITE}/fr/2021/")
    assert (response["Access-Control-Allow-Origin"], response.cookies) == ("*", {})


@pytest.mark.parametrize(
    "path", ["programme/?day=all", "programme/une/", "speakers/nora/", "abstracts/resume/"]
)
def test_pages_link_to_their_oembed_responses(client, edition, path):
    page = tree(client.get(f"/fr/2021/{path}"))
    found = page.xpath("//link[contains(@type, '+oembed')]")
    assert [link.get("type") for link in found] == ["application/json+oembed", "text/xml+oembed"]
    answer = client.get(found[0].get("href").removeprefix(SITE)).json()
    assert (answer["version"], answer["provider_name"]) == ("1.0", "Ville 2021")
    assert client.get(found[1].get("href").removeprefix(SITE)).content.startswith(b"<?xml")
