"""The published page: the same for everybody, so kept and handed out as it is.

A page is a function of its address, of the **revision** of what is public, and of the minute: what
opens, ends or is published at an hour does so without a write. Every write to a public table moves
the revision (a trigger; see the migration `revision`), so an answer is never older than the last
commit. A view that answers with such pages is declared with `@published_page`, and marks each with
`publish(response)`; it is called without what is the visitor's own (`anonymous`).

Each process keeps its own pages in memory, compressed, the least asked for given up first; one
request renders a missing page while the others wait, or have the one before while it is less than
a second out of date.

A page that is kept is handed out by `config/wsgi.py` before Django makes a request of it
(`hand_out`), whole, with every header that the middleware has set; what is not goes through
`PublishedMiddleware`, which stands outside all others and hands out the same.
"""

import contextlib
import copy
import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

import brotli
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.middleware import gzip as gzip_middleware
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import get_language_from_path

STALE_FOR = 0.7  # seconds, so that with its way to the reader no page is older than one
WAIT_FOR = 10.0
RENDERERS = 2  # of pages, and as many of files, at a time in a process
WAIT_FOR_READING = 1.0
LONGEST_VALUE = 60
BESIDE_BODIES = 8192  # bytes of a page that is kept: its headers, by coding and as a whole
UNREAD = "symposium.unread"  # in the environment of a request whose revision could not be read
BROTLI, GZIP, IDENTITY = "br", "gzip", ""
# A cache in between, as nginx, may answer for a second, and with the page before while it asks. A
# browser asks each time: without `must-revalidate` it too would first show the page before.
CACHE_CONTROL = "public, max-age=0, s-maxage=1, stale-while-revalidate=5, must-revalidate"
# What the answer to one request has, and the next one needs not.
NOT_KEPT = {"content-length", "content-encoding", "etag", "vary", "last-modified"}
# What a visitor brings that no published page depends on.
VISITORS_OWN = {
    *("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_RANGE"),
    *("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"),
}
# What an answer without a body does not say again.
OF_A_BODY = {"content-type", "content-language", "content-disposition"}


def published_page(view: Callable) -> Callable:
    """Declare that a view answers with published pages: nothing of the visitor reaches it.

    It stands outside the view's other decorators.
    """
    view.is_published_page = True
    return view


def publish(response: HttpResponse, **used: str) -> HttpResponse:
    """Mark an answer as the same for everybody; it is kept if it is whole and sets no cookie.

    `used` are the parameters of the address that it depends on, with the values they were taken
    for: what is asked with any other is answered and not kept, or made-up ones would fill memory.

    What is to be done with each request that the kept page answers, such as counting it, the view
    leaves as `response.on_answer`, a function of the WSGI environment.
    """
    response.published_body, response.used = response.content, used
    return response


# How a body is encoded, and what its tag ends with.
CODINGS = {
    BROTLI: ("-br", partial(brotli.compress, quality=5)),
    GZIP: ("-gz", partial(gzip.compress, compresslevel=6, mtime=0)),
    IDENTITY: ("", bytes),
}
Headers = list[tuple[str, str]]
# The path and the query of an address. They are never joined: a path may hold a « ? ».
Key = tuple[str, str]
Answer = tuple[int, Headers, bytes]


