"""The demonstration's site, served once for each module, and windows onto it that complain."""

from urllib.parse import urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer


@pytest.fixture(scope="module")
def site(demonstration):
    """The address of the demonstration's site."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.fixture
def window(browser, site):
    """Open a window onto the site, by the options of a context of Playwright.

    Whatever a window complained of by the end fails the test: an error in the console (so also
    what the security policy refused), a request to another host, a file that did not come.
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
        # The worker would go on fetching pages after the test: test_offline.py has windows with it.
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
    """An error of the console, unless it says that a page we asked for is not there: a 404."""
    asked = message.location["url"] == message.page.url and "404" in message.text
    blocked = message.text == "Service Worker registration blocked by Playwright"
    said = message.type in {"error", "warning"} and not asked and not blocked
    return [message.text] if said else []


def failure_of(request) -> list[str]:
    """A request that failed; one left behind by going to another page did not."""
    left = request.failure == "net::ERR_ABORTED"
    return [] if left else [f"{request.url}: {request.failure}"]
