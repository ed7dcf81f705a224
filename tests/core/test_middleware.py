"""Requests that are refused, headers of every response, and error pages."""

import contextlib
import logging
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from symposium.core.i18n.typography import typeset
from symposium.core.logs import DropExpectedTracebacks
from symposium.core.middleware import BadRequestMiddleware
from tests.factories import make_edition, make_session, make_user

pytestmark = pytest.mark.django_db

LOGIN = "/en/accounts/login/"
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": settings.PERMISSIONS_POLICY,
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.fixture
def calm_client():
    """Client that gets the error page, as a browser does."""
    return Client(raise_request_exception=False)


def heading(response) -> str:
    return re.search(r"<h1>(.*?)</h1>", response.content.decode())[1]


def policy(response) -> dict[str, str]:
    found = {name: response.headers.get(name) for name in HEADERS}
    directives = (found["Content-Security-Policy"] or "").split("; ")
    return {**found, "Content-Security-Policy": sorted(directives)}


EXPECTED = {**HEADERS, "Content-Security-Policy": sorted(POLICY.split("; "))}


# Refused requests


@pytest.mark.parametrize(
    "address",
    ["/fr/%00/", "/fr/a%00b/", "/fr/%FF/", "/fr/?q=%00", "/fr/?q=%FF", "/fr/?%00=1", "/%C3%28"],
)
def test_url_with_unstorable_characters_is_400(client, address):
    response = client.get(address)
    assert (response.status_code, response.templates[0].name) == (400, "400.html")


@pytest.mark.parametrize("data", [{"login": "a\x00@example.org"}, {"a\x00": "b"}])
@pytest.mark.parametrize("form", ["multipart", "urlencoded"])
def test_field_with_a_nul_byte_is_400(client, data, form):
    if form == "multipart":
        response = client.post(LOGIN, data)
    else:
        [(key, value)] = data.items()
        body = f"{key}={value}".replace("\x00", "%00")
        response = client.post(LOGIN, body, content_type="application/x-www-form-urlencoded")
    assert (response.status_code, response.templates[0].name) == (400, "400.html")


def test_field_that_is_not_utf8_is_400(client):
    kind = "application/x-www-form-urlencoded"
    assert client.post(LOGIN, "login=%FF", content_type=kind).status_code == 400


def test_file_name_that_is_not_utf8_is_400(client):
    body = (
        b"--x\r\nContent-Disposition: form-data; name=f; filename*=UTF-8''a%FF.png\r\n"
        b"Content-Type: image/png\r\n\r\nx\r\n--x--\r\n"
    )
    response = client.post(LOGIN, body, content_type="multipart/form-data; boundary=x")
    assert response.status_code == 400


def test_cookie_with_a_nul_byte_is_400(client):
    response = client.get(LOGIN, headers={"cookie": r'sessionid="\000aaaaaaaaaaaa"'})
    assert response.status_code == 400


def test_foreign_cookie_that_is_not_utf8_is_ignored(client):
    assert client.get(LOGIN, headers={"cookie": "theirs=\xff"}).status_code == 200


def test_arabic_text_and_file_are_accepted(client):
    file = SimpleUploadedFile("مدينة.png", b"x")
    response = client.post(f"{LOGIN}?q=مدينة", {"login": "مدينة", "file": file})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("name", "limit", "status"),
    [("DATA_UPLOAD_MAX_MEMORY_SIZE", 10, 413), ("DATA_UPLOAD_MAX_NUMBER_FIELDS", 1, 400)],
)
def test_form_that_is_too_large_is_refused(client, settings, name, limit, status):
    setattr(settings, name, limit)
    response = client.post(LOGIN, {"login": "a" * 100, "more": "b"})
    assert (response.status_code, response.templates[0].name) == (status, "400.html")


def test_deeply_nested_json_is_400(client):
    """In a form field, from anybody; as a request body, from a signed-in user."""
    deep = "[" * 200_000
    response = client.post("/fr/accounts/2fa/webauthn/login/", {"credential": deep})
    assert (response.status_code, response.templates[0].name) == (400, "400.html")
    client.force_login(make_user())
    stars = "/fr/my/programme/stars/"
    response = client.post(stars, deep, content_type="application/json")
    assert (response.status_code, response.templates[0].name) == (400, "400.html")


def test_internal_recursion_error_is_not_a_bad_request(rf):
    def endless():
        endless()

    with pytest.raises(RecursionError) as raised:
        endless()
    middleware = BadRequestMiddleware(lambda request: None)
    assert middleware.process_exception(rf.get("/"), raised.value) is None


def test_oversized_public_form_is_413(client):
    response = client.post(LOGIN, {"login": "a" * 600_000})
    assert (response.status_code, response.templates[0].name) == (413, "400.html")
    assert client.post("/admin/", {"text": "a" * 600_000}).status_code == 302


def test_unknown_host_is_refused_without_traceback(client, caplog):
    response = client.get("/en/accounts/login/", headers={"host": "evil.example"})
    assert (response.status_code, heading(response)) == (
        400,
        "Sorry, we couldn’t process this request",
    )
    [record] = [r for r in caplog.records if r.name == "django.security.DisallowedHost"]
    assert DropExpectedTracebacks().filter(record)
    assert (record.exc_info, "evil.example" in record.getMessage()) == (None, True)