@dataclass(slots=True)
class Page:
    """A published page as it is handed out."""

    key: Key
    version: tuple[int, int]
    seen_at: float  # when it was last known to be the present one
    body: bytes
    headers: dict[str, str]
    whole: dict[str, Answer] = field(default_factory=dict)  # by coding, each as it is asked for
    unchanged: dict[str, Answer] = field(default_factory=dict)
    size: int = 0
    on_answer: Callable[[dict], None] | None = None

    @classmethod
    def of(
        cls, key: Key, response: HttpResponse, version: tuple[int, int], seen_at: float
    ) -> "Page":
        said = {k: v for k, v in response.headers.items() if k.lower() not in NOT_KEPT}
        headers = {"Cache-Control": CACHE_CONTROL} | said | {"Vary": "Accept-Encoding"}
        page = cls(key, version, seen_at, response.published_body, headers)
        page.size = BESIDE_BODIES + len(page.body)
        page.on_answer = getattr(response, "on_answer", None)
        tag = hashlib.sha256(page.body).hexdigest()[:20]
        again = [(k, v) for k, v in headers.items() if k.lower() not in OF_A_BODY]
        for coding, (mark, _encode) in CODINGS.items():
            page.unchanged[coding] = 304, [*again, ("ETag", f'"{tag}{mark}"')], b""
        return page

    def is_fresh(self, version: tuple[int, int], now: float) -> bool:
        """Whether it will do while the next one is rendered; what an hour has changed may wait."""
        patience = STALE_FOR if self.version[0] != version[0] else WAIT_FOR
        return now - self.seen_at < patience

    def hand_out(self, meta: dict) -> Answer:
        """Answer a request that no view has seen."""
        if self.on_answer:
            self.on_answer(meta)
        return self.answer(meta)

    def answer(self, meta: dict) -> Answer:
        """What the reader with these headers gets."""
        coding = accepted(meta.get("HTTP_ACCEPT_ENCODING", ""))
        unchanged = self.unchanged[coding]
        etag = unchanged[1][-1]
        if matches(meta.get("HTTP_IF_NONE_MATCH"), etag[1]):
            return unchanged
        if coding not in self.whole:
            _mark, encode = CODINGS[coding]
            coded = encode(self.body)
            own = [*self.headers.items(), etag, ("Content-Length", str(len(coded)))]
            own += [("Content-Encoding", coding)] if coding else []
            SHELF.hold(self, coding, (200, own, coded))
        return self.whole[coding]


class Renderer:
    """One who renders at a time, those who wait in their turn.

    Whoever may do with the page before does not take the turn of those who may not: in a storm of
    edits every page is out of date at every moment.
    """

    def __init__(self):
        self.lock, self.counting = threading.Lock(), threading.Lock()
        self.waiting = 0

    @property
    def is_busy(self) -> bool:
        return self.waiting > 0 or self.lock.locked()

    def take(self) -> bool:
        """Begin, if nobody renders or waits."""
        return not self.waiting and self.lock.acquire(blocking=False)

    def wait(self) -> bool:
        """Begin once it is our turn; False if that takes too long."""
        self.count(+1)
        try:
            return self.lock.acquire(timeout=WAIT_FOR)
        finally:
            self.count(-1)

    def count(self, more: int) -> None:
        with self.counting:
            self.waiting += more

    def release(self) -> None:
        self.lock.release()


class Shelf:
    """The pages of this process, by their addresses, up to a number of bytes."""

    def __init__(self):
        self.pages: OrderedDict[Key, Page] = OrderedDict()
        self.size = 0
        self.lock = threading.Lock()
        self.for_pages, self.for_files = (
            [Renderer() for _renderer in range(RENDERERS)] for _kind in range(2)
        )

    def get(self, key: Key) -> Page | None:
        page = self.pages.get(key)
        if page:
            with contextlib.suppress(KeyError):  # another thread has just given it up
                self.pages.move_to_end(key)
        return page

    def put(self, page: Page) -> None:
        with self.lock:
            self.take_away(page.key)
            self.pages[page.key] = page
            self.grow(page.size)

    def hold(self, page: Page, coding: str, answer: Answer) -> None:
        """Give a page, kept or not, one coding more; `IDENTITY` is the body that it has."""
        with self.lock:
            if coding in page.whole:  # another thread was as quick
                return
            page.whole[coding] = answer
            more = len(answer[2]) if coding else 0
            page.size += more
            if self.pages.get(page.key) is page:
                self.grow(more)

    def grow(self, more: int) -> None:
        self.size += more
        while self.size > settings.PUBLISHED_BYTES:
            self.take_away(next(iter(self.pages)))

    def drop(self, key: Key) -> None:
        with self.lock:
            self.take_away(key)

    def take_away(self, key: Key) -> None:
        if old := self.pages.pop(key, None):
            self.size -= old.size

    def renderer(self, key: Key) -> Renderer:
        """One of few: what renders holds the processor, and who reads a page needs it too.

        A PDF takes seconds, so no page waits behind a file; the address of a page ends with `/`.
        """
        path, _query = key
        return (self.for_pages if path.endswith("/") else self.for_files)[hash(key) % RENDERERS]

    def clear(self) -> None:
        with self.lock:
            self.pages.clear()
            self.size = 0


