"""axe-core on every public page: each direction of writing, each colour scheme, each width."""

from pathlib import Path

import pytest

from tests.pages import PAGES

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
EVERY_RULE = {"rules": {"target-size": {"enabled": True}}}  # of WCAG 2.2, and off unless asked for
CONTRAST = {"runOnly": ["color-contrast"]}
PHONE = (390,)
PHONE_AND_DESK = (390, 1280)
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_axe_finds_nothing(window, language, scheme):
    page = window(color_scheme=scheme)
    widths = PHONE_AND_DESK if scheme == "light" else PHONE  # the dark colours are the same on both
    found = {}
    for name, path in PAGES.items():
        page.goto(f"/{language}/{path}")
        page.evaluate(ALONE, BESIDE)
        page.evaluate(AXE)
        found |= look(page, name, EVERY_RULE, widths)
        if language == "ar":
            page.evaluate(LATIN)
            found |= look(page, f"{name}, its Arabic in Latin letters", CONTRAST, widths)
    assert {where: faults for where, faults in found.items() if faults} == {}


def look(page, name: str, options: dict, widths=PHONE_AND_DESK) -> dict[str, list[str]]:
    """What axe finds on a page as it stands: on a phone, then on a desk."""
    found = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        found[f"{name}, {width} pixels"] = page.evaluate(FOUND, options)
    return found


@pytest.mark.parametrize("width", [992, 1280])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_words_stand_beside_the_arches(window, language, width):
    page = window(viewport={"width": width, "height": 844})
    measured = 0
    for name in ["argument", "abstracts", "day", "session", "cancelled session", "speakers"]:
        page.goto(f"/{language}/{PAGES[name]}")
        reaches = page.evaluate(INTO_ARCHES)
        assert [reach for reach in reaches if reach > 0] == []
        measured += len(reaches)
    assert measured
