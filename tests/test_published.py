"""Published pages, kept in memory: never older than the last commit, the same with and without."""

import gzip
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import brotli
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory

from symposium import published
from symposium.editions.models import Edition, Page
from tests.factories import (
    make_category,
    make_edition,
    make_page,
    make_registration,
    make_session,
    make_user,
    open_edition,
)
from tests.pages import LANGUAGES, PAGES
from tests.refusals import execute

HOME = "/fr/2021/"


@pytest.fixture(autouse=True)
def shelf(settings):
    """An empty shelf, in use."""
    settings.PUBLISHED_BYTES = 8 * 1024 * 1024
    published.SHELF.clear()
    yield published.SHELF
    published.SHELF.clear()


@pytest.fixture
def edition(transactional_db):
    return make_edition("2021", is_current=True)


def revision() -> int:
    return published.present_version()[0]


def get(address=HOME, **headers):
    return Client().get(address, headers=headers)


# The revision


# Counts of reads are the organisers'; the harvest is asked of the database each time.
NOT_ON_A_PAGE = {"FormerSlug", "Reading", "Harvest"}
PUBLIC = [
    model
    for name in ("editions", "speakers", "sessions", "abstracts")
    for model in apps.get_app_config(f"symposium_{name}").get_models()
    if not hasattr(model, "history_date") and model.__name__ not in NOT_ON_A_PAGE
]


@pytest.mark.django_db
@pytest.mark.parametrize("model", PUBLIC, ids=lambda model: model.__name__)
def test_every_public_table_moves_the_revision(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgtype FROM pg_trigger WHERE tgname = 'revision' AND tgrelid = %s::regclass",
            [model._meta.db_table],
        )
        [(kind,)] = cursor.fetchall()
    after_each_row_of_any_write = 1 | 4 | 8 | 16
    assert kind == after_each_row_of_any_write


def test_a_transaction_moves_the_revision_once(edition):
    before = revision()
    with transaction.atomic():
        for _ in range(3):
            make_session(edition, at=None)
        assert revision() == before
    assert revision() == before + 1


@pytest.mark.parametrize(
    "write",
    [
        lambda page: page.save(),
        lambda page: Page.objects.update(title_fr="Autre"),
        lambda page: Page.objects.bulk_create([Page(edition=page.edition, title_fr="x", slug="x")]),
        lambda page: execute("UPDATE symposium_editions_page SET title_fr = 'Autre'"),
        lambda page: page.delete(),
    ],
    ids=["save", "update", "bulk create", "plain SQL", "delete"],
)
def test_every_way_of_writing_moves_the_revision(edition, write):
    page = make_page(edition)
    before = revision()
    write(page)
    assert revision() == before + 1


def test_what_is_rolled_back_moves_nothing(edition):
    before = revision()
    with transaction.atomic():
        make_page(edition)
        transaction.set_rollback(True)
    assert revision() == before


def test_registering_moves_nothing(transactional_db):
    category = make_category(open_edition())
    before = revision()
    make_registration(category)
    assert revision() == before


# What a reader gets


def test_a_page_that_is_kept_costs_one_query(edition, django_assert_num_queries):
    first = get()
    with django_assert_num_queries(1):
        second = get()
    assert second.content == first.content
    assert second.headers == first.headers


def test_a_change_is_seen_at_the_next_request(edition):
    get()
    Edition.objects.update(name_fr="Autre nom")
    assert "Autre nom" in get().content.decode()


def test_a_change_made_by_another_process_is_seen(edition):
    get()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(in_its_own_connection, lambda: Edition.objects.update(name_fr="Autre")).result()
    assert "Autre" in get().content.decode()


def in_its_own_connection(work):
    try:
        return work()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("asked", "encoding", "decode"),
    [
        ("br, gzip", "br", brotli.decompress),
        ("gzip;q=1.0, br;q=0", "gzip", gzip.decompress),
        ("deflate", None, bytes),
        ("", None, bytes),
    ],
)
def test_each_coding_holds_the_same_page(edition, asked, encoding, decode):
    plain = get()
    coded = get(accept_encoding=asked)
    assert coded.headers.get("Content-Encoding") == encoding
    assert decode(coded.content) == plain.content
    assert (coded["ETag"] != plain["ETag"]) == bool(encoding)


def test_who_has_the_page_gets_no_body(edition):
    tag = get(accept_encoding="br")["ETag"]
    again = get(accept_encoding="br", if_none_match=f'W/"x", {tag}')
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert get(accept_encoding="gzip", if_none_match=tag).status_code == 200
    Edition.objects.update(name_fr="Autre")
    assert get(accept_encoding="br", if_none_match=tag).status_code == 200


def test_caches_in_between_may_keep_it_for_a_moment(edition):
    response = get()
    assert response["Cache-Control"].startswith("public, max-age=0, s-maxage=1")
    assert response["Vary"] == "Accept-Encoding"
    assert response.cookies == {}


def test_a_head_has_no_body(edition):
    assert Client().head(HOME).content == b""
    get()
    response = Client().head(HOME)
    assert (response.content, response.status_code) == (b"", 200)


