"""Letters of an index: names under A, B, C, and under أ, ب, ت on an Arabic page."""

import re
import unicodedata
from functools import cache

from symposium.core.i18n.names import ONE_FORM
from symposium.core.i18n.typography import RTL_LANGUAGES

LETTERS = {"Lu", "Ll", "Lo"}  # Unicode categories
# The base letter of ł, ø, œ, which have no decomposition.
LATIN = re.compile(r"LATIN SMALL (?:LETTER|LIGATURE) (?:DOTLESS |OPEN )?([A-Z])")
BASES = {"ə": "E", "ŋ": "N"}  # letters whose names do not begin with their base letter
GLOTTALS = {"ʔ", "ʕ"}  # hamza and ayn of a transcription: letters in Unicode, but none of an index
NO_LETTER = "#"


def index_letter(key: str) -> str:
    """Return the letter under which an index lists a text with this `sort_key`, or "#".

    Accents, strokes and the Arabic article do not matter; all forms of alif are one letter.
    """
    letters = (sign for sign in key if unicodedata.category(sign) in LETTERS)
    return base_letter(next((sign for sign in letters if sign not in GLOTTALS), NO_LETTER))


@cache
def base_letter(letter: str) -> str:
    letter = letter.translate(ONE_FORM)
    if letter in BASES:
        return BASES[letter]
    latin = LATIN.match(unicodedata.name(letter, ""))
    return latin[1] if latin else letter.upper()


def index_key(letter: str, language: str) -> tuple[bool, bool, str]:
    """Return a sort key of `letter`: the script of `language` first, what has no letter last."""
    is_rtl = unicodedata.bidirectional(letter) in ("AL", "R")
    return letter == NO_LETTER, is_rtl != (language in RTL_LANGUAGES), letter