SHELF = Shelf()


def hand_out(environ: dict, start_response: Callable) -> list[bytes] | None:
    """Answer a WSGI request for a page that is kept and present; None leaves it to Django."""
    key = key_of(environ) if settings.PUBLISHED_BYTES else None
    page = SHELF.get(key) if key else None
    if not page:
        return None
    now = time.monotonic()
    try:
        version = present_version()
        if page.version == version:
            page.seen_at = now
        elif not (SHELF.renderer(key).is_busy and page.is_fresh(version, now)):
            return None
        status, headers, body = page.hand_out(environ)
    except Error:
        environ[UNREAD] = True
        return None
    finally:
        connections["default"].close_if_unusable_or_obsolete()
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


class PublishedMiddleware:
    """Hand out published pages, render and keep those that are missing.

    It stands outside what sets headers: they are kept with the page.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key, came = key_of(request.META), time.monotonic()
        if key is None or UNREAD in request.META or not settings.PUBLISHED_BYTES:
            return self.made(request)
        try:
            page, version = SHELF.get(key), present_version()
        except Error:
            return self.made(request)
        if page and page.version == version:
            page.seen_at = came
            return as_response(page.hand_out(request.META))
        if not answers_with_published_pages(request.path_info):
            return self.get_response(request)  # a page of one's own waits for no other
        renderer, waited = SHELF.renderer(key), False
        if not renderer.take():
            if page and page.is_fresh(version, came):
                return as_response(page.hand_out(request.META))
            if not (waited := renderer.wait()):
                return self.made(request)
        try:
            return self.rendered(request, key, came, waited=waited)
        except Error:
            return self.made(request)
        finally:
            renderer.release()

    def rendered(
        self, request: HttpRequest, key: Key, came: float, *, waited: bool
    ) -> HttpResponse:
        """Render a page, unless the one that was made while we waited will do.

        It does as it would for somebody who comes while it is being made: nobody waits for two.
        """
        page, version, now = SHELF.get(key), present_version(), time.monotonic()
        will_do = page and (
            page.version == version
            or page.seen_at >= came
            or (waited and page.is_fresh(version, now))
        )
        if will_do:
            return as_response(page.hand_out(request.META))
        response = self.get_response(anonymous(request, key))
        if not is_page(response):
            SHELF.drop(key)
            return response
        page = Page.of(key, response, version, now)
        answer = page.answer(request.META)  # it is compressed before others find it
        if depends_on(response, key):
            SHELF.put(page)
        return as_response(answer)

    def made(self, request: HttpRequest) -> HttpResponse:
        """Make an answer that is not kept."""
        response = self.get_response(request)
        if not is_page(response):
            return response
        return as_response(Page.of(("", ""), response, (0, 0), 0).answer(request.META))


class GZipMiddleware(gzip_middleware.GZipMiddleware):
    """Compress what is nobody's published page; those `PublishedMiddleware` compresses itself."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return response if is_page(response) else super().process_response(request, response)


def as_response(answer: Answer) -> HttpResponse:
    status, headers, body = answer
    response = HttpResponse(body, status=status)
    del response.headers["Content-Type"]
    for name, value in headers:
        response.headers[name] = value
    return response


def is_page(response: HttpResponse) -> bool:
    return (
        hasattr(response, "published_body") and response.status_code == 200 and not response.cookies
    )


def depends_on(response: HttpResponse, key: Key) -> bool:
    """Whether the parameters of `key` are among those that the answer depends on."""
    _path, query = key
    return dict(parse_qsl(query)).items() <= response.used.items()


def answers_with_published_pages(path: str) -> bool:
    """Whether the view of an address is declared with `published_page`."""
    with translation.override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            view = resolve(path).func
        except Resolver404:
            return False
    return getattr(view, "is_published_page", False)


def anonymous(request: HttpRequest, key: Key) -> HttpRequest:
    """A request for the page of `key` with nothing of the visitor in it.

    Their cookies would be answered with cookies, their conditions without a page.
    """
    bare = copy.copy(request)
    brought = {name: value for name, value in request.META.items() if name not in VISITORS_OWN}
    bare.META = bare.environ = brought | {"QUERY_STRING": key[1]}
    return bare


