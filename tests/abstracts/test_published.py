"""The publication of abstracts: every page and every trigger agrees with `published()`."""

import datetime
import json

import pytest
from django.db import connection
from django.utils import timezone

from symposium.abstracts.models import Abstract, OaiRecord
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_session,
    make_speaker,
)
from tests.helpers.page_html import cards
from tests.helpers.pdf_files import texts

pytestmark = pytest.mark.django_db

PUBLIC = {"acacia", "baobab", "cedrus"}
IN_SESSION = {"baobab", "cedrus"}


@pytest.fixture(autouse=True)
def abstracts(settings, tmp_path):
    """Create an abstract in each state; its slug, also its title, names it."""
    settings.MEDIA_ROOT = tmp_path
    edition = make_edition("2021", embed_origins="*")
    hidden = make_edition("2022", is_published=False)
    sessions = {
        status: make_session(edition, at=at, status=status, title_fr=f"Séance {status}")
        for at, status in (("09:00", "published"), ("10:00", "cancelled"), ("11:00", "draft"))
    }
    states = {
        "acacia": {},
        "baobab": {"session": sessions["published"]},
        "cedrus": {"session": sessions["cancelled"]},
        "drosera": {"status": "draft"},
        "erica": {"published_at": timezone.now() + datetime.timedelta(hours=1)},
        "fuchsia": {"status": "withdrawn"},
        "genista": {"session": sessions["draft"]},
        "hibiscus": {"edition": hidden},
    }
    speaker = make_speaker(edition, slug="nora", family_name_fr="Rivage")
    keyword = make_keyword(name_fr="Eau", slug="eau")
    for slug, fields in states.items():
        abstract = make_abstract(
            **{
                "edition": edition,
                "slug": slug,
                "title_fr": slug,
                "text_fr": f"{slug}, racines.",
            }
            | fields
        )
        abstract.ordered_keywords.create(keyword=keyword)
        if abstract.edition == edition:
            make_author(abstract, speaker=speaker)
    return list(states)


def named_in(text: str) -> set[str]:
    """Return the slugs of the abstracts whose slug or title is in `text`."""
    return {abstract.slug for abstract in Abstract.objects.all() if abstract.slug in text.lower()}


def those_found(client, address: str, **query: str) -> set[str]:
    """Return the slugs of the abstracts for which an address returns 200."""
    return {
        abstract.slug
        for abstract in Abstract.objects.select_related("edition")
        if client.get(
            address.format(abstract),
            {name: value.format(abstract) for name, value in query.items()},
        ).status_code == 200
    }  # fmt: skip


def in_search_table() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT title_fr FROM symposium_search JOIN symposium_editions_edition edition"
            " ON edition.id = edition_id AND edition.is_published"
            " WHERE kind = 'abstract' AND public_from <= now()"
        )
        return {title for (title,) in cursor}


def in_harvest_table() -> set[str]:
    live = OaiRecord.objects.known().filter(is_deleted=False).values("guid")
    return set(Abstract.objects.filter(guid__in=live).values_list("slug", flat=True))


def test_published():
    assert set(Abstract.objects.published().values_list("slug", flat=True)) == PUBLIC


def test_triggers_agree():
    assert (in_search_table(), in_harvest_table()) == (PUBLIC, PUBLIC)


@pytest.mark.parametrize(
    "address",
    [
        "/fr/2021/abstracts/",
        "/fr/2021/abstracts.atom",
        "/fr/2021/keywords/eau/",
        "/fr/2021/keywords/eau.atom",
        "/fr/2021/speakers/nora/",
        "/fr/2021/search/?q=racines",
        "/sitemap.xml",
        "/oai?verb=ListRecords&metadataPrefix=oai_dc",
    ],
)
def test_lists_agree(client, address):
    assert named_in(client.get(address).content.decode()) == PUBLIC


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/fr/{0.edition.slug}/abstracts/{0.slug}/", {}),
        ("/{0.edition.slug}/abstracts/{0.slug}.bib", {}),
        ("/oembed", {"url": "http://testserver/fr/{0.edition.slug}/abstracts/{0.slug}/"}),
    ],
)
def test_pages_of_one_agree(client, address, query):
    assert those_found(client, address, **query) == PUBLIC


def test_book_agrees(client):
    book = client.get("/fr/2021/abstracts.pdf").content
    assert named_in(" ".join(texts(book))) == PUBLIC


def test_pages_of_sessions_agree(client):
    addresses = [f"/fr/2021/programme/seance-{status}/" for status in ("published", "cancelled")]
    pages = [client.get(address).content.decode() for address in addresses]
    assert named_in("".join(pages)) == IN_SESSION
    schedule = client.get("/2021/schedule.json").json()
    assert named_in(json.dumps(schedule)) == IN_SESSION


def test_filters_of_the_programme_agree(client, abstracts):
    programme = "/fr/2021/programme/"
    public = ["Séance published", "Séance cancelled"]
    assert cards(client.get(programme, {"day": "all", "keyword": "eau"})) == public
    found = {slug for slug in abstracts if cards(client.get(programme, {"day": "all", "q": slug}))}
    assert found == IN_SESSION
