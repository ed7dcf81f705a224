"""Observation of requests: the log line, the request id and the counters of each.

A log line names the view, not the address, which may hold the token of a private page; and the
number of the user, never the e-mail address.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from prometheus_client import Counter, Histogram

logger = logging.getLogger("symposium.request")

REQUEST_ID = re.compile(r"[\w-]{8,64}", re.ASCII)
# Id and user of the request of this thread: `logs.RequestContext` adds them to each record.
current_request: ContextVar[dict] = ContextVar("current_request", default={})  # noqa: B039

REQUESTS = Counter(
    "symposium_requests", "Requests by view, method and status", ["view", "method", "status"]
)
SECONDS = Histogram(
    "symposium_request_seconds", "Seconds of a request by view", ["view"],
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
PAGES = Counter("symposium_pages", "Published pages: stored ones and others", ["source"])


class ObservationMiddleware:
    """Log and count each request, outside all other middleware; off unless it is asked for."""

    def __init__(self, get_response: Callable):
        if not (settings.LOG_REQUESTS or settings.METRICS_TOKEN):
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started, queries = time.perf_counter(), QueryCounter()
        context = {"request_id": request_id(request)}
        token = current_request.set(context)
        try:
            with connection.execute_wrapper(queries):
                response = self.get_response(request)
            response.headers["X-Request-ID"] = context["request_id"]
            view, seconds = view_name(request), time.perf_counter() - started
            count(request, response, view, seconds)
            if settings.LOG_REQUESTS:
                user = getattr(request, "_cached_user", None)
                context["user_id"] = getattr(user, "pk", None)
                log(request, response, view, seconds, queries.number)
            return response
        finally:
            current_request.reset(token)


class QueryCounter:
    """Wrapper of the queries of a request that counts them."""

    def __init__(self):
        self.number = 0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)


def request_id(request: HttpRequest) -> str:
    """Return the id that the trusted proxy gave to the request, or a new one."""
    given = request.headers.get("X-Request-ID", "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT else ""
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def view_name(request: HttpRequest) -> str:
    """Return the name of the view, such as “editions:home”, or “none”."""
    match = getattr(request, "resolver_match", None)
    return match.view_name or match.route if match else view_at(request.path_info)


@lru_cache(maxsize=1024)
def view_at(path: str) -> str:
    """Return the name of the view at a path, which the page cache does not resolve again."""
    with translation.override(translation.get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            return resolve(path).view_name
        except Resolver404:
            return "none"


def count(request: HttpRequest, response: HttpResponse, view: str, seconds: float) -> None:
    method = request.method if request.method in ("GET", "HEAD", "POST") else "other"
    REQUESTS.labels(view, method, response.status_code).inc()
    SECONDS.labels(view).observe(seconds)
    PAGES.labels("stored" if getattr(response, "was_stored", False) else "other").inc()


def log(
    request: HttpRequest, response: HttpResponse, view: str, seconds: float, queries: int
) -> None:
    extra = {
        "method": request.method, "view": view, "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1), "queries": queries,
    }  # fmt: skip
    logger.info("%s %s %s", request.method, view, response.status_code, extra=extra)
