"""Files that a Markdown text names: pictures become figures, links say format and size."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol
from urllib.parse import unquote

from markdown_it.token import Token

# An address without a folder, a site or a query, with an extension.
NAME = re.compile(r"[^/?#:]+\.\w+")
CELLS = ("td_close", "th_close")
# A figure stands after the paragraph or the heading that names it, or in its cell.
BLOCKS = ("paragraph_close", "heading_close", *CELLS)


class Attached(Protocol):
    """File that a text can name."""

    @property
    def is_picture(self) -> bool: ...

    @property
    def href(self) -> str: ...

    @property
    def details(self) -> str:
        """Format and size as HTML: “PDF, 1.2 MB”."""

    def figure(self, caption: str) -> str:
        """Return the picture as HTML."""


Files = Mapping[str, Attached]


def name_at(address: object) -> str:
    """Return the name of the file to which a link of the text leads, or "" for another page."""
    name = unicodedata.normalize("NFC", unquote(str(address))).lower()
    return name if NAME.fullmatch(name) else ""


def mentions(tokens: Sequence[Token]) -> Iterator[tuple[str, bool]]:
    """Yield the names of files in a text, each with whether it is shown as a picture.

    The address of a picture is yielded even if it is no file name.
    """
    for one in (child for token in tokens for child in token.children or ()):
        if one.type == "image":
            yield name_at(one.attrs["src"]) or unquote(str(one.attrs["src"])), True
        elif one.type == "link_open" and (name := name_at(one.attrs["href"])):
            yield name, False


def place(tokens: Sequence[Token], files: Files) -> list[Token]:
    """Return the tokens with the files that they name; a name without a file is left out."""
    placed: list[Token] = []
    figures: list[Token] = []
    for token in tokens:
        placed.append(token)
        if token.type == "inline":
            figures = figures_of(token, files)
            token.children = linked(token, files)
        elif figures and token.type in BLOCKS:
            if token.type == "paragraph_close" and is_blank(placed[-2]):
                del placed[-3:]
            end = len(placed) - (token.type in CELLS)
            placed[end:end] = figures
            figures = []
    return placed


def is_blank(inline: Token) -> bool:
    return not any(one.content.strip() for one in inline.children or ())


def figures_of(inline: Token, files: Files) -> list[Token]:
    pictures = [one for one in inline.children or () if one.type == "image"]
    named = [(files.get(name_at(one.attrs["src"])), one.content) for one in pictures]
    return [
        Token("html_block", "", 0, content=file.figure(caption))
        for file, caption in named
        if file and file.is_picture
    ]


def linked(inline: Token, files: Files) -> list[Token]:
    """Return the children of a token, links to files with their details, without pictures.

    A link that has no words any more, or leads to no file, is left out.
    """
    kept: list[Token] = []
    file: Attached | None = None
    is_lost = False
    for one in inline.children or ():
        if one.type == "link_open" and (name := name_at(one.attrs["href"])):
            file = files.get(name)
            is_lost = file is None
            one.attrs["href"] = file.href if file else ""
        is_link = one.type in ("link_open", "link_close")
        if one.type == "link_close" and file:
            kept.append(Token("html_inline", "", 0, content=f" ({file.details})"))
            file = None
        if one.type == "link_close" and kept and kept[-1].type == "link_open":
            kept.pop()
        elif one.type != "image" and not (is_link and is_lost):
            kept.append(one)
        is_lost = is_lost and one.type != "link_close"
    return kept
