"""The demonstration's site, served once, and windows that record complaints."""

from collections import defaultdict
from urllib.parse import urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

DESKTOP = {"width": 1280, "height": 720}
# The service worker would fetch pages after the test: test_offline.py has windows with it.
USUAL = {
    "locale": "fr-FR",
    "timezone_id": "Africa/Casablanca",
    "service_workers": "block",
}


@pytest.fixture(scope="session")
def demonstration_server():
    """Serve the database in use; a browser keeps the static files of the same address."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def site(demonstration, demonstration_server):
    """Return the URL of the demonstration."""
    return demonstration_server.url


@pytest.fixture(scope="session")
def used_pages(browser):
    """Hold the pages that a test has left for the next one, by the options of their contexts.

    A new context takes as long as three pages: it starts a process and reads the static files.
    """
    pages = defaultdict(list)
    yield pages
    for page in sum(pages.values(), []):
        page.context.close()


@pytest.fixture
def window(browser, site, used_pages):
    """Return a function that opens a page on the site, with options of a Playwright context.

    The page may have been another test's, without its cookies and storage. With `own`, the context
    is new: for a test that sets the clock, a route, the media, or counts what is loaded.

    The test fails if a window complained: an error in the console (the security policy's too), a
    request to another host, a file that did not load.
    """
    opened, complaints = [], []
    watchers = {
        "console": lambda message: complaints.extend(error_of(message)),
        "pageerror": lambda error: complaints.append(str(error)),
        "request": lambda request: complaints.extend(stranger(request)),
        "requestfailed": lambda request: complaints.extend(failure_of(request)),
    }

    def stranger(request) -> list[str]:
        asked = urlsplit(request.url)
        ours = asked.scheme in {"data", "blob"} or asked.netloc == urlsplit(site).netloc
        return [] if ours else [f"another host: {request.url}"]

    def open_window(*, own: bool = False, viewport: dict[str, int] = DESKTOP, **options):
        options = {"base_url": site} | USUAL | options
        waiting = [] if own else used_pages[repr(sorted(options.items()))]
        page = waiting.pop() if waiting else browser.new_context(**options).new_page()
        page.set_viewport_size(viewport)
        opened.append((page, None if own else waiting))
        for event, watcher in watchers.items():
            page.on(event, watcher)
        return page

    yield open_window
    for page, waiting in opened:
        if waiting is None:
            page.context.close()
        else:
            for event, watcher in watchers.items():
                page.remove_listener(event, watcher)
            clean(page, site)
            waiting.append(page)
    assert complaints == []


def clean(page, site: str) -> None:
    """Leave the site and delete what it has stored in the browser."""
    page.goto("about:blank")
    devtools = page.context.new_cdp_session(page)
    everything = {"origin": site, "storageTypes": "all"}
    devtools.send("Storage.clearDataForOrigin", everything)
    devtools.detach()
    page.context.clear_cookies()


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
