"""Cached pages: never older than the last commit, and identical to pages without the cache."""

import contextlib
import gzip
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
from symposium.core import page_cache, page_store, revision
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
def cache(page_cache):
    return page_cache


def stored(cache) -> list[str]:
    """Return the addresses of the stored pages, one for each encoding."""
    return [f"{path}?{query}".removesuffix("?") for path, query, _encoding in cache.pages]


@pytest.fixture
def edition(transactional_db):
    return make_edition("2021", is_current=True)


def number() -> int:
    return sum(revision.fetch_revisions().values())


def get(address=HOME, **headers):
    return Client().get(address, headers=headers)


# The revision


# Usage counts and the draft of the timetable are for organisers; OAI records are read from the
# database for each request.
NOT_ON_A_PAGE = {"FormerSlug", "UsageCount", "OaiRecord", "Move", "DraftStep"}
PUBLIC = [
    model
    for name in ("editions", "speakers", "sessions", "abstracts")
    for model in apps.get_app_config(f"symposium_{name}").get_models()
    if not hasattr(model, "history_date") and model.__name__ not in NOT_ON_A_PAGE
]


@pytest.mark.django_db
@pytest.mark.parametrize("model", PUBLIC, ids=lambda model: model.__name__)
def test_every_public_table_has_the_revision_trigger(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgtype FROM pg_trigger "
            "WHERE tgname LIKE 'pgtrigger_revision_%%' AND tgrelid = %s::regclass",
            [model._meta.db_table],
        )
        [(kind,)] = cursor.fetchall()
    after_each_row_of_any_write = 1 | 4 | 8 | 16
    assert kind == after_each_row_of_any_write


def test_transaction_increments_the_revision_once(edition):
    before = number()
    with transaction.atomic():
        for _ in range(3):
            make_session(edition, at=None)
        assert number() == before
    assert number() == before + 1


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
def test_every_kind_of_write_increments_the_revision(edition, write):
    page = make_page(edition)
    before = number()
    write(page)
    assert number() == before + 1


def test_rollback_leaves_the_revision_unchanged(edition):
    before = number()
    with transaction.atomic():
        make_page(edition)
        transaction.set_rollback(True)
    assert number() == before


def test_registration_leaves_the_revision_unchanged(transactional_db):
    category = make_category(open_edition())
    before = number()
    make_registration(category)
    assert number() == before


# Cached responses


def test_cached_page_costs_one_query(edition, django_assert_num_queries):
    first = get()
    with django_assert_num_queries(1):
        second = get()
    assert second.content == first.content
    assert second.headers == first.headers


def test_change_is_visible_at_the_next_request(edition):
    get()
    Edition.objects.update(name_fr="Autre nom")
    assert "Autre nom" in get().content.decode()


def test_change_by_another_process_is_visible(edition):
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
def test_each_content_encoding_holds_the_same_page(edition, asked, encoding, decode):
    plain = get()
    coded = get(accept_encoding=asked)
    assert coded.headers.get("Content-Encoding") == encoding
    assert decode(coded.content) == plain.content
    assert (coded["ETag"] != plain["ETag"]) == bool(encoding)


def test_unchanged_page_returns_304_without_body(edition):
    tag = get(accept_encoding="br")["ETag"]
    again = get(accept_encoding="br", if_none_match=f'W/"x", {tag}')
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert get(accept_encoding="gzip", if_none_match=tag).status_code == 200
    Edition.objects.update(name_fr="Autre")
    assert get(accept_encoding="br", if_none_match=tag).status_code == 200


def test_shared_caches_may_store_the_page_briefly(edition):
    response = get()
    asked_each_time = "public, max-age=0, s-maxage=1, stale-while-revalidate=5, must-revalidate"
    assert response["Cache-Control"] == asked_each_time  # browsers ask each time
    assert response["Vary"] == "Accept-Encoding"
    assert response.cookies == {}


def test_head_request_has_no_body(edition):
    assert Client().head(HOME).content == b""
    get()
    response = Client().head(HOME)
    assert (response.content, response.status_code) == (b"", 200)


@pytest.mark.parametrize("query", ["?utm_source=x", "?day=", "?room=&kind=&fbclid=1"])
def test_unrelated_query_parameters_share_the_cached_page(
    edition, cache, query, django_assert_num_queries
):
    get()
    Edition.objects.update(name_fr="Autre")
    page = get(HOME + query)
    assert (stored(cache), b"Autre" in page.content) == ([HOME], True)
    with django_assert_num_queries(2):
        assert [get(HOME + query).content, get().content] == [page.content] * 2


