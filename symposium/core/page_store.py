"""Published pages in the memory of a process, up to a number of bytes."""

import gzip
import hashlib
import re
import threading
import time
from collections import OrderedDict
from functools import partial

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from symposium.core.revision import Version

MAX_STALE_SECONDS = 0.7  # with the network, no page is more than a second old at the reader
MAX_WAIT_SECONDS = 10.0
HEADER_OVERHEAD_BYTES = 4096
# A shared cache, such as nginx, may serve a page for a second, and the stale one while it fetches.
# A browser asks each time: without `must-revalidate` it would also show the stale page first.
CACHE_CONTROL = "public, max-age=0, s-maxage=1, stale-while-revalidate=5, must-revalidate"
ABOUT_BODY = {f"Content-{of}" for of in ("Disposition", "Encoding", "Language", "Length", "Type")}
ENCODERS = {  # the best first
    "br": partial(brotli.compress, quality=5),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
}
ACCEPTED = {name: re.compile(rf"\b{name}\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))") for name in ENCODERS}
Key = tuple[str, str, str]  # path, query, encoding; separate, since a path may contain a “?”


def preferred_encoding(request: HttpRequest) -> str:
    """Return the best encoding that a request accepts, or "" for none."""
    header = request.META.get("HTTP_ACCEPT_ENCODING", "").lower()
    return next((name for name, accepted in ACCEPTED.items() if accepted.search(header)), "")


class CachedPage:
    """Published page in one encoding."""

    def __init__(self, response: HttpResponse, encoding: str, version: Version, seen_at: float):
        self.version = version
        self.seen_at = seen_at  # when the page was last known to be current
        self.on_answer = getattr(response, "on_answer", None)
        self.body = ENCODERS.get(encoding, bytes)(response.content)
        self.etag = f'"{hashlib.sha256(response.content).hexdigest()[:20]}{encoding}"'
        self.headers = {"Cache-Control": CACHE_CONTROL, **response.headers}
        self.headers |= {"Vary": "Accept-Encoding", "ETag": self.etag}
        self.headers |= {"Content-Length": str(len(self.body))}
        self.headers |= {"Content-Encoding": encoding} if encoding else {}

    def is_fresh(self, version: Version, now: float) -> bool:
        """Return whether the page may be served while the next one is rendered.

        The limit is MAX_STALE_SECONDS after an edit, MAX_WAIT_SECONDS if only the minute changed.
        """
        edited = self.version[0] != version[0]
        return now - self.seen_at < (MAX_STALE_SECONDS if edited else MAX_WAIT_SECONDS)

    def respond(self, request: HttpRequest) -> HttpResponse:
        """Return the page, or 304 with its headers."""
        is_conditional = "HTTP_IF_NONE_MATCH" in request.META
        unchanged = get_conditional_response(request, self.etag) if is_conditional else None
        if unchanged is None:
            return HttpResponse(self.body, headers=self.headers)
        for name in self.headers.keys() - ABOUT_BODY:
            unchanged.headers[name] = self.headers[name]
        return unchanged

    def serve(self, request: HttpRequest, *, is_stale: bool = False) -> HttpResponse:
        """Return the page from memory; with `is_stale`, add a `Cache-Status` header (RFC 9211)."""
        if self.on_answer:
            self.on_answer(request)
        response = self.respond(request)
        response.was_stored = True  # type: ignore[attr-defined]
        if is_stale:
            ttl = int(self.seen_at - time.monotonic())
            response.headers["Cache-Status"] = f"symposium; hit; ttl={ttl}"
        return response


class RenderSlot:
    """Lock that lets one thread render at a time.

    Threads that can serve a stale page do not queue for it, so threads without any page go first:
    during many edits in a row every page is always stale.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.waiting: set[int] = set()

    def acquire(self, *, wait: bool) -> bool:
        if not wait:
            return not self.waiting and self.lock.acquire(blocking=False)
        self.waiting.add(threading.get_ident())
        try:
            return self.lock.acquire(timeout=MAX_WAIT_SECONDS)
        finally:
            self.waiting.discard(threading.get_ident())


class PageCache:
    """Pages of this process, least recently used first, up to settings.PAGE_CACHE_BYTES."""

    def __init__(self):
        self.pages: OrderedDict[Key, CachedPage] = OrderedDict()
        self.size = 0
        self.lock = threading.RLock()
        # Two slots for pages, since a rendering thread holds the processor that readers need too.
        # Files have two of their own, since a PDF takes seconds. The path of a page ends with “/”.
        self.slots = {is_page: (RenderSlot(), RenderSlot()) for is_page in (True, False)}

    def slot(self, key: Key) -> RenderSlot:
        return self.slots[key[0].endswith("/")][hash(key[:2]) % 2]

    def get(self, key: Key) -> CachedPage | None:
        with self.lock:
            if key in self.pages:
                self.pages.move_to_end(key)
            return self.pages.get(key)

    def put(self, key: Key, page: CachedPage) -> None:
        with self.lock:
            self.drop(key)
            self.pages[key] = page
            self.size += HEADER_OVERHEAD_BYTES + len(page.body)
            while self.size > settings.PAGE_CACHE_BYTES:
                self.drop(next(iter(self.pages)))

    def drop(self, key: Key) -> None:
        with self.lock:
            if page := self.pages.pop(key, None):
                self.size -= HEADER_OVERHEAD_BYTES + len(page.body)


PAGES = PageCache()
