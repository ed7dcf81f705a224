"""Error pages, in the reader's language and without a traceback."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation

from symposium.core.admin.base import LOCK_ERRORS
from symposium.editions.views import published_edition
from symposium.registrations import drafts


def bad_request(request, exception):
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return plain_page(request, "400.html", status)


def permission_denied(request, exception):
    return site_page(request, "403.html", 403, {"reason": str(exception)})


def csrf_failure(request, reason=""):
    """Store a registration form and reload its page; show the error page for any other form.

    Signing in in another tab invalidates the tokens of the forms that are open.
    """
    if is_of_this_site(request) and is_form_stored(request):
        return redirect(request.path)
    return site_page(request, "403_csrf.html", 403)


def is_form_stored(request) -> bool:
    match = request.resolver_match
    if match.view_name == "registrations:register":
        return drafts.store_registration_form(request, published_edition(match.kwargs["edition"]))
    if match.view_name == "registrations:edit":
        return drafts.store_change_form(request, match.kwargs["code"])
    return False


def is_of_this_site(request) -> bool:
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def page_not_found(request, exception):
    return site_page(request, "404.html", 404)


def too_many_requests(request):
    response = site_page(request, "429.html", 429)
    response["Retry-After"] = "60"
    return response


def server_error(request):
    # Django calls this while the exception is handled, even if a middleware or another error page
    # raised it: an unreachable database or a lock timeout anywhere ends here.
    error = sys.exc_info()[1]
    if isinstance(error, (OperationalError, InterfaceError)):
        is_busy = isinstance(error.__cause__, LOCK_ERRORS)
        return unavailable(request, "503.html" if is_busy else "503_database.html")
    return plain_page(request, "500.html", 500)


def unavailable(request, template: str) -> HttpResponse:
    response = plain_page(request, template, 503)
    response["Retry-After"] = "5"
    return response


def site_page(request, template: str, status: int, context: dict | None = None) -> HttpResponse:
    """Render an error page with the header and footer of the site."""
    with translation.override(language_of(request)):
        return render(request, template, context, status=status)


def plain_page(request, template: str, status: int) -> HttpResponse:
    """Render an error page without the database and context processors, which may be broken."""
    language = language_of(request)
    context = {"language": language, "static_url": settings.STATIC_URL, "number": status}
    with translation.override(language):
        page = render_to_string(template, context)
    return HttpResponse(
        page, status=status, headers={"Content-Language": language, "Cache-Control": "no-store"}
    )


def language_of(request) -> str:
    """Return the language of the address, else the browser's preferred one."""
    return translation.get_language_from_request(request, check_path=True)
