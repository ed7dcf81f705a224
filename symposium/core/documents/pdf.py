"""Data in, typst out: a document as PDF/UA-1 (ISO 14289-1), tagged and in its own fonts.

What is kept for ever is PDF/A-2a too (ISO 19005-2), by `standards=ARCHIVED`.

A template is named as Django names its own, from `templates/`. What the typst templates share is
in "typst/_symposium.typ".
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from symposium.core.i18n.typography import normalize_letters, strip_controls

TEMPLATES = Path(settings.BASE_DIR) / "templates"
# Made by scripts/pdf_fonts.py. The machine's own are ignored: every machine makes the same file.
FONTS = Path(__file__).resolve().parent / "fonts"
# Text beyond this is no name, title or sentence; a template may cut sooner.
MAX_TEXT_CHARS = 600
TAGGED = ("ua-1",)
ARCHIVED = ("ua-1", "a-2a")
# Surrogates, private use, and what is never seen but turns the line around.
UNPRINTABLE = {"Cs", "Co", "Cf"}
JOINERS = "\u200c\u200d"  # Arabic script spells with them
BLANKS = re.compile(r"[ \t\n]+")  # not the no-break spaces


def render(
    template: str,
    data: dict,
    language: str,
    *,
    standards: Sequence[Any] = TAGGED,
    longest: int = MAX_TEXT_CHARS,
) -> bytes:
    """Return the PDF that `template` (« typst/ticket.typ ») makes of `data`, in `language`.

    The data is anything JSON can carry. It reaches typst as values, never as source: whatever
    somebody called themselves is text. `data["title"]` names the document, `data["created"]`
    (an aware datetime, or its ISO 8601 text) dates it: the same data gives the same bytes. What
    stands under a key `qr` is a picture of ours (`qr.drawing`) and passes untouched. Texts are cut
    at `longest` characters.
    Raises `typst.TypstError` where the template and the data do not fit together.
    """
    # One compiler for each document: two threads share nothing but the fonts, which are only read.
    compiler = typst.Compiler(
        TEMPLATES / template,
        root=TEMPLATES / "typst",
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": encode_data({**data, "language": language}, longest)},
    )
    created = datetime.fromisoformat(str(data["created"]))
    return compiler.compile(
        format="pdf", pdf_standards=list(standards), timestamp=int(created.timestamp())
    )


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])


def encode_data(data: dict, longest: int = MAX_TEXT_CHARS) -> str:
    plain = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    return json.dumps(printable(plain, longest))


def printable(value, longest: int = MAX_TEXT_CHARS):
    """The value with each of its texts as it can be set, in lists and dicts too."""
    if isinstance(value, str):
        return printable_text(value, longest)
    if isinstance(value, list):
        return [printable(item, longest) for item in value]
    if isinstance(value, dict):
        return {
            key: item if key == "qr" else printable(item, longest) for key, item in value.items()
        }
    return value


def printable_text(text: str, longest: int = MAX_TEXT_CHARS) -> str:
    """Return `text` on one line, composed (NFC), without what cannot be seen, not too long."""
    text = normalize_letters(strip_controls(text))
    seen = (
        character
        for character in BLANKS.sub(" ", text)
        if character in JOINERS or unicodedata.category(character) not in UNPRINTABLE
    )
    text = "".join(seen).strip()
    return text if len(text) <= longest else text[: longest - 1] + "…"
