"""Size of the first view as transferred, compressed, with fonts: 75 kB, in Arabic 90 kB."""

import functools
from urllib.parse import urlsplit

import brotli
import pytest

from tests.helpers.urls import PAGES

LIMITS = {"fr": 75_000, "ar": 90_000}  # an Arabic page has Latin names too: two fonts
COMPRESSED = {"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"}


def weight(response) -> int:
    """Return the bytes of a body on the wire: files have the best compression, pages a fast one."""
    body = response.body()
    kind = response.headers["content-type"].partition(";")[0]
    if kind not in COMPRESSED:
        return len(body)
    return compressed(body, quality=5 if kind == "text/html" else 11)


@functools.cache
def compressed(body: bytes, quality: int) -> int:
    return len(brotli.compress(body, quality=quality))


# Images below the first view: when a browser fetches them is its own decision.
BELOW = """() => [...document.querySelectorAll("img[loading=lazy]")]
  .filter((image) => image.getBoundingClientRect().top > innerHeight)
  .map((image) => new URL(image.currentSrc || image.src).pathname)"""


# The width decides on the pictures, whatever the language.
@pytest.mark.parametrize(("language", "width"), [("fr", 390), ("fr", 1280), ("ar", 390)])
@pytest.mark.parametrize("name", ["home", "argument", "day"])
def test_first_view_weight_is_under_the_limit(window, name, language, width):
    page = window(own=True, viewport={"width": width, "height": 844})
    responses = []
    page.on("response", lambda response: responses.append(response))
    page.goto(f"/{language}/{PAGES[name]}", wait_until="networkidle")
    weights = {urlsplit(response.url).path: weight(response) for response in responses}
    for path in page.evaluate(BELOW):
        weights.pop(path, None)
    print(f"{name}, {language}, {width} pixels: {sum(weights.values())} bytes")  # pytest -rP
    assert sum(weights.values()) <= LIMITS[language], weights
