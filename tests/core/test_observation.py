"""Log lines, counters and error reports: what they say of a request, and never of a person."""

import gzip
import http.server
import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import brotli
import pytest
from django.test import Client
from django.utils.dateparse import parse_datetime

from symposium.core import error_reports
from symposium.core.logs import DropExpectedTracebacks, JsonFormatter
from tests.factories import make_edition, make_user

pytestmark = pytest.mark.django_db

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def lines(settings, caplog):
    """Function that returns the log lines of requests, as JSON objects."""
    settings.LOG_REQUESTS = True
    formatter = JsonFormatter()

    class Handler(logging.Handler):
        def emit(self, record):
            written.append(json.loads(formatter.format(record)))

    written: list[dict] = []
    handler = Handler()
    logging.getLogger("symposium.request").addHandler(handler)
    with caplog.at_level(logging.INFO, "symposium.request"):
        yield written
    logging.getLogger("symposium.request").removeHandler(handler)


def test_request_is_one_line_without_address(lines):
    client, user = Client(), make_user("amina@example.org")
    client.force_login(user)
    response = client.get("/fr/my/registrations/", headers={"x-request-id": "of-a-stranger"})
    [line] = lines
    said = {name: line[name] for name in ("level", "logger", "message", "method", "status")}
    assert said == {
        "level": "INFO", "logger": "symposium.request", "method": "GET",
        "message": f"GET {line['view']} {response.status_code}", "status": response.status_code,
    }  # fmt: skip
    assert line["request_id"] == response["X-Request-ID"] != "of-a-stranger"
    assert parse_datetime(line["time"]).utcoffset() is not None
    assert "amina" not in json.dumps(line)


def test_request_line_names_the_user_by_number_and_counts_queries(lines):
    client, user = Client(), make_user("amina@example.org")
    client.force_login(user)
    client.get("/fr/my/data/")
    [line] = lines
    assert line["user_id"] == user.pk
    assert line["queries"] > 0
    assert line["milliseconds"] > 0


def test_request_line_of_a_private_calendar_hides_its_token(lines):
    Client().get("/my/Zm9vYmFyYmF6.ics")
    [line] = lines
    assert (line["view"], line["status"]) == ("my_calendar", 404)
    assert "Zm9vYmFyYmF6" not in json.dumps(line)


def test_request_line_of_a_stored_page_names_its_view(lines, page_cache):
    make_edition("2021", is_current=True)
    client = Client()
    client.get("/fr/2021/")
    client.get("/fr/2021/")
    assert [(line["view"], line["status"]) for line in lines] == [("editions:home", 200)] * 2


def test_request_id_of_the_trusted_proxy_is_kept(lines, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    response = Client().get("/healthz", headers={"x-request-id": "0123456789abcdef"})
    assert response["X-Request-ID"] == lines[0]["request_id"] == "0123456789abcdef"


def test_requests_are_not_observed_by_default(client):
    assert "X-Request-ID" not in client.get("/healthz").headers


def test_database_that_is_away_takes_one_line_of_the_log():
    error = ConnectionError("connection to server failed:\n  Is the server running?")
    try:
        raise error
    except ConnectionError:
        record = logging.LogRecord(
            "django.request", 40, "", 1, "%s: %s", ("Service Unavailable", "/fr/"), sys.exc_info()
        )
    record.status_code = 503
    assert DropExpectedTracebacks().filter(record)
    assert logging.Formatter().format(record) == (
        "Service Unavailable: /fr/"
        " (ConnectionError: connection to server failed: Is the server running?)"
    )


# Error reports

DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


class Collector(http.server.ThreadingHTTPServer):
    """Sentry of the tests: it stores the bodies of what is sent to it."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Receiver)
        self.bodies: list[bytes] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def __exit__(self, *arguments) -> None:
        self.shutdown()
        super().__exit__(*arguments)


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        decode = DECODERS[self.headers["Content-Encoding"]]
        self.server.bodies.append(decode(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments) -> None:
        pass


CRASH = """
import sentry_sdk
salma = "salma@example.org"
try:
    raise ValueError(f"No room for {salma}: Key (email)=(nora at home) exists")
except ValueError as error:
    sentry_sdk.set_user({"email": salma})
    sentry_sdk.capture_exception(error)
sentry_sdk.flush()
"""


def test_error_report_reaches_its_server_without_personal_data():
    with Collector() as collector:
        environment = {
            "SENTRY_DSN": f"http://key@127.0.0.1:{collector.server_port}/1",
            "SENTRY_SPOTLIGHT": "", "DEMO": "1",
        }  # fmt: skip
        subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{CRASH}"], cwd=PROJECT,
            env=os.environ | environment | {"DJANGO_SETTINGS_MODULE": "config.settings"},
            check=True, timeout=60,
        )  # fmt: skip
    [body] = [body for body in collector.bodies if b"ValueError" in body]
    assert b"No room for \\u2026@\\u2026" in body or "No room for …@…".encode() in body
    assert [word for word in (b"salma", b"nora at home") if word in body] == []


def test_error_report_keeps_neither_address_nor_user():
    event = {
        "request": {"method": "POST", "url": "https://s.org/my/token.ics", "cookies": {"a": "b"}},
        "user": {"id": "7", "email": "a@example.org"}, "breadcrumbs": {"values": ["x"]},
        "exception": {"values": [{"type": "IntegrityError", "value": "to a@example.org"}]},
        "transaction": "/my/{token}.ics",
    }  # fmt: skip
    assert error_reports.scrub(event, {}) == {
        "request": {"method": "POST"},
        "exception": {"values": [{"type": "IntegrityError", "value": "to …@…"}]},
        "transaction": "/my/{token}.ics",
    }