class Reading:
    """The revision as of the last commit, read once for all who ask at the same moment.

    A reading that began after somebody came is as good as their own. Whose turn comes late, as
    when the database does not answer, reads for itself.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.began_at, self.number = 0.0, 0

    def now(self) -> int:
        came = time.monotonic()
        if not self.lock.acquire(timeout=WAIT_FOR_READING):
            return read_revision()
        try:
            if self.began_at <= came:
                began_at = time.monotonic()
                self.number = read_revision()
                self.began_at = began_at
            return self.number
        finally:
            self.lock.release()


READING = Reading()


def read_revision() -> int:
    """Ask the database; a connection that was closed meanwhile is made anew, once.

    That is the health check of this connection, and the only one: Django's is a query more. A
    database that is slow or away is not asked again.
    """
    database = connections["default"]
    database.health_check_done = True
    try:
        return asked(database)
    except (OperationalError, InterfaceError):
        if database.in_atomic_block or not is_closed(database.connection):
            raise
        database.close()
        return asked(database)


def is_closed(connection) -> bool:
    """Whether the driver has found it closed; without any, it is connecting that has failed."""
    return connection is not None and bool(connection.closed)


def asked(database) -> int:
    """Django's own cursor counts queries; it takes as long as the query itself."""
    database.ensure_connection()
    make = database.cursor if database.queries_logged else database.connection.cursor
    with database.wrap_database_errors, make() as cursor:
        cursor.execute("SELECT number FROM symposium_revision")
        return cursor.fetchone()[0]


def present_version() -> tuple[int, int]:
    """The revision as of the last commit, and the minute."""
    return READING.now(), int(time.time() // 60)


def key_of(meta: dict) -> Key | None:
    """The path of the address and its known parameters in order; None for what is never kept.

    Nor is what another middleware refuses or sends elsewhere, an unknown host, plain HTTP; nor a
    page whose links begin with where the site is said to be mounted.
    """
    path = meta["PATH_INFO"]
    if meta["REQUEST_METHOD"] not in ("GET", "HEAD") or settings.NEVER_PUBLISHED.match(path):
        return None
    if meta.get("SCRIPT_NAME") or not is_known(meta.get("HTTP_HOST", meta["SERVER_NAME"])):
        return None
    if settings.SECURE_SSL_REDIRECT and not is_https(meta):
        return None
    query = meta.get("QUERY_STRING", "")
    if not query:
        return path, ""
    pairs = dict(parse_qsl(query, keep_blank_values=True))  # of two of a name the last, as Django
    if is_refused(pairs) or settings.SEARCH_PARAMETERS & pairs.keys():
        return None
    known = {k: v for k, v in pairs.items() if v and k in settings.PUBLISHED_PARAMETERS}
    if any(len(value) > LONGEST_VALUE for value in known.values()):
        return None
    return path, urlencode(sorted(known.items()))


def is_refused(pairs: dict[str, str]) -> bool:
    """Whether `BadRequestMiddleware` has a word to say about the parameters."""
    return any(sign in text for pair in pairs.items() for text in pair for sign in "\0\ufffd")


@lru_cache(maxsize=64)
def is_known(host: str) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def is_https(meta: dict) -> bool:
    """As `request.is_secure()`, before there is a request."""
    header, secure = settings.SECURE_PROXY_SSL_HEADER or ("wsgi.url_scheme", "https")
    return meta.get(header, "").split(",")[0].strip() == secure


@lru_cache(maxsize=256)
def accepted(header: str) -> str:
    """The best coding that a browser takes; one that it refuses by `q=0` is none."""
    if not header:
        return IDENTITY
    codings = {}
    for part in header.lower().split(","):
        name, _semicolon, parameters = part.partition(";")
        codings[name.strip()] = "".join(parameters.split())
    for coding in (BROTLI, GZIP):
        if coding in codings and codings[coding] not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            return coding
    return IDENTITY


def matches(header: str | None, tag: str) -> bool:
    """Whether `If-None-Match` names this very body (RFC 9110, weak comparison)."""
    if not header:
        return False
    return header == "*" or tag in (part.strip().removeprefix("W/") for part in header.split(","))
