"""Atom feeds of new abstracts."""

import datetime

import pytest
from django.utils import timezone
from lxml import etree

from symposium.abstracts.models import Abstract
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_session,
)
from tests.helpers.hard_records import HARD, make_hard_record
from tests.helpers.page_html import hrefs, tree

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FEEDS = ("abstracts.atom", "keywords/eau.atom")


@pytest.fixture
def edition():
    return make_edition("2021", name_fr="Symposium", name_en="Symposium")


def feed(client, path: str):
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (
        200, "application/atom+xml; charset=utf-8",
    )  # fmt: skip
    return etree.fromstring(response.content)


def titles(root) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]


def test_feed_lists_latest_first_in_original_languages(client, edition):
    old = make_abstract(edition, slug="a", title_fr="Ancien", text_fr="A & b.\nC.")
    make_author(old, given_name_fr="Nora", family_name_fr="Rivage")
    make_author(old, given_name_fr="Ali", family_name_fr="Sel")
    make_keyword(old, name_fr="Eau", slug="eau")
    new = make_abstract(
        edition, title_fr="Neuf", title_en="New", text_en="New.",
        published_at=old.published_at + datetime.timedelta(days=1),
    )  # fmt: skip
    root = feed(client, "/en/2021/abstracts.atom")
    assert (root.get(LANG), titles(root)) == ("en", ["New", "Ancien"])
    assert [link.get("href") for link in root.findall(f"{ATOM}link")] == [
        "http://testserver/en/2021/abstracts/", "http://testserver/en/2021/abstracts.atom",
    ]  # fmt: skip
    first, second = root.iter(f"{ATOM}entry")
    assert [entry.get(LANG) for entry in (first, second)] == ["en", "fr"]
    assert [entry.findtext(f"{ATOM}id") for entry in (first, second)] == [
        f"urn:uuid:{new.guid}", f"urn:uuid:{old.guid}",
    ]  # fmt: skip
    assert second.findtext(f"{ATOM}published") == "2021-06-01T09:00:00+00:00"
    assert second.findtext(f"{ATOM}updated")[:19] == f"{old.updated_at:%Y-%m-%dT%H:%M:%S}"
    assert second.findtext(f"{ATOM}summary") == "<p>A &amp; b.</p><p>C.</p>"
    assert [name.text for name in second.iter(f"{ATOM}name")] == ["Nora Rivage", "Ali Sel"]
    assert [one.get("term") for one in second.iter(f"{ATOM}category")] == ["Eau"]
    assert second.find(f"{ATOM}link").get("href") == "http://testserver/fr/2021/abstracts/a/"


def test_keyword_feed_lists_only_its_abstracts(client, edition):
    make_keyword(make_abstract(edition, title_fr="Oui"), slug="eau", name_fr="Eau")
    make_abstract(edition, title_fr="Non")
    assert titles(feed(client, "/fr/2021/keywords/eau.atom")) == ["Oui"]


@pytest.mark.parametrize("path", FEEDS)
def test_unchanged_feed_returns_304_without_body(client, edition, path):
    make_keyword(make_abstract(edition, title_fr="Oui"), slug="eau")
    first = client.get(f"/fr/2021/{path}")
    assert sorted(first["Cache-Control"].split(", ")) == ["max-age=60", "public"]
    known = {"If-None-Match": first["ETag"]}
    again = client.get(f"/fr/2021/{path}", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    Abstract.objects.update(title_fr="Non")
    assert client.get(f"/fr/2021/{path}", headers=known).status_code == 200


def test_entry_ids_are_stable_when_slugs_change(client, edition):
    keyword = make_keyword(make_abstract(edition, slug="a"), slug="eau")
    before = feed(client, "/fr/2021/keywords/eau.atom")
    Abstract.objects.update(slug="b")
    keyword.slug = "air"
    keyword.save()
    after = feed(client, "/fr/2021/keywords/air.atom")
    ids = [[one.text for one in root.iter(f"{ATOM}id")] for root in (before, after)]
    assert ids[0] == ids[1]


def test_former_keyword_slug_redirects_to_its_feed(client, edition):
    keyword = make_keyword(make_abstract(edition), slug="eau")
    keyword.slug = "air"
    keyword.save()
    answer = client.get("/fr/2021/keywords/eau.atom")
    assert (answer.status_code, answer["Location"]) == (301, "/fr/2021/keywords/air.atom")
    assert client.get("/fr/2021/keywords/feu.atom").status_code == 404


@pytest.mark.parametrize("path", FEEDS)
def test_feed_excludes_hidden_abstracts(client, edition, path):
    keyword = make_keyword(make_abstract(edition, title_fr="Oui"), slug="eau")
    hidden = [
        {"status": "draft"}, {"status": "withdrawn"},
        {"published_at": timezone.now() + datetime.timedelta(days=1)},
        {"session": make_session(edition, status="draft")},
    ]  # fmt: skip
    for fields in hidden:
        keyword.uses.create(abstract=make_abstract(edition, **fields))
    keyword.uses.create(abstract=make_abstract(make_edition("2020")))
    keyword.uses.create(abstract=make_abstract(make_edition("2019", is_published=False)))
    assert titles(feed(client, f"/fr/2021/{path}")) == ["Oui"]
    assert client.get(f"/fr/2019/{path}").status_code == 404


@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
def test_hostile_text_is_escaped_in_feed(client, text):
    abstract = make_hard_record(text)
    keyword = abstract.keywords.first()
    expected = " ".join(text.replace("\x0b", "").split(" "))
    slug = abstract.edition.slug
    for path in ("abstracts.atom", f"keywords/{keyword.slug}.atom"):
        assert titles(feed(client, f"/fr/{slug}/{path}")) == [expected]


@pytest.mark.parametrize("number", [1, 3])
def test_feed_query_count_is_constant(client, edition, django_assert_num_queries, number):
    for _place in range(number):
        make_author(make_abstract(edition))
    with django_assert_num_queries(6):
        assert len(titles(feed(client, "/fr/2021/abstracts.atom"))) == number


def test_pages_link_to_their_feeds(client, edition):
    make_keyword(make_abstract(edition), slug="eau")
    named = {
        path: hrefs(tree(client.get(f"/fr/2021/{path}")), "//link[@type='application/atom+xml']")
        for path in ("abstracts/", "keywords/eau/")
    }
    assert named == {
        "abstracts/": ["/fr/2021/abstracts.atom"],
        "keywords/eau/": ["/fr/2021/keywords/eau.atom"],
    }
