"""Conversion of Markdown to safe HTML and to plain text."""

import re
from itertools import pairwise
from urllib.parse import urljoin

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from symposium.core.i18n import attached
from symposium.core.i18n.typography import french_spaces

TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "a", "strong", "em", "blockquote", "br", "hr",
        "code", "pre", "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
# Only of files that `attached.place` puts there.
FILE_TAGS = {"figure", "figcaption", "img", "bdi"}
IMAGE_ATTRIBUTES = {"src", "srcset", "sizes", "alt", "width", "height", "loading", "decoding"}
BREAKS = ("softbreak", "hardbreak")
# `html: False`: HTML tags in the source are escaped, not rendered.
PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


def to_text(text: str) -> str:
    """Return CommonMark `text` as plain text without addresses; “ · ” separates the blocks."""
    return " · ".join(filter(None, map(inline, PARSER.parse(text))))


def first_paragraph(text: str) -> str:
    """Return the first paragraph of CommonMark `text` as plain text, else all of it."""
    tokens = PARSER.parse(text)
    for opening, content in pairwise(tokens):
        if opening.type == "paragraph_open" and opening.level == 0:
            return inline(content)
    return to_text(text)


def inline(token: Token) -> str:
    if token.type != "inline":
        return token.content.strip()
    return "".join(" " if one.type in BREAKS else one.content for one in token.children).strip()


def to_letter(text: str, page_url: str) -> str:
    """Return CommonMark `text` as the plain text of an e-mail, with the address of each link.

    `page_url` is the address of the page of the text, from which relative addresses start.
    """
    blocks: list[str] = []
    mark = ""
    for token in PARSER.parse(text):
        if token.type == "list_item_open":
            mark = f"{token.info}. " if token.info else "- "
        elif words := with_addresses(token, page_url):
            blocks.append(f"\n{mark}{words}" if mark else f"\n\n{words}")
            mark = ""
    return "".join(blocks).strip()


def with_addresses(token: Token, page_url: str) -> str:
    if token.type != "inline":
        return token.content.strip()
    words, address, start = "", "", 0
    for one in token.children:
        if one.type == "link_open":
            address = urljoin(page_url, str(one.attrs["href"])).removeprefix("mailto:")
            start = len(words)
        elif one.type == "link_close":
            words += "" if words[start:] == address else f" ({address})"
        else:
            words += "\n" if one.type in BREAKS else one.content
    return words.strip()


def file_mentions(text: str) -> list[tuple[str, bool]]:
    """Return the names of files in CommonMark `text`, each with whether it is a picture there."""
    return list(attached.mentions(PARSER.parse(text)))


def to_html(text: str, language: str, files: attached.Files | None = None) -> SafeString:
    """Return CommonMark `text` as HTML without scripts, styles or frames.

    Its only images are the pictures among `files`, by name. The typography of `language` is applied
    to the text only, not to tags and addresses.
    """
    tokens, tags, attributes = PARSER.parse(text), TAGS, ATTRIBUTES
    if files is not None:
        tokens = attached.place(tokens, files)
        tags, attributes = TAGS | FILE_TAGS, ATTRIBUTES | {"img": IMAGE_ATTRIBUTES}
    html = nh3.clean(
        PARSER.renderer.render(tokens, PARSER.options, {}),
        tags=tags,
        attributes=attributes,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )
    parts = re.split(r"(<[^>]*>)", html)  # texts at even positions, tags at odd ones
    if language == "fr":
        parts[::2] = map(french_spaces, parts[::2])
    return mark_safe("".join(parts))  # noqa: S308 - cleaned just above
