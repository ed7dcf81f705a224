"""Middleware that refuses invalid requests and adds security headers to responses."""

import re
import traceback
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import UnreadablePostError
from django.utils.cache import add_never_cache_headers

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
# Django leaves the bytes of a path that are not UTF-8 percent-encoded.
NOT_UTF8 = re.compile(r"%[89A-F][0-9A-F]", re.IGNORECASE)
ACCOUNT = re.compile(r"/[^/]+/accounts/")
# OAI-PMH has error responses of its own, and queries nothing before it validates a request.
EXEMPT_PATH = "/oai"
# Longer than any public form; the forms of the desk hold long texts in three languages, and files.
MAX_FORM_BYTES = 512 * 1024  # bytes
# Organisers upload files; OAI-PMH has error responses of its own.
LARGE_FORM_PATHS = ("/admin/", "/oai")


class BadRequestMiddleware:
    """Answer 400 to paths, parameters, fields and file names with NUL bytes or invalid UTF-8.

    PostgreSQL stores neither: without this check they would raise errors deep inside a query.
    Public forms longer than MAX_FORM_BYTES are refused too.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info != EXEMPT_PATH:
            refuse(request.path_info, *submitted_texts(request.GET))
        # Another site on the same domain may set a cookie that is not UTF-8, so only NUL is refused
        # here.
        refuse(*(value.replace("\ufffd", "") for value in request.COOKIES.values()))
        if NOT_UTF8.search(request.path_info):
            raise BadRequest("The address is not UTF-8")
        if content_length(request) > MAX_FORM_BYTES and not request.path_info.startswith(
            LARGE_FORM_PATHS
        ):
            raise RequestDataTooBig("Longer than any form of the public")
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.content_type not in FORM_TYPES or request.path_info == EXEMPT_PATH:
            return
        try:
            refuse(*submitted_texts(request.POST), *submitted_texts(request.FILES))
        except UnreadablePostError as error:
            raise BadRequest("The body was cut short") from error

    def process_exception(self, request, exception):
        """Raise BadRequest for JSON nested too deep for Python's parser, in any view or form."""
        if isinstance(exception, RecursionError) and raised_in(exception) == "json.decoder":
            raise BadRequest("JSON nested too deep") from exception


def content_length(request) -> int:
    declared = request.META.get("CONTENT_LENGTH") or ""
    return int(declared) if declared.isdecimal() else 0


def raised_in(exception: Exception) -> str:
    """Return the name of the module in which the exception was raised."""
    *_, (frame, _line) = traceback.walk_tb(exception.__traceback__)
    return frame.f_globals["__name__"]


def refuse(*received: str) -> None:
    if any("\x00" in text or "\ufffd" in text for text in received):
        raise BadRequest("NUL byte or invalid UTF-8")


def submitted_texts(data) -> Iterator[str]:
    """Yield the names and values of a QueryDict, or the field and file names of uploads."""
    for key, values in data.lists():
        yield key
        for value in values:
            yield value if isinstance(value, str) else value.name


class PermissionsPolicyMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class NoStoreMiddleware:
    """Forbid browsers and proxies to store responses below `accounts/`, even redirects and errors.

    On a shared computer the Back button would show the page to the next person.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if ACCOUNT.match(request.path_info):
            add_never_cache_headers(response)
        return response
