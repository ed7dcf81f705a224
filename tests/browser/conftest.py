"""The demonstration's site, served once per module, and windows that record complaints."""

from urllib.parse import urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer


@pytest.fixture(scope="module")
def site(demonstration):
    """Serve the demonstration; return its URL."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.fixture
def window(browser, site):
    """Return a function that opens a page on the site, with options of a Playwright context.

    The test fails if a window complained: an error in the console (the security policy's too), a
    request to another host, a file that did not load.
    """
    contexts, complaints = [], []

    def watch(page) -> None:
        page.on("console", lambda message: complaints.extend(error_of(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.extend(stranger(request)))
        page.on("requestfailed", lambda request: complaints.extend(failure_of(request)))

    def stranger(request) -> list[str]:
        asked = urlsplit(request.url)
        ours = asked.scheme in {"data", "blob"} or asked.netloc == urlsplit(site).netloc
        return [] if ours else [f"another host: {request.url}"]

    def open_window(**options):
        # The service worker would fetch pages after the test: test_offline.py has windows with it.
        usual = {"timezone_id": "Africa/Casablanca", "service_workers": "block"}
        context = browser.new_context(**{"base_url": site, "locale": "fr-FR"} | usual | options)
        contexts.append(context)
        page = context.new_page()
        watch(page)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


def error_of(message) -> list[str]:
    """Return the text of a console error, except the 404 of the page that the test opened."""
    asked = message.location["url"] == message.page.url and "404" in message.text
    blocked = message.text == "Service Worker registration blocked by Playwright"
    said = message.type in {"error", "warning"} and not asked and not blocked
    return [message.text] if said else []


def failure_of(request) -> list[str]:
    """Return the failure of a request, except one that the browser aborted to leave the page."""
    left = request.failure == "net::ERR_ABORTED"
    return [] if left else [f"{request.url}: {request.failure}"]
