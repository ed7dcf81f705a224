"""The key pages of the demonstration: all of their files, and nothing wider than the window."""

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.helpers.urls import PAGES

KEY = (
    "home", "day", "session", "speakers", "speaker", "abstract", "search that found",
    "my programme", "room", "text", "sign in",
)  # fmt: skip
# Pictures below the first view may load later. A fallback font may be absent from the machine.
FAULTS = """
async () => {
  await document.fonts.ready;
  const sheets = document.querySelectorAll("link[rel=stylesheet]").length;
  const isBroken = ({ complete, naturalWidth }) => complete && !naturalWidth;
  const pictures = [...document.images].filter(isBroken);
  const ours = [...document.fonts].filter(({ family }) => !family.includes("Fallback"));
  const fonts = ours.map(({ status }) => status);
  return [
    !document.querySelector("h1")?.checkVisibility() && "no heading",
    document.styleSheets.length < sheets && "a missing style sheet",
    ...pictures.map(({ currentSrc }) => currentSrc).filter(Boolean),
    !fonts.includes("loaded") && "no font",
    fonts.includes("error") && "a missing font",
    document.documentElement.scrollWidth > innerWidth && "scrolls sideways",
  ].filter(Boolean);
}
"""


@pytest.fixture(scope="module")
def site(demonstration):
    """Serve the demonstration; return its URL."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_key_pages_are_whole_in_either_direction(window, language):
    faults = {}
    for width in (390, 1280):
        window.resize(width, 844)
        for name in KEY:
            window.open(f"/{language}/{PAGES[name]}")
            faults[name, width] = window.run(FAULTS)
    assert {page: found for page, found in faults.items() if found} == {}
    assert window.run("() => document.dir || 'ltr'") == ("rtl" if language == "ar" else "ltr")
