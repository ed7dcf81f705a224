"""Conversion of Markdown to safe HTML and to plain text."""

import re

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from symposium.core.i18n.typography import french_spaces

TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "a", "strong", "em", "blockquote", "br", "hr",
        "code", "pre", "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
# `html: False`: HTML tags in the source are escaped, not rendered.
PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


def to_text(text: str) -> str:
    """Return CommonMark `text` as plain text without addresses; “ · ” separates the blocks."""
    return " · ".join(filter(None, map(inline, PARSER.parse(text))))


def inline(token: Token) -> str:
    if token.type != "inline":
        return token.content.strip()
    breaks = ("softbreak", "hardbreak")
    return "".join(" " if one.type in breaks else one.content for one in token.children).strip()


def to_html(text: str, language: str) -> SafeString:
    """Return CommonMark `text` as HTML without scripts, styles, images or frames.

    The typography of `language` is applied to the text only, not to tags and addresses.
    """
    html = nh3.clean(
        PARSER.render(text),
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )
    parts = re.split(r"(<[^>]*>)", html)  # texts at even positions, tags at odd ones
    if language == "fr":
        parts[::2] = map(french_spaces, parts[::2])
    return mark_safe("".join(parts))  # noqa: S308 - cleaned just above
