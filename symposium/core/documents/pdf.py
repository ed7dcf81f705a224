"""Rendering of PDFs with typst, as PDF/UA-1 (ISO 14289-1), tagged and with the fonts of `fonts/`.

Archived documents are also PDF/A-2a (ISO 19005-2): `standards=ARCHIVED`.

Template names are relative to `templates/`, as in Django. The typst templates share
"typst/_symposium.typ".
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
# Made by scripts/pdf_fonts.py. System fonts are ignored, so that every machine makes the same file.
FONTS = Path(__file__).resolve().parent / "fonts"
# No name, title or sentence is longer; a template may truncate earlier.
MAX_TEXT_CHARS = 600
TAGGED = ("ua-1",)
ARCHIVED = ("ua-1", "a-2a")
UNCHANGED = ("qr", "drawing")
# Surrogates, private-use characters, and invisible ones that change the direction of the line.
UNPRINTABLE = {"Cs", "Co", "Cf"}
JOINERS = "\u200c\u200d"  # needed to spell words in the Arabic script
BLANKS = re.compile(r"[ \t\n]+")  # without the no-break spaces


def render(
    template: str,
    data: dict,
    language: str,
    *,
    standards: Sequence[Any] = TAGGED,
    longest: int = MAX_TEXT_CHARS,
) -> bytes:
    """Return the PDF that `template` (“typst/ticket.typ”) makes of `data`, in `language`.

    `data` is anything that JSON can hold. It reaches typst as values, never as source code, so user
    input stays text. `data["title"]` is the title of the document; `data["created"]` (an aware
    datetime or its ISO 8601 text) is its date, so that the same data gives the same bytes. The
    values of the keys `UNCHANGED` are SVGs, from `qr.drawing` or `drawings.drawing`, and are not
    changed. Texts are truncated to `longest` characters. Raise `typst.TypstError` if the template
    cannot use the data.
    """
    created = datetime.fromisoformat(str(data["created"]))
    return compiler(template, data, language, longest).compile(
        format="pdf", pdf_standards=list(standards), timestamp=int(created.timestamp())
    )


def compiler(
    template: str, data: dict, language: str, longest: int = MAX_TEXT_CHARS
) -> typst.Compiler:
    """Return a compiler of one document: threads share only the fonts, which are read-only."""
    return typst.Compiler(
        TEMPLATES / template,
        root=TEMPLATES / "typst",
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": encode_data({**data, "language": language}, longest)},
    )


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])


def encode_data(data: dict, longest: int = MAX_TEXT_CHARS) -> str:
    plain = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    return json.dumps(printable(plain, longest))


def printable(value, longest: int = MAX_TEXT_CHARS):
    """Return `value` with `printable_text` applied to each text, also in lists and dicts."""
    if isinstance(value, str):
        return printable_text(value, longest)
    if isinstance(value, list):
        return [printable(item, longest) for item in value]
    if isinstance(value, dict):
        return {
            key: item if key in UNCHANGED else printable(item, longest)
            for key, item in value.items()
        }
    return value


def printable_text(text: str, longest: int = MAX_TEXT_CHARS) -> str:
    """Return `text` on one line, in NFC, without invisible characters, truncated to `longest`."""
    text = normalize_letters(strip_controls(text))
    seen = (
        character
        for character in BLANKS.sub(" ", text)
        if character in JOINERS or unicodedata.category(character) not in UNPRINTABLE
    )
    text = "".join(seen).strip()
    return text if len(text) <= longest else text[: longest - 1] + "…"
