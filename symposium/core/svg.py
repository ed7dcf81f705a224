"""Uploaded SVG drawings: checked, then cleaned, before storage.

svg-hush (by way of `py_svg_hush`) keeps the elements and attributes that draw, and drops scripts,
events, frames and the addresses of other sites. It would follow any nesting until the stack ends,
so the drawing is first parsed by libxml2, which stops at 256 levels and loads nothing.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from lxml import etree
from py_svg_hush import filter_svg

MAX_BYTES = 512 * 1024
MAX_ELEMENTS = 5_000
SVG = "{http://www.w3.org/2000/svg}"


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
    if sum(1 for _element in root.iter()) > MAX_ELEMENTS:
        raise ValidationError(
            _("This drawing has more than %(limit)s parts. Simplify it, or upload a PNG."),
            code="too_many_parts",
            params={"limit": MAX_ELEMENTS},
        )
    if not root.get("viewBox") and not (root.get("width") and root.get("height")):
        raise ValidationError(
            _("This drawing has no size. Export it again with a viewBox."), code="no_size"
        )


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