@pytest.mark.parametrize("query", ["?utm_source=x", "?day=1&day=2", "?day="])
def test_unknown_parameters_cannot_fill_the_shelf(edition, shelf, query):
    get(HOME + query)
    assert list(shelf.pages) == []
    page = get()
    assert list(shelf.pages) == [HOME]
    if query != "?day=1&day=2":
        assert get(HOME + query).content == page.content


def test_a_search_and_a_long_value_are_not_kept(edition, shelf):
    get("/fr/2021/programme/?q=ville")
    get(f"/fr/2021/programme/?track={'x' * 61}")
    assert list(shelf.pages) == []


def test_filters_in_another_order_are_the_same_page(edition, shelf):
    get("/fr/2021/programme/?day=all&kind=talk")
    get("/fr/2021/programme/?kind=talk&day=all")
    assert list(shelf.pages) == ["/fr/2021/programme/?day=all&kind=talk"]


def test_the_shelf_gives_up_what_is_least_asked_for(edition, shelf, settings):
    get()
    settings.PUBLISHED_BYTES = shelf.size + 10
    get("/en/2021/")
    assert list(shelf.pages) == ["/en/2021/"]
    assert shelf.size == shelf.pages["/en/2021/"].size


def test_what_is_somebodys_own_is_never_kept(edition, shelf):
    registration = make_registration(make_category(open_edition("2030")))
    for user in (registration.user, make_user(is_staff=True, is_superuser=True)):
        client = Client()
        client.force_login(user)
        for path in (
            "/fr/my/",
            f"/fr/my/{registration.code}/",
            "/fr/2030/register/",
            "/admin/",
            "/fr/2030/participants/",
            "/fr/2030/desk/check-in/",
            "/fr/accounts/email/",
        ):
            client.get(path)  # fmt: skip
    assert list(shelf.pages) == []


def test_what_needs_no_database_asks_it_nothing(edition, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert get("/healthz").status_code == 200


def test_a_page_that_goes_is_not_found_at_once(edition):
    page = make_page(edition, slug="acces")
    assert get("/fr/2021/pages/acces/").status_code == 200
    page.is_published = False
    page.save()
    assert get("/fr/2021/pages/acces/").status_code == 404


def test_what_is_due_at_an_hour_comes_by_itself(edition, monkeypatch):
    first = get()
    later = time.time() + 61
    monkeypatch.setattr(published.time, "time", lambda: later)
    version = published.present_version()
    assert get().content == first.content
    assert published.SHELF.pages[HOME].version == version


# Many at once


class Slow:
    """A page that takes as long as the test wants, and counts how often it was made."""

    def __init__(self):
        self.made, self.go = 0, threading.Event()

    def __call__(self, request):
        self.made += 1
        assert self.go.wait(10)
        return published.publish(HttpResponse(f"{self.made}"))


def at_once(work, number=6):
    with ThreadPoolExecutor(number) as pool:
        yield [pool.submit(in_its_own_connection, work) for _ in range(number)]


@pytest.mark.django_db(transaction=True)
def test_one_renders_and_the_others_wait():
    view = Slow()
    site = published.PublishedMiddleware(view)
    request = RequestFactory().get("/fr/2021/programme/")
    published.SHELF.shapes.add(published.shape(request))
    for futures in at_once(lambda: site(request).content):
        view.go.set()
        assert {future.result(10) for future in futures} == {b"1"}
    assert view.made == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_shelf_each_renders(settings):
    """The control: what the test above would count without what it tests."""
    settings.PUBLISHED_BYTES = 0
    view = Slow()
    site = published.PublishedMiddleware(view)
    for futures in at_once(lambda: site(RequestFactory().get("/fr/2021/programme/"))):
        view.go.set()
        for future in futures:
            future.result(10)
    assert view.made == 6


def test_while_one_renders_the_others_have_the_page_before_for_a_second(edition, monkeypatch):
    view = Slow()
    view.go.set()
    site = published.PublishedMiddleware(view)
    request = RequestFactory().get("/fr/2021/programme/")
    site(request)
    view.go.clear()
    Edition.objects.update(name_fr="Autre")
    with ThreadPoolExecutor(1) as pool:
        rendering = pool.submit(in_its_own_connection, lambda: site(request).content)
        while view.made < 2:
            time.sleep(0.005)
        assert site(request).content == b"1"
        view.go.set()
        assert rendering.result(10) == b"2"
    assert site(request).content == b"2"


# With and without


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_the_shelf_changes_nothing_but_speed(demonstration, settings, name, language):
    address = f"/{language}/{PAGES[name]}"
    kept = [Client().get(address) for _ in range(2)]
    settings.PUBLISHED_BYTES = 0
    fresh = Client().get(address)
    tokens = "csrfmiddlewaretoken" in fresh.content.decode()
    assert [page.status_code for page in kept] == [fresh.status_code] * 2
    if not tokens:
        assert [page.content for page in kept] == [fresh.content] * 2
    assert [page["Content-Language"] for page in kept] == [fresh["Content-Language"]] * 2