def test_last_repeated_query_parameter_is_used(edition, cache):
    get("/fr/2021/programme/")
    get("/fr/2021/programme/?day=2021-06-09&day=all")
    assert stored(cache) == ["/fr/2021/programme/", "/fr/2021/programme/?day=all"]


@pytest.mark.parametrize(
    "address",
    [
        *(f"{HOME}?{undeclared}" for undeclared in ("day=all", "lang=en", "with=ar")),
        *("/fr/2021/programme.pdf?day=all", "/2021/programme.ics?day=all"),
        "/fr/2021/speakers/?layout=large",
    ],
)
def test_undeclared_parameters_are_ignored(demonstration, cache, address):
    path, _mark, _query = address.partition("?")
    assert [get(address).content, get(path).content] == [get(path).content] * 2
    assert stored(cache) == [path]


@pytest.mark.parametrize(
    "address",
    [
        *(f"/fr/2021/programme/?{unknown}" for unknown in ("day=x1", "room=x", "display=x")),
        *("/fr/2021/programme/?display=lobby&day=x1", "/fr/2021/programme/?track=x&day=all"),
        *("/2021/schedule.json?lang=a1", "/fr/2021/abstract/?with=de"),
    ],
)
def test_unknown_values_are_rendered_and_cannot_fill_the_cache(demonstration, cache, address):
    for _ in range(2):
        assert get(address).status_code == 200
    assert stored(cache) == []


def test_searches_and_long_values_are_not_cached(edition, cache):
    get("/fr/2021/programme/?q=ville")
    get(f"/fr/2021/programme/?track={'x' * 61}")
    assert stored(cache) == []


def test_filters_in_another_order_share_the_cached_page(edition, cache):
    get("/fr/2021/programme/?day=all&kind=talk")
    get("/fr/2021/programme/?kind=talk&day=all")
    assert stored(cache) == ["/fr/2021/programme/?day=all&kind=talk"]


def test_least_recently_used_page_is_given_up(edition, cache, settings):
    for address in (HOME, "/en/2021/", HOME):
        get(address)
    settings.PAGE_CACHE_BYTES = cache.size + 1000
    get("/ar/2021/")
    assert stored(cache) == [HOME, "/ar/2021/"]
    assert cache.size == counted_bytes(cache)


def test_cache_counts_all_that_it_holds(edition, cache):
    for coding in ("", "gzip", "br", "br"):
        get(accept_encoding=coding)
    assert stored(cache) == [HOME] * 3
    assert cache.size == counted_bytes(cache)


def counted_bytes(cache) -> int:
    return sum(page_store.HEADER_OVERHEAD_BYTES + len(page.body) for page in cache.pages.values())


def test_page_larger_than_the_cache_is_not_stored(edition, cache, settings):
    settings.PAGE_CACHE_BYTES = 5000
    assert get().status_code == 200
    assert (stored(cache), cache.size) == ([], 0)


def test_personal_pages_are_never_cached(edition, cache):
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
    assert stored(cache) == []


def test_health_check_makes_no_query(edition, django_assert_num_queries):
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
def test_cached_page_is_independent_of_the_first_visitor(edition, cache, address, headers):
    get(address)
    kept = cache.pages[address, "", ""]
    cache.drop((address, "", ""))
    get(address, **headers)
    first = cache.pages[address, "", ""]
    assert (first.body, first.headers, get(address).cookies) == (kept.body, kept.headers, {})


