"""Uploaded drawings: what is refused, and what is taken out of those that are stored."""

import pytest
from django.core.exceptions import ValidationError

from symposium.core.svg import MAX_BYTES, MAX_ELEMENTS, cleaned

HEAD = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
RECT = b'<rect width="2" height="3" fill="#a83f22"/>'


def drawing(content: bytes = RECT) -> bytes:
    return HEAD + content + b"</svg>"


def refusal(content: bytes) -> str:
    with pytest.raises(ValidationError) as caught:
        cleaned(content)
    return caught.value.code


@pytest.mark.parametrize(
    "attack",
    [
        b"<script>alert(1)</script>",
        b'<a href="javascript:alert(1)"/>',
        b'<g onload="alert(1)"/>',
        b'<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="x"/></foreignObject>',
    ],
)
def test_active_content_is_removed(attack):
    clean = cleaned(drawing(attack + RECT))
    assert [word for word in (b"alert", b"iframe", b"foreignObject") if word in clean] == []
    assert b'fill="#a83f22"' in clean


def test_addresses_of_other_sites_are_removed():
    attack = b'<image href="http://e.com/a.png"/><use href="http://e.com/a.svg#b"/>'
    style = b"<style>.a{fill:#f00;mask:url(http://e.com/m)}</style>"
    clean = cleaned(drawing(attack + style + RECT))
    assert b"e.com" not in clean
    assert b"fill:#f00" in clean


def test_data_urls_are_removed():
    assert b"data:" not in cleaned(drawing(b'<image href="data:image/svg+xml;base64,AAAA"/>'))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x89PNG\r\n", "not_a_drawing"),
        (b"", "not_a_drawing"),
        (b"<html/>", "not_a_drawing"),
        (HEAD, "not_a_drawing"),
        (drawing(b"<g>" * 300 + b"</g>" * 300), "not_a_drawing"),
        (b'<!DOCTYPE svg [<!ENTITY a "aa">]>' + drawing(b"<text>&a;</text>"), "entities"),
        (b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + drawing(), "entities"),
        (drawing(RECT * MAX_ELEMENTS), "too_many_parts"),
        (drawing(b" " * MAX_BYTES), "too_heavy"),
        (b'<svg xmlns="http://www.w3.org/2000/svg">' + RECT + b"</svg>", "no_size"),
    ],
)
def test_bad_drawing_is_refused(content, code):
    assert refusal(content) == code


def test_drawing_with_a_public_doctype_is_accepted():
    doctype = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">'
    assert b"DOCTYPE" not in cleaned(doctype + drawing())
