"""Revisions: a write to one edition leaves the pages of the other editions valid."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test import Client

from symposium.abstracts.models import AbstractKeyword, Keyword
from symposium.core import revision
from symposium.editions.models import Edition
from tests.abstracts.test_races import until_waiting
from tests.factories import (
    make_abstract,
    make_author,
    make_category,
    make_edition,
    make_keyword,
    make_page,
    make_participation,
    make_resource,
    make_room,
    make_session,
    make_speaker,
    make_track,
)
from tests.helpers.database_errors import execute


@pytest.fixture
def edition(transactional_db):
    return make_edition("2021", is_current=True)


@pytest.fixture
def following(edition):
    """The next edition, in preparation: it is not published."""
    return make_edition("2022", is_published=False)


def revisions() -> dict[str, str]:
    """Return the revision of the pages of each edition, and of pages without an edition (“all”)."""
    return {slug or "all": revision.current(slug) for slug in ("2021", "2022", None)}


def moved(before: dict[str, str]) -> set[str]:
    return {name for name, present in revisions().items() if present != before[name]}


WRITES = {
    "page": make_page,
    "session": lambda edition: make_session(edition, at=None),
    "room": make_room,
    "track": make_track,
    "speaker": make_speaker,
    "resource": lambda edition: make_resource(edition.sessions.get(slug="first")),
    "author": lambda edition: make_author(edition.abstracts.get()),
    "participation": lambda edition: make_participation(
        edition.sessions.get(slug="first"), edition.speakers.get(slug="first")
    ),
    "use of a keyword": lambda edition: AbstractKeyword.objects.create(
        abstract=edition.abstracts.get(), keyword=Keyword.objects.get()
    ),
    "edition": lambda edition: edition.save(),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_write_to_next_edition_moves_no_other(following, write):
    make_abstract(session=make_session(following, at=None, slug="first"))
    make_speaker(following, slug="first")
    Keyword.objects.create(name_fr="Ville", slug="ville")
    before = revisions()
    write(following)
    assert moved(before) == {"2022", "all"}


EVERYWHERE = {
    "edition": lambda edition: edition.save(),
    "other edition that is published": lambda edition: Edition.objects.filter(slug="2022").update(
        is_published=True
    ),
    "keyword": lambda edition: Keyword.objects.create(name_fr="Ville", slug="ville"),
    "first category": make_category,
    "privacy notice": lambda edition: make_page(edition, slug="privacy"),
}


@pytest.mark.parametrize("write", EVERYWHERE.values(), ids=EVERYWHERE)
def test_write_to_what_all_editions_show_moves_all(following, edition, write):
    before = revisions()
    write(edition)
    assert moved(before) == {"2021", "2022", "all"}


def test_object_that_is_deleted_moves_its_edition(following):
    session = make_session(following, at=None)
    resource = make_resource(session)
    before = revisions()
    resource.delete()
    assert moved(before) == {"2022", "all"}
    before = revisions()
    session.delete()
    assert moved(before) == {"2022", "all"}


def test_edition_that_is_deleted_moves_its_revision(following):
    make_page(following)
    before = revisions()
    following.delete()
    assert moved(before) == {"2022", "all"}


def test_revision_of_two_editions_moves_once_each_in_a_transaction(following, edition):
    before = revision.fetch_revisions()
    with transaction.atomic():
        for one in (following, edition, following):
            make_page(one)
    after = revision.fetch_revisions()
    moves = {slug: after[slug] - before[slug] for slug in after}
    assert {slug: moves[slug] for slug in ("", "2021", "2022")} == {"": 0, "2021": 1, "2022": 1}


def test_two_transactions_never_wait_for_each_other_in_a_circle(following, edition):
    """Without the lock of the shared row, each would hold the row that the other waits for."""

    def write_next_edition_first():
        try:
            with transaction.atomic():
                make_page(following)
                make_page(edition)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            make_page(edition)
            execute("SET CONSTRAINTS ALL IMMEDIATE")
            other = pool.submit(write_next_edition_first)
            until_waiting(other)
            make_page(following)
        assert other.result(10) is None


@pytest.mark.django_db
def test_revision_has_a_row_that_all_pages_share():
    assert revision.fetch_revisions()[revision.SHARED] > 0


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/fr/2021/", "2021"),
        ("/ar/2021/programme/ouverture/", "2021"),
        ("/2021/schedule.json", "2021"),
        ("/2021/abstracts/ville.bib", "2021"),
        ("/sitemap.xml", None),
        ("/fr/", None),
        ("/", None),
        ("", None),
    ],
)
def test_address_names_its_edition(path, slug):
    assert revision.edition_slug(path) == slug


def test_what_names_no_edition_depends_on_all():
    counts = {"": 3, "2021": 5, "2022": 1}
    slugs = ("2021", "2022", "", "offline", None)
    found = [revision.revision_of(counts, slug) for slug in slugs]
    assert found == ["3-5", "3-1", "all-9", "all-9", "all-9"]


# Cached pages


def rendered(address: str, template: str) -> bool:
    """Return whether an address is rendered with `template`, not served from memory."""
    return template in [used.name for used in Client().get(address).templates]


@pytest.mark.usefixtures("page_cache")
def test_stored_page_is_stale_after_writes_to_its_edition_alone(edition, following):
    page = ("/fr/2021/", "editions/home.html")
    assert [rendered(*page), rendered(*page)] == [True, False]
    make_session(following, at=None)
    following.save()
    assert rendered(*page) is False
    make_session(edition, at=None)
    assert [rendered(*page), rendered(*page)] == [True, False]
    make_keyword()
    assert [rendered(*page), rendered(*page)] == [True, False]


@pytest.mark.usefixtures("page_cache")
def test_sitemap_is_stale_after_a_write_to_any_edition(following):
    sitemap = ("/sitemap.xml", "sitemap.xml")
    assert [rendered(*sitemap), rendered(*sitemap)] == [True, False]
    make_session(following, at=None)
    assert [rendered(*sitemap), rendered(*sitemap)] == [True, False]