def test_page_cached_for_an_organiser_holds_nothing_personal(edition, cache, client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    response = client.get(HOME)
    assert (stored(cache), response.cookies) == ([HOME], {})
    assert response.content == get().content


@pytest.mark.parametrize("kind", ["", "rooms/auditorium/", "keywords/digital/", "programme.pdf"])
def test_invalid_session_cookie_does_not_disable_the_cache(demonstration, cache, kind, client):
    """Request each kind of page first with a session cookie that belongs to no session."""
    assert get(f"/fr/2021/{kind}", cookie="sessionid=x").status_code == 200
    assert stored(cache) == [f"/fr/2021/{kind}"]


def test_path_with_an_encoded_question_mark_is_a_different_address(edition, cache):
    get("/fr/2021/programme/?day=all")
    assert get("/fr/2021/programme/%3Fday=all").status_code == 404
    assert served("/fr/2021/programme/%3Fday=all")[0] == "404 Not Found"


@pytest.mark.parametrize("query", ["?utm_source=%00", "?day=%ff", "?%00=1", "?day=%EF%BF%BD"])
def test_invalid_query_is_refused_with_the_page_cached(edition, query):
    asked = [get(HOME + query).status_code]
    get()
    asked.append(get(HOME + query).status_code)
    assert (asked, served(HOME + query)[0]) == ([400, 400], "400 Bad Request")


def test_sitemap_is_cached(demonstration, cache, django_assert_num_queries):
    first = get("/sitemap.xml")
    with django_assert_num_queries(1):
        assert get("/sitemap.xml").content == first.content
    assert stored(cache) == ["/sitemap.xml"]
    assert get("/sitemap.xml?p=1").content == first.content
    assert get("/sitemap.xml?p=2").status_code == 404


def test_every_published_page_is_cached(demonstration, cache):
    not_kept = MISSING | UNLISTED - {"my programme"} | {"filtered", "no result"}
    addresses = [f"/ar/{path}" for name, path in PAGES.items() if name not in not_kept]
    addresses += [f"/2021/{export}" for export in EXPORTS]
    addresses += [f"/fr/2021/{page}" for page in ELSEWHERE if "abstract.pdf" not in page]
    for address in addresses:
        assert get(address).status_code == 200
    assert sorted(set(addresses) - {*stored(cache)}) == []


def test_personal_pages_have_no_cache_key(edition, django_assert_num_queries):
    """`/fr/my/programme/` has the form of the programme of an edition."""
    assert [page_cache.published_params(path) for path in [*OWN, HOME]] == [None] * len(OWN) + [{}]
    with django_assert_num_queries(0):
        assert get("/fr/my/programme/").status_code == 302


def test_unpublished_page_is_404_at_once(edition):
    page = make_page(edition, slug="acces")
    assert get("/fr/2021/pages/acces/").status_code == 200
    page.is_published = False
    page.save()
    assert get("/fr/2021/pages/acces/").status_code == 404


def test_cached_page_expires_with_time(edition, cache, monkeypatch):
    first = get()
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    version = revision.current_version(HOME)
    assert get().content == first.content
    assert cache.pages[HOME, "", ""].version == version


# The WSGI application


def served(address=HOME, **meta) -> tuple[str, dict, bytes]:
    """Return the status, headers and body that gunicorn sends; gunicorn drops the body for HEAD."""
    said = {}

    def start_response(status, headers):
        said.update(status=status, headers=headers)

    request = RequestFactory().get(address)
    answer = application(request.environ | meta, start_response)
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return said["status"], dict(said["headers"]), b"" if "REQUEST_METHOD" in meta else body


@pytest.mark.parametrize(
    "meta",
    [{}, {"HTTP_ACCEPT_ENCODING": "br"}, {"HTTP_IF_NONE_MATCH": "*"}, {"REQUEST_METHOD": "HEAD"}],
)
def test_gunicorn_gets_what_the_test_client_gets(edition, django_assert_num_queries, meta):
    first = Client().generic(meta.get("REQUEST_METHOD", "GET"), HOME, **meta)
    get()
    with django_assert_num_queries(1):
        status, headers, body = served(**meta)
    assert status == f"{first.status_code} {first.reason_phrase}"
    assert (headers, body) == (dict(first.headers), first.content)


def test_a_change_is_seen_by_the_next_request_of_gunicorn(edition):
    served()
    Edition.objects.update(name_fr="Autre nom")
    assert "Autre nom" in served()[2].decode()


def test_unknown_host_gets_no_cached_page(edition, settings):
    get()
    settings.ALLOWED_HOSTS = ["symposium.example.org"]
    assert served(HTTP_HOST="evil.example")[0] == "400 Bad Request"
    assert served(HTTP_HOST="symposium.example.org")[0] == "200 OK"
    assert served(HTTP_HOST="symposium.example.org:8000")[0] == "200 OK"


def test_empty_host_gets_no_cached_page(edition):
    get()
    assert served(HTTP_HOST="")[0] == "400 Bad Request"


def test_script_name_prefix_does_not_alter_cached_pages(edition, cache):
    """The prefix is neither in cached pages nor in session cards, which are cached separately."""
    session, path = make_session(edition), "/fr/2021/programme/"
    card = f'<h4><a href="{path}{session.slug}/">'
    for prefix in ("/elsewhere", ""):
        body = served(path, SCRIPT_NAME=prefix)[2].decode()
        assert card.replace('="', f'="{prefix}') in body
    assert "/elsewhere" not in body
    assert stored(cache) == [path]
    assert served(path, SCRIPT_NAME="/elsewhere")[2].decode() != body


def test_gunicorn_trusts_no_forwarder_headers():
    own, config = runpy.run_path(str(PROJECT / "gunicorn.conf.py")), Config()
    config.set("forwarder_headers", own["forwarder_headers"])
    assert config.forwarder_headers == []


def test_plain_http_gets_no_cached_page(edition, settings):
    get()
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert get().status_code == 301
    assert get(x_forwarded_proto="https").status_code == 200
    redirect = get(f"{HOME}?utm_source=x", x_forwarded_proto="http")
    assert (redirect.status_code, redirect.url) == (301, f"https://testserver{HOME}?utm_source=x")


def test_connection_closed_by_the_database_is_reopened(edition):
    page = served()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [(number,)] = cursor.fetchall()
    with ThreadPoolExecutor(1) as pool:
        end = f"SELECT pg_terminate_backend({number}, 5000)"
        pool.submit(in_its_own_connection, lambda: execute(end)).result()
    assert served()[2] == page[2]


def test_connection_closed_by_the_client_is_reopened(edition):
    page = served()
    connection.connection.close()
    assert served()[2] == page[2]


def test_lock_timeout_is_not_retried_and_preserves_the_connection(edition):
    get()
    execute("SET lock_timeout = 100")
    number = connection.connection.info.backend_pid
    with locked("symposium_core_revision"), CaptureQueriesContext(connection) as queries:
        assert [served()[1].get("Cache-Status") for _ in range(2)] == [STALE] * 2
    asked = [one["sql"] for one in queries if "symposium_core_revision" in one["sql"]]
    assert asked == ["SELECT edition, number FROM symposium_core_revision"]
    assert connection.connection.info.backend_pid == number
    execute("RESET lock_timeout")


@contextlib.contextmanager
def locked(table: str):
    """Lock the table from another connection, as a migration does."""
    other = connection.copy()
    other.set_autocommit(False)
    with contextlib.closing(other), other.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table}")
        yield
        other.rollback()