def test_log_preserves_traceback_of_server_errors():
    error = (ValueError, ValueError("a bug"), None)
    record = logging.LogRecord("django.request", 40, "", 1, "a bug", (), error)
    record.status_code = 500
    assert DropExpectedTracebacks().filter(record)
    assert record.exc_info == error


# Headers of every response


def test_page_has_security_headers(client):
    assert policy(client.get(LOGIN)) == EXPECTED


def test_error_page_has_security_headers(client):
    assert policy(client.get("/en/nowhere/")) == EXPECTED
    assert policy(client.get("/en/%00/")) == EXPECTED
    assert policy(client.get("/en/", headers={"host": "evil.example"})) == EXPECTED


def test_admin_page_has_security_headers(client):
    assert policy(client.get("/admin/")) == EXPECTED


def test_static_file_carries_a_policy_only_if_it_can_be_shown_as_a_page(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    Path(tmp_path, "portal.css").write_text("p{}")
    Path(tmp_path, "tile.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    sheet, drawing = (Client().get(f"/static/{name}") for name in ("portal.css", "tile.svg"))
    assert (b"".join(sheet), b"".join(drawing)[:4]) == (b"p{}", b"<svg")
    assert {header for header in EXPECTED if header in sheet.headers} == {
        "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
    }  # fmt: skip
    assert drawing.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )


def test_https_redirect_and_hsts_are_set(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_SSL_HOST = "symposium.example.org"
    settings.SECURE_HSTS_SECONDS = 31536000
    plain = Client().get(f"{LOGIN}?a=1", headers={"host": "evil.example"})
    assert (plain.status_code, plain.headers["Location"]) == (
        301,
        f"https://symposium.example.org{LOGIN}?a=1",
    )
    assert Client().get("/healthz").status_code == 200
    assert Client().get(LOGIN, secure=True).headers["Strict-Transport-Security"] == (
        "max-age=31536000"
    )


def test_a_page_without_a_form_sets_no_cookie(client):
    edition = make_edition("2021")
    for path in [reverse("editions:home", args=[edition.slug]), "/fr/nowhere/", "/robots.txt"]:
        assert dict(client.get(path).cookies) == {}
    assert list(client.get(LOGIN).cookies) == ["csrftoken"]


# Error pages


@pytest.mark.parametrize(
    ("path", "accept", "language", "direction"),
    [
        ("/fr/nowhere/", "ar", "fr", "ltr"),
        ("/en/nowhere/", "ar", "en", "ltr"),
        ("/ar/nowhere/", "fr", "ar", "rtl"),
        ("/nowhere.txt", "ar;q=0.9, en;q=0.5", "ar", "rtl"),
        ("/nowhere.txt", "de", "fr", "ltr"),
    ],
)
def test_missing_page_is_404_in_its_language(client, path, accept, language, direction):
    response = client.get(path, headers={"accept-language": accept})
    assert response.status_code == 404
    assert f'<html lang="{language}" dir="{direction}"' in response.content.decode()


def test_missing_page_offers_the_programme_search(client):
    edition = make_edition("2021", is_current=True)
    make_session(edition)
    page = client.get("/en/nowhere/").content.decode()
    assert re.findall(r'<form class="search"[^>]*action="([^"]*)"', page) == [
        f"/en/{edition.slug}/programme/"
    ]


def test_missing_page_on_an_empty_site_has_no_search(client):
    page = client.get("/en/nowhere/").content.decode()
    assert '<form class="search"' not in page
    assert "You can still see the programme" not in page


def test_missing_admin_page_is_404(client):
    client.force_login(make_user(is_staff=True))
    response = client.get("/admin/nowhere/", headers={"accept-language": "en"})
    assert (response.status_code, heading(response)) == (404, "Page not found")


def test_expired_form_shows_instructions():
    client = Client(enforce_csrf_checks=True)
    response = client.post(LOGIN, {"login": "amina@example.org"})
    assert (response.status_code, heading(response)) == (403, "This form has expired")


def broken(error):
    def execute(run, sql, params, many, context):
        raise error

    return connection.execute_wrapper(execute)


def test_lock_timeout_is_503_with_retry_after(calm_client):
    other = connection.copy()
    with contextlib.closing(other), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '20ms'")
        other.set_autocommit(False)
        other.cursor().execute("LOCK TABLE symposium_editions_edition")
        response = calm_client.get("/en/nowhere/")
        other.rollback()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert heading(response) == "The site is very busy"


@pytest.mark.parametrize("error", [OperationalError("away"), InterfaceError("closed")])
def test_unreachable_database_is_503_with_retry_after(calm_client, error):
    with broken(error):
        response = calm_client.get("/en/nowhere/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert heading(response) == "We can’t reach our database"
    assert policy(response) == EXPECTED


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("en", "ltr"), ("ar", "rtl")])
def test_server_error_page_needs_no_database(calm_client, language, direction):
    with broken(DatabaseError("a bug")):
        response = calm_client.get(f"/{language}/nowhere/")
    with override(language):
        words = gettext("Sorry, something went wrong")
    assert (response.status_code, heading(response)) == (500, typeset(words, language))
    assert f'<html lang="{language}" dir="{direction}"' in response.content.decode()
    assert "a bug" not in response.content.decode()
