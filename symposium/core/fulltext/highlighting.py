"""Highlighting of search words in results.

PostgreSQL decides which words match, with the dictionaries of the search. The marks are private-use
characters until the text is escaped and typeset; then they become <mark>.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable

from django.db import connection
from django.utils.safestring import SafeString, mark_safe

from symposium.core.fulltext.query import RARE, strip_marks
from symposium.core.i18n.localized import LANGUAGES
from symposium.core.i18n.typography import typeset

START, END, MARK = "\ue000", "\ue001", "<mark>"
# Characters inside a word: combining accents, Arabic vowel signs, tatweel, soft hyphen.
INSIDE = "\u0300-\u036f\u0640\u064b-\u0655\u0670\u200c\u200d\u00ad"
WORD = re.compile(rf"[^\W_](?:[^\W_]|[{INSIDE}])*")
# “Wi-Fi” also matches “wifi”.
HYPHEN = re.compile("[-‐‑]")
COMPOUND = re.compile(rf"{WORD.pattern}(?:{HYPHEN.pattern}{WORD.pattern})+")
EXTRACT_WORDS = 36  # words
WORDS_BEFORE_MATCH = 8  # words of the extract before the first highlighted one

ARTICLE = re.compile(r"^(?:[وف]?[بك]?(?:ال)+|[وف]?لل)(?=.{3})")
LETTER_FORMS = str.maketrans("أإآٱىةؤئ", "اااايهوي") | RARE


def matching_words(words: list[str], texts: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return, for each language, the words of its `texts` that match one of `words`, in one query.

    `texts` holds pairs of language and text. Only words with the same first letters are sent to
    PostgreSQL, because its dictionaries change only the end of a word.
    """
    beginnings = {prefix_key(word) for word in words}
    asked: dict[tuple[str, str], set[str]] = {}  # words by language and normalised form
    for code, text in texts:
        for word in {*WORD.findall(text), *hyphenated_words(text)}:
            whole = HYPHEN.sub("", word) if HYPHEN.search(word) else word
            if prefix_key(whole) in beginnings:
                asked.setdefault((code, whole.translate(RARE)), set()).add(word)
    answering: dict[str, set[str]] = {code: set() for code in LANGUAGES}
    if asked:
        codes, candidates = zip(*sorted(asked), strict=True)
        tests = " ".join(
            f"WHEN '{code}' THEN symposium_vector_{code}(word) @@ symposium_query_{code}(%s)"
            for code in LANGUAGES
        )
        either = " or ".join(words)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT code, word FROM unnest(%s, %s) AS asked (code, word) "  # noqa: S608
                f"WHERE CASE code {tests} END",
                [list(codes), list(candidates), *[either] * len(LANGUAGES)],
            )
            for code, word in cursor:
                answering[code] |= asked[code, word]
    return answering


def hyphenated_words(text: str) -> list[str]:
    """Return the words of a text that contain a hyphen."""
    if not HYPHEN.search(text):
        return []
    parts = (part for part in text.split() if HYPHEN.search(part))
    return [word for part in parts for word in COMPOUND.findall(part)]


def prefix_key(word: str) -> str:
    """Return the first two letters without case, accents, Arabic article and marks inside words."""
    decomposed = unicodedata.normalize(
        "NFKD", unicodedata.normalize("NFKC", word).translate(LETTER_FORMS)
    )
    return ARTICLE.sub("", strip_marks(decomposed).casefold())[:2]


def highlight(text: str, language: str, answering: set[str]) -> SafeString:
    """Return the text as safe HTML, with the words in `answering` inside <mark>."""
    text = text.replace(START, "").replace(END, "")
    text = word_pattern(answering).sub(
        lambda word: f"{START}{word[0]}{END}" if word[0] in answering else word[0], text
    )
    html = typeset(text, language).replace(START, MARK).replace(END, "</mark>")
    return mark_safe(html)  # noqa: S308 - typeset has escaped the text; the marks are added here


def word_pattern(answering: set[str]) -> re.Pattern:
    """Return a pattern for the words of a text; a hyphenated word in `answering` counts as one."""
    whole = sorted(filter(HYPHEN.search, answering), key=len, reverse=True)
    if not whole:
        return WORD
    return re.compile("|".join([*(rf"{re.escape(one)}(?![^\W_])" for one in whole), WORD.pattern]))


def extract(text: str, language: str, answering: set[str]) -> SafeString:
    """Return the part of a text with the most matching words, highlighted."""
    text = " ".join(text.split())
    words = list(word_pattern(answering).finditer(text))
    places = [number for number, word in enumerate(words) if word[0] in answering]
    first = max(best_start(places) - WORDS_BEFORE_MATCH, 0) if places else 0
    last = min(first + EXTRACT_WORDS, len(words)) - 1
    if last < 0:
        return SafeString("")
    start = words[first].start() if first else 0
    end = words[last].end() if last + 1 < len(words) else len(text)
    part = f"{'… ' if first else ''}{text[start:end]}{' …' if last + 1 < len(words) else ''}"
    return highlight(part, language, answering)


def best_start(places: list[int]) -> int:
    """Return the first of the sorted `places` that has the most others shortly after it."""
    within = EXTRACT_WORDS - WORDS_BEFORE_MATCH
    counts = [bisect_left(places, at + within) - number for number, at in enumerate(places)]
    return places[counts.index(max(counts))]
