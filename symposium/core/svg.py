"""Uploaded SVG drawings: checked, then cleaned, before storage.

svg-hush (by way of `py_svg_hush`) keeps the elements and attributes that draw, and drops scripts,
events, frames and the addresses of other sites. It would follow any nesting until the stack ends,
so the drawing is first parsed by libxml2, which stops at 256 levels and loads nothing.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from lxml import etree
from py_svg_hush import filter_svg

MAX_BYTES = 512 * 1024
MAX_ELEMENTS = 5_000
MAX_DRAWN = 20_000
MAX_NESTED_USES = 20
SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
URL = re.compile(r"url\(\s*[\"']?#([^\s\"')]+)")


def cleaned(content: bytes) -> bytes:
    """Return the drawing without anything active or external; raise ValidationError if it is none.

    A drawing has a `viewBox`, or a width and a height: without, browsers cannot scale it.
    """
    if len(content) > MAX_BYTES:
        raise too_heavy(len(content))
    check_structure(parsed(content))
    try:
        clean = filter_svg(content)
    except ValueError:
        raise not_a_drawing() from None
    parsed(clean)
    return clean


def parsed(content: bytes) -> etree._ElementTree:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.ElementTree(etree.fromstring(content, parser))
    except (etree.XMLSyntaxError, ValueError):
        raise not_a_drawing() from None


def check_structure(tree: etree._ElementTree) -> None:
    """Raise ValidationError for a drawing of many elements, with entities, or without a size."""
    root, declared = tree.getroot(), tree.docinfo.internalDTD
    if root.tag != f"{SVG}svg":
        raise not_a_drawing()
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise ValidationError(
            _("This drawing declares XML entities. Export it again as “plain SVG”."),
            code="entities",
        )
    if sum(1 for _element in root.iter()) > MAX_ELEMENTS or drawn_elements(root) > MAX_DRAWN:
        raise ValidationError(
            _("This drawing has more than %(limit)s parts. Simplify it, or upload a PNG."),
            code="too_many_parts",
            params={"limit": MAX_ELEMENTS},
        )
    if not root.get("viewBox") and not (root.get("width") and root.get("height")):
        raise ValidationError(
            _("This drawing has no size. Export it again with a viewBox."), code="no_size"
        )


def drawn_elements(root: etree._Element) -> int:
    """Return how many elements are drawn, at most one more than `MAX_DRAWN`.

    What <use> repeats, or a pattern fills, counts each time: twenty groups that each use the one
    before twice would draw a million.
    """
    elements = list(root.iter())
    named = {name: element for element in elements if (name := element.get("id"))}
    uses = {
        element: [named[name] for name in references(element) if name in named]
        for element in elements
    }
    before: dict[etree._Element, int] = {}
    for _round in range(MAX_NESTED_USES):
        known: dict[etree._Element, int] = {}
        for element in reversed(elements):
            inside = sum(known[child] for child in element)
            used = sum(before.get(target, 1) for target in uses[element])
            known[element] = min(1 + inside + used, MAX_DRAWN + 1)
        if known == before:
            return known[root]
        before = known
    return MAX_DRAWN + 1


def references(element: etree._Element) -> list[str]:
    """Return the names of the elements that this one draws again."""
    drawn = " ".join(str(value) for value in element.attrib.values())
    hrefs = (element.get("href"), element.get(XLINK)) if element.tag == f"{SVG}use" else ()
    return [*URL.findall(drawn), *(href[1:] for href in hrefs if href)]


def not_a_drawing() -> ValidationError:
    return ValidationError(
        _("We couldn’t read this drawing. Choose an SVG, PNG, JPEG or WebP file."),
        code="not_a_drawing",
    )


def too_heavy(size: int) -> ValidationError:
    return ValidationError(
        _("This drawing is %(size)s kB. It must be %(limit)s kB or smaller."),
        code="too_heavy",
        params={"size": size // 1024, "limit": MAX_BYTES // 1024},
    )
