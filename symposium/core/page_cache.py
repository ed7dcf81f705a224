"""Cache of published pages, which are the same for everybody.

A published page is a function of its URL and of the version of the public content (`revision.py`).
Each process stores its own pages in memory, compressed. One request renders a missing page while
the others wait, or get the stale page if it is less than a second old. While the database does not
answer, the stale page is served, marked as stale.
"""

import copy
import time
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache, partial
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.urls import Resolver404, resolve
from django.utils import translation

from symposium.core.middleware import refuse, submitted_texts
from symposium.core.page_store import PAGES, CachedPage, Key, preferred_encoding
from symposium.core.revision import Version, current_version

# Headers of the visitor that are hidden from the view, so that the page cannot depend on them.
FROM_VISITOR = {
    *("HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_RANGE", "HTTP_ACCEPT_ENCODING", "HTTP_IF_MATCH"),
    *("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"),
}
ANY = None  # for a query parameter whose values only the view knows
Params = Mapping[str, Collection[str] | None]


def published_page(view: Callable | None = None, *, params: Params | None = None) -> Callable:
    """Declare that a view returns published pages; this is its outermost decorator.

    `params` are the query parameters on which the pages depend, each with its known values, or ANY.
    A page for an unknown value is rendered but not stored, since invented values would fill the
    memory; with ANY the view marks such a page as `private`. Other parameters are ignored.
    `response.on_answer`, if the view sets it, is called with each request served from memory.
    """
    if view is None:
        return partial(published_page, params=params)
    view.published_params = params or {}
    return view


class PageCacheMiddleware:
    """Serve published pages; render and store missing ones.

    It is outside the middleware that sets headers, so that they are stored with the page.
    """

    def __init__(self, get_response: Callable):
        self.get_response = get_response
        self.gzip = GZipMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        params = published_params(request.path_info)
        if params is None or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        key = cache_key(request, params)
        if key is None:
            return self.render_and_store(request, None)
        try:
            return self.serve(request, key, time.monotonic())
        except Error:
            page = PAGES.get(key)
            return (
                page.serve(request, is_stale=True) if page else self.render_and_store(request, None)
            )

    def serve(self, request: HttpRequest, key: Key, arrived: float) -> HttpResponse:
        page, version = PAGES.get(key), current_version(request.path_info)
        if page and page.version == version:
            page.seen_at = arrived
            return page.serve(request)
        slot = PAGES.slot(key)
        if waited := not slot.acquire(wait=False):
            if page and page.is_fresh(version, arrived):
                return page.serve(request)
            if not slot.acquire(wait=True):
                return self.render_and_store(request, None)
        try:
            page, version, now = (
                PAGES.get(key),
                current_version(request.path_info),
                time.monotonic(),
            )
            # A page rendered after this request arrived is fresh enough: no request waits for two
            # renderings.
            if page and (
                page.version == version
                or page.seen_at >= arrived
                or (waited and page.is_fresh(version, now))
            ):
                return page.serve(request)
            return self.render_and_store(request, key, version, now)
        finally:
            slot.lock.release()

    def render_and_store(
        self, request: HttpRequest, key: Key | None, version: Version = ("", 0), now: float = 0
    ) -> HttpResponse:
        """Call the view; store its page under `key`, unless `key` is None."""
        response = self.get_response(anonymous(request, key))
        if response.status_code != 200 or response.cookies:
            if key and response.status_code < 500:
                PAGES.drop(key)
            return self.gzip.process_response(request, response)
        page = CachedPage(response, preferred_encoding(request), version, now)
        if key and "private" not in page.headers["Cache-Control"]:
            PAGES.put(key, page)
        return page.respond(request)


@lru_cache(maxsize=1024)
def published_params(path: str) -> Params | None:
    """Return the query parameters that the view declares, or None if it is not published."""
    with translation.override(translation.get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            return getattr(resolve(path).func, "published_params", None)
        except Resolver404:
            return None


def cache_key(request: HttpRequest, params: Params) -> Key | None:
    """Return the path, the declared query parameters sorted by name, and the encoding of a page.

    Return None if the response must not be stored: for an undeclared value of a declared parameter,
    a non-empty SCRIPT_NAME, or a request that another middleware refuses (an unknown host, a query
    that is not UTF-8) or redirects (plain HTTP).
    """
    is_redirected = settings.SECURE_SSL_REDIRECT and not request.is_secure()
    if is_redirected or request.path != request.path_info or not settings.PAGE_CACHE_BYTES:
        return None
    query: Mapping[str, str] = {}
    try:
        request.get_host()
        if request.META.get("QUERY_STRING"):
            query = request.GET
            refuse(*submitted_texts(query))
    except (BadRequest, DisallowedHost):
        return None
    used = {name: query[name] for name in sorted(params) if query.get(name)}
    if any(params[name] is not ANY and value not in params[name] for name, value in used.items()):
        return None
    return request.path_info, urlencode(used), preferred_encoding(request)


def anonymous(request: HttpRequest, key: Key | None) -> HttpRequest:
    """Copy a request without the headers in FROM_VISITOR, and with the query of `key`.

    Cookies would add cookies to the response, and conditional headers a 304 without a page.
    """
    bare = copy.copy(request)
    bare.META = {name: value for name, value in request.META.items() if name not in FROM_VISITOR}
    bare.META |= {"QUERY_STRING": key[1]} if key else {}
    bare.environ = bare.META
    for cached in ("GET", "COOKIES", "headers"):
        bare.__dict__.pop(cached, None)
    return bare
