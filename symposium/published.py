"""The published page: the same for everybody, so kept and handed out as it is.

A page is a function of its address, of the **revision** of what is public, and of the minute: what
opens, ends or is published at an hour does so without a write. Every write to a public table moves
the revision (a trigger; see the migration `revision`), so an answer is never older than the last
commit. A view says that its answer is such a page with `publish(response)`.

Each process keeps its own pages in memory, compressed, the least asked for given up first; one
request renders a missing page while the others wait, or have the one before while it is less than
a second out of date.
"""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

import brotli
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

STALE_FOR = 1.0  # seconds
WAIT_FOR = 10.0
LONGEST_VALUE = 60
BROTLI, GZIP, IDENTITY = "br", "gzip", ""
# A browser asks each time; a cache in between may answer for a second, and once more meanwhile.
CACHE_CONTROL = "public, max-age=0, s-maxage=1, stale-while-revalidate=5, must-revalidate"
# What the answer to one request has, and the next one needs not.
NOT_KEPT = {"content-length", "content-encoding", "etag", "vary", "cache-control", "last-modified"}


def publish(response: HttpResponse) -> HttpResponse:
    """Mark an answer as the same for everybody; it is kept if it is whole and sets no cookie.

    What is to be done with each request that the kept page answers, such as counting it, the view
    leaves as `response.on_answer`, a function of the request.
    """
    response.published_body = response.content
    return response