STALE = "symposium; hit; ttl=0"


@contextlib.contextmanager
def database_away(monkeypatch):
    """Point the database settings to a port where nothing listens."""
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        patch.setitem(connection.settings_dict, "PORT", "1")
        yield
    connection.close()
    revision.REVISION.retry_at = 0


def test_page_before_is_served_as_stale_while_database_is_away(edition, monkeypatch):
    first = served()
    Edition.objects.update(name_fr="Autre nom")
    with database_away(monkeypatch):
        status, headers, body = served()
        unchanged = served(HTTP_IF_NONE_MATCH=headers["ETag"])
        missing = Client(raise_request_exception=False).get("/en/2021/")
    assert (status, body, headers) == (first[0], first[2], first[1] | {"Cache-Status": STALE})
    assert (unchanged[0], unchanged[1]["Cache-Status"]) == ("304 Not Modified", STALE)
    assert missing.status_code == 503
    status, headers, body = served()
    assert (b"Autre nom" in body, "Cache-Status" in headers) == (True, False)


def test_stale_page_says_since_when(edition, cache, monkeypatch):
    get()
    monkeypatch.setattr(cache.pages[HOME, "", ""], "seen_at", time.monotonic() - 90)
    with database_away(monkeypatch):
        assert get()["Cache-Status"] == "symposium; hit; ttl=-90"


def test_page_before_stays_if_rendering_fails(edition, cache):
    get()
    Edition.objects.update(name_fr="Autre nom")
    site = page_cache.PageCacheMiddleware(lambda _request: HttpResponse(status=503))
    assert site(RequestFactory().get(HOME)).status_code == 503
    assert stored(cache) == [HOME]


def test_database_that_failed_is_not_asked_again_for_a_second(monkeypatch):
    asked, reader = [], revision.RevisionReader()

    def fail():
        asked.append(1)
        raise DatabaseError("away")

    monkeypatch.setattr(revision, "fetch_revisions", fail)
    for _ in range(3):
        with pytest.raises(DatabaseError):
            reader.read()
    assert len(asked) == 1
    reader.retry_at -= revision.RETRY_SECONDS
    with pytest.raises(DatabaseError, match="away"):
        reader.read()
    assert len(asked) == 2


# Concurrent requests


