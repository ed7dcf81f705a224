"""Published pages, kept in memory: never older than the last commit, the same with and without."""

import contextlib
import gzip
import os
import runpy
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import brotli
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from gunicorn.config import Config

from config.wsgi import application
from symposium.core import page_cache
from symposium.editions.models import Edition, Page
from tests.conftest import PROJECT
from tests.factories import (
    make_category,
    make_edition,
    make_page,
    make_registration,
    make_session,
    make_user,
    open_edition,
)
from tests.helpers.database_errors import execute
from tests.helpers.urls import LANGUAGES, MISSING, PAGES, UNLISTED

HOME = "/fr/2021/"


@pytest.fixture(autouse=True)
def shelf(settings, one_minute):
    """An empty shelf, in use."""
    settings.PUBLISHED_BYTES = 8 * 1024 * 1024
    page_cache.SHELF.clear()
    page_cache.is_known.cache_clear()
    yield page_cache.SHELF
    page_cache.SHELF.clear()


@pytest.fixture
def edition(transactional_db):
    return make_edition("2021", is_current=True)


def revision() -> int:
    return page_cache.present_version()[0]


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
    asked_each_time = "public, max-age=0, s-maxage=1, stale-while-revalidate=5, must-revalidate"
    assert response["Cache-Control"] == asked_each_time  # by browsers
    assert response["Vary"] == "Accept-Encoding"
    assert response.cookies == {}


def test_a_head_has_no_body(edition):
    assert Client().head(HOME).content == b""
    get()
    response = Client().head(HOME)
    assert (response.content, response.status_code) == (b"", 200)


@pytest.mark.parametrize("query", ["?utm_source=x", "?day=", "?room=&kind=&fbclid=1"])
def test_who_comes_by_a_link_with_more_in_it_gets_the_page_that_is_kept(
    edition, shelf, query, django_assert_num_queries
):
    get()
    Edition.objects.update(name_fr="Autre")
    page = get(HOME + query)
    assert (list(shelf.pages), b"Autre" in page.content) == ([(HOME, "")], True)
    with django_assert_num_queries(2):
        assert [get(HOME + query).content, get().content] == [page.content] * 2


def test_of_two_of_a_name_the_last_counts(edition, shelf):
    get("/fr/2021/programme/")
    get("/fr/2021/programme/?day=2021-06-09&day=all")
    assert list(shelf.pages) == [("/fr/2021/programme/", ""), ("/fr/2021/programme/", "day=all")]


@pytest.mark.parametrize(
    "address",
    [
        *(f"{HOME}?{unknown}" for unknown in ("day=all", "lang=en", "with=ar")),
        *(f"/fr/2021/programme/?{unknown}" for unknown in ("day=x1", "room=x", "display=x")),
        *("/fr/2021/programme/?display=lobby&day=x1", "/fr/2021/programme.pdf?day=all"),
        *("/2021/schedule.json?lang=a1", "/2021/programme.ics?day=all"),
        *("/fr/2021/abstract/?with=fr", "/fr/2021/speakers/?layout=large"),
    ],
)
def test_what_a_page_does_not_know_cannot_fill_the_shelf(demonstration, shelf, address):
    for _ in range(2):
        assert get(address).status_code == 200
    assert list(shelf.pages) == []


def test_a_search_and_a_long_value_are_not_kept(edition, shelf):
    get("/fr/2021/programme/?q=ville")
    get(f"/fr/2021/programme/?track={'x' * 61}")
    assert list(shelf.pages) == []


def test_filters_in_another_order_are_the_same_page(edition, shelf):
    get("/fr/2021/programme/?day=all&kind=talk")
    get("/fr/2021/programme/?kind=talk&day=all")
    assert list(shelf.pages) == [("/fr/2021/programme/", "day=all&kind=talk")]


