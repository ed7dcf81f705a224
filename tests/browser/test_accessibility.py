"""axe-core on every public page: both directions of writing, both colour schemes, both widths."""

from pathlib import Path

import pytest

from tests.helpers.urls import PAGES

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
# axe does not measure a contrast where a picture may lie behind the words. Here it lies beside
# them, as a test below sees to, so it is taken away and every contrast is measured.
BESIDE = ".page-head .wrap::before, .page-head .wrap::after { content: none }"
BESIDE += ".form-select { background-image: none }"
ALONE = """
(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
}
"""
# Nor the contrast of Arabic letters: Latin ones stand in for them, narrow, so that no line grows.
LATIN = r"""
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    walker.currentNode.data = walker.currentNode.data.replace(/\p{Script=Arabic}/gu, "i");
  }
}
"""
# What axe finds wrong and what it leaves to be looked at: neither is passed over.
FOUND = """
async (options) => {
  const { violations, incomplete } = await axe.run(document, options);
  return [...violations, ...incomplete].flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`));
}
"""
# What passes is not wanted in detail, and nothing here plays a sound: axe is much quicker for it.
WANTED = {"resultTypes": ["violations", "incomplete"], "preload": False}
TARGETS = {"target-size": {"enabled": True}}  # of WCAG 2.2, and off unless asked for
EVERY_RULE = WANTED | {"rules": TARGETS}
# Every rule reads the page in French. In Arabic, in the dark, on a phone, other results are only
# possible where a rule measures, or reads an attribute of the language.
MEASURED = WANTED | {"runOnly": ["target-size", "html-has-lang", "html-lang-valid", "valid-lang"]}
CONTRAST = WANTED | {"runOnly": ["color-contrast"]}
PHONE, DESK = 390, 1280
# What WCAG 2.2 asks for: letters twice as large (1.4.4), pages 320 pixels wide (1.4.10), letters
# and words farther apart (1.4.12), as they also are in another font than ours. A sheet changes its
# layout at 768 and 992 pixels; what fits there also fits with letters that are smaller or closer.
WINDOWS = [(768, "32px", ""), (DESK, "32px", ""), (320, "", "0.12em"), (992, "", "0.12em")]
# Written on the elements: what a sheet says of all of them outlives it in Chromium.
SET = """
([size, apart]) => {
  const { style } = document.documentElement;
  style.fontSize = size;
  if (style.letterSpacing === apart) return;
  style.letterSpacing = apart;
  for (const element of document.querySelectorAll("body *")) {
    element.style.setProperty("letter-spacing", apart, "important");
  }
}
"""
# The markup is that of the page, the colours those of the scheme: each language, scheme and width
# is read once.
EACH_DIRECTION_AND_SCHEME = pytest.mark.parametrize(
    ("language", "scheme", "width"), [("fr", "light", DESK), ("ar", "dark", PHONE)]
)
# How far the words in the head of a page reach into the arches beside them, in pixels.
INTO_ARCHES = """
() => {
  const wrap = document.querySelector(".page-head .wrap");
  const outer = wrap.getBoundingClientRect();
  const words = document.createTreeWalker(wrap, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const boxes = [];
  while (words.nextNode()) {
    range.selectNodeContents(words.currentNode);
    boxes.push(...range.getClientRects());
  }
  return ["::before", "::after"].map((name) => getComputedStyle(wrap, name))
    .filter(({ content }) => content !== "none")
    .map(({ left, width }) => ({ left: outer.left + parseFloat(left), width: parseFloat(width) }))
    .flatMap(({ left, width }) => boxes.map(
      (box) => Math.min(box.right, left + width) - Math.max(box.left, left)));
}
"""


@EACH_DIRECTION_AND_SCHEME
def test_pages_pass_axe_and_fit_the_window(window, language, scheme, width):
    """Nor does any keep something about the reader, or complain: see `window`."""
    page = window(color_scheme=scheme)
    found = {}
    for name, path in PAGES.items():
        page.goto(f"/{language}/{path}")
        if not path.startswith("accounts/"):
            assert page.context.cookies() == [], name
        found[f"{name}, wider than"] = wider(page)
        found |= examine(page, name, language, width)
    assert {where: faults for where, faults in found.items() if faults} == {}


def examine(page, name: str, language: str, *widths: int) -> dict[str, list[str]]:
    """What axe finds on a page as it stands, by where it is seen: every rule at each width."""
    page.evaluate(ALONE, BESIDE)
    page.evaluate(AXE)
    if language == "ar":
        found = look(page, name, MEASURED, *widths)
        page.evaluate(LATIN)
        return found | look(page, f"{name}, its Arabic in Latin letters", CONTRAST, *widths)
    return look(page, name, EVERY_RULE, *widths)


def wider(page) -> list[str]:
    """The windows and sizes of letters that the page does not fit into: it scrolls sideways."""
    found = []
    for width, size, apart in WINDOWS:
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate(SET, [size, apart])
        if page.evaluate("document.scrollingElement.scrollWidth > innerWidth"):
            found.append(f"{width} pixels {size}{apart}")
    page.evaluate(SET, ["", ""])
    return found


def look(page, name: str, options: dict, *widths: int) -> dict[str, list[str]]:
    found = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        found[f"{name}, {width} pixels"] = page.evaluate(FOUND, options)
    return found


def test_english_pages_fit_the_window(window):
    page = window()
    found = {}
    for name, path in PAGES.items():
        page.goto(f"/en/{path}")
        found[name] = wider(page)
    assert {name: widths for name, widths in found.items() if widths} == {}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_text_does_not_overlap_the_arches(window, language):
    page = window()
    measured = {992: 0, 1280: 0}
    for name in ["argument", "abstracts", "day", "session", "cancelled session", "speakers"]:
        page.goto(f"/{language}/{PAGES[name]}")
        for width in measured:
            page.set_viewport_size({"width": width, "height": 844})
            reaches = page.evaluate(INTO_ARCHES)
            assert [reach for reach in reaches if reach > 0] == [], name
            measured[width] += len(reaches)
    assert all(measured.values())
