"""axe-core on every public page: both writing directions, both colour schemes, both widths."""

from pathlib import Path

import pytest

from tests.helpers.urls import PAGES

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
# axe does not measure contrast if an image may lie behind the text. Here the image lies beside it,
# as a test below checks, so it is removed and every contrast is measured.
BESIDE = ".page-head .wrap::before, .page-head .wrap::after { content: none }"
BESIDE += ".form-select { background-image: none }"
BESIDE += ".tt-plenary::before { content: none !important }"
ALONE = """
(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
}
"""
# axe does not measure contrast on Arabic letters: Latin ones, narrow so that no line grows,
# replace them.
LATIN = r"""
() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    walker.currentNode.data = walker.currentNode.data.replace(/\p{Script=Arabic}/gu, "i");
  }
}
"""
# axe's violations and its incomplete results, which need a review: neither is ignored.
FOUND = """
async (options) => {
  const { violations, incomplete } = await axe.run(document, options);
  return [...violations, ...incomplete].flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`));
}
"""
# No details of passed rules, and no preload of media (no page has any): axe is much faster.
WANTED = {"resultTypes": ["violations", "incomplete"], "preload": False}
TARGETS = {"target-size": {"enabled": True}}  # WCAG 2.2, off by default
EVERY_RULE = WANTED | {"rules": TARGETS}
# Every rule runs on the French page. On the Arabic page, in dark colours, on a phone, only rules
# that measure or read a language attribute can give other results.
MEASURED = WANTED | {"runOnly": ["target-size", "html-has-lang", "html-lang-valid", "valid-lang"]}
CONTRAST = WANTED | {"runOnly": ["color-contrast"]}
PHONE, DESK = 390, 1280
# WCAG 2.2: text twice as large (1.4.4), pages 320 pixels wide (1.4.10), wider letter and word
# spacing (1.4.12), which also stands for another font. The layout changes at 768 and 992 pixels;
# a page that fits there also fits with smaller or closer text.
WINDOWS = [(768, "32px", ""), (DESK, "32px", ""), (320, "", "0.12em"), (992, "", "0.12em")]
# Set the text, and return whether the page scrolls sideways. The spacing is set on each element: in
# Chromium a rule in a style sheet would remain in effect afterwards.
WIDER_WITH = """
([size, apart]) => {
  const { style } = document.documentElement;
  style.fontSize = size;
  if (style.letterSpacing !== apart) {
    style.letterSpacing = apart;
    for (const element of document.querySelectorAll("body *")) {
      element.style.setProperty("letter-spacing", apart, "important");
    }
  }
  return document.scrollingElement.scrollWidth > innerWidth;
}
"""
# The markup depends on the page, the colours on the scheme: each language, scheme and width is
# checked once.
EACH_DIRECTION_AND_SCHEME = pytest.mark.parametrize(
    ("language", "scheme", "width"), [("fr", "light", DESK), ("ar", "dark", PHONE)]
)
# How far the text in the head of a page reaches into the arches beside it, in pixels.
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
    """Pages set no cookie either, and windows have no complaints: see `window`."""
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
    """Return the findings of axe on the current page, by place: every rule at each width."""
    page.evaluate(ALONE, BESIDE)
    page.evaluate(AXE)
    if language == "ar":
        found = look(page, name, MEASURED, *widths)
        page.evaluate(LATIN)
        return found | look(page, f"{name}, its Arabic in Latin letters", CONTRAST, *widths)
    return look(page, name, EVERY_RULE, *widths)


# Why axe leaves the contrast of a text undecided, such as a picture behind a list's arrow.
UNDECIDED = (
    "could not be determined",
    "only non-text characters",
    "too short to determine",
    "Element has no value",
)


def decided(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the findings without contrasts that axe could not measure, for pages of the desk."""
    return {
        where: [fault for fault in faults if not any(words in fault for words in UNDECIDED)]
        for where, faults in found.items()
    }


def wider(page) -> list[str]:
    """Return the windows and text sizes in which the page scrolls sideways."""
    found = []
    for width, size, apart in WINDOWS:
        page.set_viewport_size({"width": width, "height": 844})
        if page.evaluate(WIDER_WITH, [size, apart]):
            found.append(f"{width} pixels {size}{apart}")
    page.evaluate(WIDER_WITH, ["", ""])
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
    for name in ["changes", "no news"]:
        page.goto(f"/{language}/{PAGES[name]}")
        for width in measured:
            page.set_viewport_size({"width": width, "height": 844})
            reaches = page.evaluate(INTO_ARCHES)
            assert [reach for reach in reaches if reach > 0] == [], name
            measured[width] += len(reaches)
    assert all(measured.values())