def test_the_shelf_gives_up_what_is_least_asked_for(edition, shelf, settings):
    get()
    settings.PUBLISHED_BYTES = shelf.size + 10
    get("/en/2021/")
    [(key, page)] = shelf.pages.items()
    assert (key, shelf.size) == (("/en/2021/", ""), page.size)


def test_the_shelf_counts_all_that_it_holds(edition, shelf):
    for coding in ("", "gzip", "br", "br"):
        get(accept_encoding=coding)
    page = shelf.pages[HOME, ""]
    bodies = [page.body, page.whole["gzip"][2], page.whole["br"][2]]
    assert shelf.size == page.size == sum(map(len, bodies)) + page_cache.BESIDE_BODIES


@pytest.mark.django_db(transaction=True)
def test_a_file_that_grows_too_large_is_given_up(shelf, settings):
    """A PDF is compressed already: each coding of it is as large as itself."""
    body = os.urandom(100_000)
    site = page_cache.PublishedMiddleware(lambda _request: page_cache.publish(HttpResponse(body)))
    settings.PUBLISHED_BYTES = 250_000
    sizes = []
    for coding in ("", "gzip", "br"):
        site(RequestFactory().get("/fr/2021/programme.pdf", HTTP_ACCEPT_ENCODING=coding))
        sizes.append((len(shelf.pages), shelf.size // 100_000))
    assert sizes == [(1, 1), (1, 2), (0, 0)]


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


OWN = [
    *("/fr/my/", "/en/my/programme/", "/ar/my/R7K2M9/ticket.pdf", "/my/token.ics"),
    *("/fr/accounts/login/", "/fr/2021/desk/check-in/", "/admin/", "/media/x.pdf"),
]


VISITORS = [
    *({"cookie": "sessionid=x"}, {"cookie": "csrftoken=x; messages=x; django_language=ar"}),
    *({"authorization": "Basic eDp4"}, {"range": "bytes=0-9"}, {"accept_language": "ar"}),
    *({"if_none_match": "*"}, {"if_modified_since": "Wed, 09 Jun 2099 08:00:00 GMT"}),
    {"x_forwarded_host": "evil.example", "x_original_url": "/admin/", "x_requested_with": "x"},
]


@pytest.mark.parametrize("headers", VISITORS, ids=lambda headers: next(iter(headers)))
@pytest.mark.parametrize("address", [HOME, "/fr/2021/programme/", "/2021/schedule.json"])
def test_who_comes_first_does_not_change_what_is_kept(edition, shelf, address, headers):
    get(address)
    kept = shelf.pages[address, ""]
    shelf.clear()
    get(address, **headers)
    first = shelf.pages[address, ""]
    assert (first.body, first.headers, get(address).cookies) == (kept.body, kept.headers, {})


def test_an_organiser_who_comes_first_leaves_nothing_of_theirs(edition, shelf, client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    response = client.get(HOME)
    assert (list(shelf.pages), response.cookies) == ([(HOME, "")], {})
    assert response.content == get().content


@pytest.mark.parametrize("kind", ["", "rooms/auditorium/", "keywords/digital/", "programme.pdf"])
def test_a_cookie_that_is_none_turns_nothing_off(demonstration, shelf, kind, client):
    """Each kind of page, asked for first by somebody whose session is none."""
    assert get(f"/fr/2021/{kind}", cookie="sessionid=x").status_code == 200
    assert list(shelf.pages) == [(f"/fr/2021/{kind}", "")]


def test_a_path_with_a_question_mark_is_another_address(edition, shelf):
    get("/fr/2021/programme/?day=all")
    assert get("/fr/2021/programme/%3Fday=all").status_code == 404
    assert served("/fr/2021/programme/%3Fday=all")[0] == "404 Not Found"


@pytest.mark.parametrize("query", ["?utm_source=%00", "?day=%ff", "?%00=1", "?day=%EF%BF%BD"])
def test_an_address_that_is_refused_is_refused_when_its_page_is_kept(edition, query):
    asked = [get(HOME + query).status_code]
    get()
    asked.append(get(HOME + query).status_code)
    assert (asked, served(HOME + query)[0]) == ([400, 400], "400 Bad Request")


def test_the_sitemap_is_kept(demonstration, shelf, django_assert_num_queries):
    first = get("/sitemap.xml")
    with django_assert_num_queries(1):
        assert get("/sitemap.xml").content == first.content
    assert list(shelf.pages) == [("/sitemap.xml", "")]
    assert get("/sitemap.xml?p=1").content == first.content
    assert get("/sitemap.xml?p=2").status_code == 404


def test_every_view_of_a_published_page_is_declared(demonstration, shelf):
    """Or it would be rendered for each who asks."""
    not_kept = MISSING | UNLISTED - {"my programme"} | {"filtered", "no result"}
    addresses = [f"/ar/{path}" for name, path in PAGES.items() if name not in not_kept]
    addresses += [f"/2021/{export}" for export in EXPORTS]
    addresses += [f"/fr/2021/{page}" for page in ELSEWHERE if "abstract.pdf" not in page]
    for address in addresses:
        assert get(address).status_code == 200
    kept = {f"{path}?{query}".removesuffix("?") for path, query in shelf.pages}
    assert sorted(set(addresses) - kept) == []


def test_somebodys_own_pages_wait_for_no_page(edition, shelf, django_assert_num_queries):
    """`/fr/my/programme/` has the shape of the programme of an edition."""
    keys = [page_cache.key_of(RequestFactory().get(path).META) for path in [*OWN, HOME]]
    assert keys == [None] * len(OWN) + [(HOME, "")]
    with django_assert_num_queries(0):
        assert get("/fr/my/programme/").status_code == 302


def test_a_page_that_goes_is_not_found_at_once(edition):
    page = make_page(edition, slug="acces")
    assert get("/fr/2021/pages/acces/").status_code == 200
    page.is_published = False
    page.save()
    assert get("/fr/2021/pages/acces/").status_code == 404


def test_what_is_due_at_an_hour_comes_by_itself(edition, monkeypatch):
    first = get()
    later = time.time() + 61
    monkeypatch.setattr(page_cache.time, "time", lambda: later)
    version = page_cache.present_version()
    assert get().content == first.content
    assert page_cache.SHELF.pages[HOME, ""].version == version


# Before Django


def served(address=HOME, **meta) -> tuple[str, dict, bytes]:
    """What gunicorn gets of the site for a request."""
    said = {}

    def start_response(status, headers):
        said.update(status=status, headers=headers)

    request = RequestFactory().get(address)
    answer = application(request.environ | meta, start_response)
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return said["status"], dict(said["headers"]), body


@pytest.mark.parametrize(
    "meta",
    [{}, {"HTTP_ACCEPT_ENCODING": "br"}, {"HTTP_IF_NONE_MATCH": "*"}, {"REQUEST_METHOD": "HEAD"}],
)
def test_a_page_that_is_kept_needs_no_django(edition, django_assert_num_queries, meta):
    first = Client().generic(meta.get("REQUEST_METHOD", "GET"), HOME, **meta)
    get()
    with django_assert_num_queries(1):
        status, headers, body = served(**meta)
    assert status == f"{first.status_code} {first.reason_phrase}"
    assert (headers, body) == (dict(first.headers), first.content)


def test_a_change_is_seen_before_django(edition):
    served()
    Edition.objects.update(name_fr="Autre nom")
    assert "Autre nom" in served()[2].decode()


def test_an_unknown_host_gets_no_page_that_is_kept(edition, settings):
    get()
    settings.ALLOWED_HOSTS = ["symposium.example.org"]
    page_cache.is_known.cache_clear()
    assert served(HTTP_HOST="evil.example")[0] == "400 Bad Request"
    assert served(HTTP_HOST="symposium.example.org")[0] == "200 OK"
    assert served(HTTP_HOST="symposium.example.org:8000")[0] == "200 OK"


def test_an_empty_host_gets_no_page_that_is_kept(edition):
    get()
    assert served(HTTP_HOST="")[0] == "400 Bad Request"


def test_a_script_name_changes_no_page_that_is_kept(edition, shelf):
    """Neither the pages nor the cards, which are kept apart."""
    session, path = make_session(edition), "/fr/2021/programme/"
    card = f'<h4><a href="{path}{session.slug}/">'
    for prefix in ("/elsewhere", ""):
        body = served(path, SCRIPT_NAME=prefix)[2].decode()
        assert card.replace('="', f'="{prefix}') in body
    assert "/elsewhere" not in body
    assert list(shelf.pages) == [(path, "")]
    assert served(path, SCRIPT_NAME="/elsewhere")[2].decode() != body


def test_gunicorn_believes_nobody_where_the_site_is():
    own, config = runpy.run_path(str(PROJECT / "gunicorn.conf.py")), Config()
    config.set("forwarder_headers", own["forwarder_headers"])
    assert config.forwarder_headers == []


def test_plain_http_gets_no_page_that_is_kept(edition, settings):
    get()
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert get().status_code == 301
    assert get(x_forwarded_proto="https").status_code == 200
    meta = RequestFactory().get(HOME).environ
    assert page_cache.key_of(meta) is None
    assert page_cache.key_of(meta | {"HTTP_X_FORWARDED_PROTO": "http"}) is None
    assert page_cache.key_of(meta | {"HTTP_X_FORWARDED_PROTO": "https"}) == (HOME, "")


def test_a_connection_that_the_database_has_closed_is_made_anew(edition):
    page = served()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [(number,)] = cursor.fetchall()
    with ThreadPoolExecutor(1) as pool:
        end = f"SELECT pg_terminate_backend({number}, 5000)"
        pool.submit(in_its_own_connection, lambda: execute(end)).result()
    assert served()[2] == page[2]


def test_a_connection_closed_on_our_side_is_made_anew(edition):
    page = served()
    connection.connection.close()
    assert served()[2] == page[2]


def test_a_lock_is_waited_for_once_and_the_connection_stays(edition):
    get()
    execute("SET lock_timeout = 100")
    number = connection.connection.info.backend_pid
    with locked("symposium_revision"), CaptureQueriesContext(connection) as queries:
        assert served()[0] == "200 OK"  # rendered
    asked = [one["sql"] for one in queries if "symposium_revision" in one["sql"]]
    assert asked == ["SELECT number FROM symposium_revision"]
    assert connection.connection.info.backend_pid == number
    execute("RESET lock_timeout")


@contextlib.contextmanager
def locked(table: str):
    """Somebody else has the table, as during a migration."""
    other = connection.copy()
    other.set_autocommit(False)
    with contextlib.closing(other), other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table}")
        yield
        other.rollback()


def test_without_a_database_django_says_what_it_says(edition, monkeypatch):
    get()

    def away():
        raise DatabaseError("away")

    monkeypatch.setattr(page_cache, "read_revision", away)
    status, headers, _body = served()
    assert (status, headers["X-Frame-Options"]) == ("200 OK", "DENY")  # it can still be rendered


# Many at once


@pytest.mark.django_db(transaction=True)
def test_one_reading_serves_all_who_came_before_it_began(monkeypatch):
    reading, asked, go = page_cache.Reading(), [], threading.Event()

    def slow() -> int:
        asked.append(1)
        assert go.wait(10)
        return len(asked)

    monkeypatch.setattr(page_cache, "read_revision", slow)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(reading.now)
        while not asked:
            time.sleep(0.005)
        others = [pool.submit(reading.now) for _ in range(5)]
        while pool._work_queue.qsize():
            time.sleep(0.005)
        time.sleep(0.05)
        go.set()
        assert first.result(10) == 1
        assert {other.result(10) for other in others} == {2}


class Slow:
    """A page that takes as long as the test wants, and counts how often it was made."""

    def __init__(self):
        self.made, self.go = 0, threading.Event()

    def __call__(self, request):
        self.made += 1
        assert self.go.wait(10)
        return page_cache.publish(HttpResponse(f"{self.made}"))


def at_once(work, number=6):
    with ThreadPoolExecutor(number) as pool:
        yield [pool.submit(in_its_own_connection, work) for _ in range(number)]


@pytest.mark.django_db(transaction=True)
def test_one_renders_and_the_others_wait():
    view = Slow()
    site = page_cache.PublishedMiddleware(view)
    request = RequestFactory().get("/fr/2021/programme/")
    for futures in at_once(lambda: site(request).content):
        view.go.set()
        assert {future.result(10) for future in futures} == {b"1"}
    assert view.made == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_shelf_each_renders(settings):
    """The control: what the test above would count without what it tests."""
    settings.PUBLISHED_BYTES = 0
    view = Slow()
    site = page_cache.PublishedMiddleware(view)
    for futures in at_once(lambda: site(RequestFactory().get("/fr/2021/programme/"))):
        view.go.set()
        for future in futures:
            future.result(10)
    assert view.made == 6


def test_while_one_renders_the_others_have_the_page_before_for_a_second(edition, monkeypatch):
    view = Slow()
    view.go.set()
    site = page_cache.PublishedMiddleware(view)
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


def test_a_file_that_is_rendered_holds_no_page(shelf):
    files, pages = (
        {shelf.renderer((f"/fr/2021/abstracts/{number}{ending}", query)) for number in range(100)}
        for ending, query in ((".pdf", "lang=fr"), ("/", "day=all"))
    )
    assert [len(files), len(pages), files & pages] == [2, 2, set()]


# With and without

EXPORTS = [
    *("programme.ics", "programme/continuite-des-services-vitaux.ics", "rooms/auditorium.ics"),
    *("speakers/yasmine-arcade.ics", "schedule.json", "schedule.xml", "abstract.json"),
    *("abstract.bib", "abstract.ris", "abstract.xml", "changes.atom"),
]
# For screens and paper; for the sites of others see tests/sessions/test_embed.py.
ELSEWHERE = [
    *("programme/?display=lobby", "rooms/auditorium/?display=door"),
    *("programme.pdf", "abstract/abstract.pdf", "abstracts.atom"),
]
# Pages take the languages in turn: what the shelf does is one path for all of them.
PATHS = [*PAGES.values(), *(f"2021/{page}" for page in ELSEWHERE)]
ADDRESSES = [
    *(f"/{language}/{path}" for language, path in zip(cycle(LANGUAGES), PATHS, strict=False)),
    *(f"/2021/{export}?lang={language}" for language in LANGUAGES for export in EXPORTS),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_shelf_changes_nothing_but_speed(demonstration, settings, address):
    kept = [Client().get(address) for _ in range(2)]
    settings.PUBLISHED_BYTES = 0
    fresh = Client().get(address)
    tokens = b"csrfmiddlewaretoken" in fresh.content
    assert [page.status_code for page in kept] == [fresh.status_code] * 2
    if not tokens:
        assert [page.content for page in kept] == [fresh.content] * 2
        assert [dict(page.headers) for page in kept] == [dict(fresh.headers)] * 2
    assert [page["Content-Language"] for page in kept] == [fresh["Content-Language"]] * 2


def test_a_filter_that_is_not_known_is_answered_and_never_kept(edition, shelf):
    make_session(edition)
    for value in ("usages", "<b>", "x"):
        page = get(f"{HOME}programme/?track={value}").content.decode()
        assert page.count("est inconnu") == 1
    assert list(shelf.pages) == []
    assert "est inconnu" not in get(f"{HOME}programme/").content.decode()
    assert list(shelf.pages) == [(f"{HOME}programme/", "")]