@dataclass(slots=True)
class Page:
    """A published page as it is handed out."""

    version: tuple[int, int]
    seen_at: float  # when it was last known to be the present one
    headers: dict[str, str]
    bodies: dict[str, bytes] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    on_answer: Callable[[HttpRequest], None] | None = None

    @classmethod
    def of(cls, response: HttpResponse, version: tuple[int, int], seen_at: float) -> "Page":
        body = response.published_body
        tag = hashlib.sha256(body).hexdigest()[:20]
        kept = {k: v for k, v in response.headers.items() if k.lower() not in NOT_KEPT}
        shared = {"Cache-Control": CACHE_CONTROL, "Vary": "Accept-Encoding"}
        page = cls(version, seen_at, kept | shared)
        page.on_answer = getattr(response, "on_answer", None)
        page.bodies = {
            BROTLI: brotli.compress(body, quality=5),
            GZIP: gzip.compress(body, compresslevel=6, mtime=0),
            IDENTITY: body,
        }
        page.tags = {BROTLI: f'"{tag}-br"', GZIP: f'"{tag}-gz"', IDENTITY: f'"{tag}"'}
        return page

    @property
    def size(self) -> int:
        return sum(map(len, self.bodies.values()))

    def hand_out(self, request: HttpRequest) -> HttpResponse:
        """Answer a request that no view has seen."""
        if self.on_answer:
            self.on_answer(request)
        return self.answer(request)

    def answer(self, request: HttpRequest) -> HttpResponse:
        encoding = accepted(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        tag = self.tags[encoding]
        if matches(request.META.get("HTTP_IF_NONE_MATCH"), tag):
            response = HttpResponseNotModified()
            headers = {"Cache-Control": CACHE_CONTROL, "Vary": "Accept-Encoding"}
        else:
            response = HttpResponse(self.bodies[encoding])
            headers = self.headers
            if encoding:
                response.headers["Content-Encoding"] = encoding
        for name, value in headers.items():
            response.headers[name] = value
        response.headers["ETag"] = tag
        return response


class Shelf:
    """The pages of this process, by their addresses, up to a number of bytes."""

    def __init__(self):
        self.pages: OrderedDict[str, Page] = OrderedDict()
        self.size = 0
        self.lock = threading.Lock()
        self.renderers = [threading.Lock() for _ in range(64)]
        self.shapes: set[str] = set()

    def get(self, key: str) -> Page | None:
        return self.pages.get(key)

    def put(self, key: str, page: Page) -> None:
        with self.lock:
            self.drop(key)
            self.pages[key] = page
            self.size += page.size
            while self.size > settings.PUBLISHED_BYTES:
                self.drop(next(iter(self.pages)))

    def drop(self, key: str) -> None:
        if old := self.pages.pop(key, None):
            self.size -= old.size

    def renderer(self, key: str) -> threading.Lock:
        """One of a fixed number of locks: two pages seldom wait for each other."""
        return self.renderers[hash(key) % len(self.renderers)]

    def clear(self) -> None:
        with self.lock:
            self.pages.clear()
            self.size = 0


SHELF = Shelf()


class PublishedMiddleware:
    """Hand out published pages; it stands right inside what sets headers for every answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = key_of(request)
        if key is None or not settings.PUBLISHED_BYTES:
            return self.get_response(request)
        page, version, now = SHELF.get(key), present_version(), time.monotonic()
        if page and page.version == version:
            page.seen_at = now
            return page.hand_out(request)
        if not page and shape(request) not in SHELF.shapes:
            # Not known to be public: nobody waits for what may be somebody else's own page.
            return kept(self.get_response(request), request, key, version, now)
        renderer = SHELF.renderer(key)
        if not renderer.acquire(blocking=False):
            if page and now - page.seen_at < STALE_FOR:
                return page.hand_out(request)
            if not renderer.acquire(timeout=WAIT_FOR):
                return self.get_response(request)
        try:
            return self.rendered(request, key)
        finally:
            renderer.release()

    def rendered(self, request: HttpRequest, key: str) -> HttpResponse:
        """Render a page, unless who rendered before us has just done so."""
        page, version, now = SHELF.get(key), present_version(), time.monotonic()
        if page and page.version == version:
            page.seen_at = now
            return page.hand_out(request)
        return kept(self.get_response(request), request, key, version, now)


def kept(
    response: HttpResponse, request: HttpRequest, key: str, version: tuple[int, int], now: float
) -> HttpResponse:
    """Keep an answer that is a published page, and return what the reader gets."""
    if not is_page(response):
        with SHELF.lock:
            SHELF.drop(key)
        return response
    page = Page.of(response, version, now)
    SHELF.shapes.add(shape(request))
    if is_canonical(request):
        SHELF.put(key, page)
    return page.answer(request)


def is_page(response: HttpResponse) -> bool:
    return (
        hasattr(response, "published_body") and response.status_code == 200 and not response.cookies
    )


def shape(request: HttpRequest) -> str:
    """What kind of address it is: its third word and its length, as `programme/5`, or itself."""
    words = request.path_info.split("/")
    return f"{words[3]}/{len(words)}" if len(words) > 4 else request.path_info


def present_version() -> tuple[int, int]:
    """The revision as of the last commit, and the minute."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM symposium_revision")
        return cursor.fetchone()[0], int(time.time() // 60)


def key_of(request: HttpRequest) -> str | None:
    """The address, its known parameters in order; None for what is never kept."""
    if request.method not in ("GET", "HEAD"):
        return None
    if request.path_info.startswith(settings.NEVER_PUBLISHED):
        return None
    query = request.META.get("QUERY_STRING", "")
    if not query:
        return request.path_info
    known = [pair for pair in parse_qsl(query) if pair[0] in settings.PUBLISHED_PARAMETERS]
    if any(len(value) > LONGEST_VALUE for _name, value in known):
        return None
    names = {name for name, _value in parse_qsl(query, keep_blank_values=True)}
    if names & settings.SEARCH_PARAMETERS:
        return None
    return f"{request.path_info}?{urlencode(sorted(known))}" if known else request.path_info


def is_canonical(request: HttpRequest) -> bool:
    """Whether the page was rendered for its key and nothing else.

    A page names its own address in its links: one asked for with an unknown parameter is handed
    out and not kept.
    """
    if request.method == "HEAD":
        return False
    pairs = parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
    names = [name for name, _value in pairs]
    unknown = set(names) - settings.PUBLISHED_PARAMETERS
    return not unknown and len(names) == len(set(names)) and all(value for _name, value in pairs)


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
