"""Typography of each language, applied when a page is rendered and never stored.

French: Imprimerie nationale, « Lexique des règles typographiques », no-break spaces.
"""

import re
import unicodedata
from functools import lru_cache

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

NARROW, WIDE = "\u202f", "\u00a0"
RTL_LANGUAGES = {"ar"}

# The text is already escaped: the semicolon of “&amp;” and “&#x27;” is not punctuation.
HIGH = re.compile(r"(?<=[^\s\u202f\u00a0]) ([;!?»])")
COLON = re.compile(r"(?<=[^\s\u202f\u00a0]) :")
OPENING = re.compile(r"« ")
# Characters not allowed in iCalendar and XML, where line and paragraph separators become newlines.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
SEPARATORS = re.compile("[\u2028\u2029]")
# Invisible characters that records must not contain: soft hyphens, direction marks, zero-width
# joins. U+200C and U+200D stay, because Persian and Arabic spelling needs them.
MARKS = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# Ligatures and presentation forms, as pasted from a PDF; not the ones that stand for whole words.
DRAWN = re.compile("[\ufb00-\ufb17\ufb50-\ufdf1\ufdf3-\ufdf9\ufdfb\ufe70-\ufefc]+")
# A name such as COVID-19 is not broken at its hyphen, nor hours at their dash.
UNBROKEN = re.compile(r"\b[A-Z]{2,}-\d+\b|\b\d\d:\d\d–\d\d:\d\d\b")


def direction(language: str) -> str:
    return "rtl" if language in RTL_LANGUAGES else "ltr"


def french_spaces(text: str) -> str:
    """Return `text` with the no-break spaces of French punctuation."""
    text = HIGH.sub(NARROW + r"\1", text)
    text = COLON.sub(WIDE + ":", text)
    return OPENING.sub("«" + NARROW, text)


def typeset(text: str, language: str) -> SafeString:
    """Return `text` as safe HTML, escaped, with the typography of `language`."""
    return typeset_once(text if isinstance(text, SafeString) else str(text), language)


@lru_cache(maxsize=4096, typed=True)  # typed: a SafeString is not escaped, a str is
def typeset_once(text: str, language: str) -> SafeString:
    html = str(conditional_escape(text)).replace(" · ", f"{WIDE}· ")  # no line starts with a dot
    if language == "fr":
        html = french_spaces(html)
    return mark_safe(UNBROKEN.sub(r'<span class="nowrap">\g<0></span>', html))  # noqa: S308


def strip_controls(text: str | None) -> str:
    """Return `text` (None as "") with only characters allowed in iCalendar, JSON and XML."""
    return CONTROLS.sub("", SEPARATORS.sub("\n", text or ""))


def strip_invisible(text: str) -> str:
    return MARKS.sub("", text)


def normalize_letters(text: str) -> str:
    """Return `text` in NFC, with ligatures spelt out: “ﬁ” becomes “f” and “i”."""
    spelt = DRAWN.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return unicodedata.normalize("NFC", spelt)