@pytest.mark.django_db(transaction=True)
def test_concurrent_requests_share_one_revision_read(monkeypatch):
    reader, asked, go = revision.RevisionReader(), [], threading.Event()

    def slow() -> int:
        asked.append(1)
        assert go.wait(10)
        return len(asked)

    monkeypatch.setattr(revision, "fetch_revisions", slow)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(reader.read)
        while not asked:
            time.sleep(0.005)
        others = [pool.submit(reader.read) for _ in range(5)]
        while pool._work_queue.qsize():
            time.sleep(0.005)
        time.sleep(0.05)
        go.set()
        assert first.result(10) == 1
        assert {other.result(10) for other in others} == {2}


class Slow:
    """View that takes as long as the test wants; `made` counts its calls."""

    def __init__(self):
        self.made, self.go = 0, threading.Event()

    def __call__(self, request):
        self.made += 1
        assert self.go.wait(10)
        return HttpResponse(f"{self.made}")


def at_once(work, number=6):
    with ThreadPoolExecutor(number) as pool:
        yield [pool.submit(in_its_own_connection, work) for _ in range(number)]


@pytest.mark.django_db(transaction=True)
def test_concurrent_requests_render_a_page_once():
    view = Slow()
    site = page_cache.PageCacheMiddleware(view)
    request = RequestFactory().get("/fr/2021/programme/")
    for futures in at_once(lambda: site(request).content):
        view.go.set()
        assert {future.result(10) for future in futures} == {b"1"}
    assert view.made == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_cache_each_renders(settings):
    """Negative control: without the cache, each of the six requests renders the page."""
    settings.PAGE_CACHE_BYTES = 0
    view = Slow()
    site = page_cache.PageCacheMiddleware(view)
    for futures in at_once(lambda: site(RequestFactory().get("/fr/2021/programme/"))):
        view.go.set()
        for future in futures:
            future.result(10)
    assert view.made == 6


def test_stale_page_is_served_while_one_request_renders(edition, monkeypatch):
    view = Slow()
    view.go.set()
    site = page_cache.PageCacheMiddleware(view)
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


def test_file_rendering_does_not_block_pages(cache):
    files, pages = (
        {cache.slot((f"/fr/2021/abstracts/{number}{ending}", query, "")) for number in range(100)}
        for ending, query in ((".pdf", "lang=fr"), ("/", "day=all"))
    )
    assert [len(files), len(pages), files & pages] == [2, 2, set()]


# Pages with and without the cache

EXPORTS = [
    *("programme.ics", "programme/continuite-des-services-vitaux.ics", "rooms/auditorium.ics"),
    *("speakers/yasmine-arcade.ics", "schedule.json", "schedule.xml", "abstract.json"),
    *("abstract.bib", "abstract.ris", "abstract.xml", "changes.atom"),
]
# Displays, PDF files and a feed; embed pages are in tests/sessions/test_embed.py.
ELSEWHERE = [
    *("programme/?display=lobby", "rooms/auditorium/?display=door"),
    *("programme.pdf", "abstract/abstract.pdf", "abstracts.atom"),
]
# The pages take the languages in turn: the cache has one code path for all of them.
PATHS = [*PAGES.values(), *(f"2021/{page}" for page in ELSEWHERE)]
ADDRESSES = [
    *(f"/{language}/{path}" for language, path in zip(cycle(LANGUAGES), PATHS, strict=False)),
    *(f"/2021/{export}?lang={language}" for language in LANGUAGES for export in EXPORTS),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_cache_changes_nothing_but_speed(demonstration, settings, address):
    kept = [Client().get(address) for _ in range(2)]
    settings.PAGE_CACHE_BYTES = 0
    fresh = Client().get(address)
    tokens = b"csrfmiddlewaretoken" in fresh.content
    assert [page.status_code for page in kept] == [fresh.status_code] * 2
    if not tokens:
        assert [page.content for page in kept] == [fresh.content] * 2
        assert [dict(page.headers) for page in kept] == [dict(fresh.headers)] * 2
    assert [page["Content-Language"] for page in kept] == [fresh["Content-Language"]] * 2


def test_unknown_filter_is_shown_and_never_cached(edition, cache):
    make_session(edition)
    for value in ("usages", "<b>", "x"):
        page = get(f"{HOME}programme/?track={value}").content.decode()
        assert page.count("est inconnu") == 1
    assert stored(cache) == []
    assert "est inconnu" not in get(f"{HOME}programme/").content.decode()
    assert stored(cache) == [f"{HOME}programme/"]
