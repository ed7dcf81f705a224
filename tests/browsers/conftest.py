"""Windows of Firefox and WebKitGTK; the tests are skipped where these are missing."""

import os
import shutil
import subprocess

import pytest
from django.core.cache import cache
from django.core.servers.basehttp import WSGIRequestHandler

from tests.browsers.drivers import Firefox, WebKit

PROGRAMS = {Firefox: ["firefox-esr"], WebKit: ["WebKitWebDriver", "Xvfb"]}
MISSING = "{} not on this machine (make test-browsers installs Debian’s as root), tests not run"


def ask_for(*programs: str) -> None:
    """Skip the test if a program is missing, or fail it if REQUIRE_BROWSERS=1."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        give_up = pytest.fail if os.environ.get("REQUIRE_BROWSERS") == "1" else pytest.skip
        give_up(MISSING.format(", ".join(missing)))


@pytest.fixture(scope="session")
def display():
    """Start a screen that nobody sees; return its name."""
    ask_for("Xvfb")
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as screen:
        yield f":{screen.stdout.readline().decode().strip()}"
        screen.terminate()


@pytest.fixture(params=[Firefox, WebKit])
def window(request, site, tmp_path):
    """Open a new browser, as wide as a telephone; it fails if a page had an error."""
    ask_for(*PROGRAMS[request.param])
    display = request.getfixturevalue("display") if request.param is WebKit else ""
    window = request.param(tmp_path, display)
    window.site = site
    window.resize(390, 844)
    yield window
    window.close()
    assert window.errors == []


@pytest.fixture
def site(live_server):
    """Return the URL of the site that `window` opens."""
    cache.clear()
    return live_server.url


@pytest.fixture
def lose_the_network(monkeypatch):
    """Return a function after which the site answers nothing, in connections kept alive either."""

    def drop(handler) -> bool:
        handler.close_connection = True
        return False

    return lambda: monkeypatch.setattr(WSGIRequestHandler, "parse_request", drop)
