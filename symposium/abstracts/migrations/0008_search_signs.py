# ruff: noqa: S608 - all that is put together here is written here
"""A sign glued to a word ends it, and rare letters are those that they stand for.

The server's parser of texts takes any sign outside ASCII for a letter where the database's ctype is
C, and not where it is C.UTF-8: `symposium_words` leaves it nothing but letters, figures and spaces,
by the rule of `symposium.core.fulltext.query.quote`. `symposium_readable` is what is read of a text;
`symposium_folded` is what the desk searches by.
"""

import importlib
import re
import unicodedata
from collections.abc import Callable

from django.contrib.postgres.operations import CreateExtension
from django.db import migrations

# What stands inside a word and is dropped: marks, which NFKC has left apart, and what nobody sees.
INVISIBLE = ("Mn", "Cf")
TATWEEL = "\u0640"
# NFKC would make letters of these, glued to the word before them.
TRADEMARKS = "™℠"
# Letters of the Maghreb, Persian and Urdu, and the figures of both.
RARE = {
    **dict.fromkeys("گڭݣکڪ", "ك"), **dict.fromkeys("ڤڥڢ", "ف"), **dict.fromkeys("ڧڨ", "ق"),
    **dict.fromkeys("یېے", "ي"), **dict.fromkeys("ەہھۀۃ", "ه"), "پ": "ب", "چ": "ج", "ژ": "ز",
    **{chr(zero + n): str(n) for zero in (0x660, 0x6F0) for n in range(10)},
}  # fmt: skip


def is_inside(character: str) -> bool:
    return character == TATWEEL or unicodedata.category(character) in INVISIBLE


def is_sign(character: str) -> bool:
    return not character.isalnum() and not is_inside(character)


def bracket(is_one: Callable[[str], bool], passed: Callable[[str], bool]) -> str:
    """A regular expression for some characters; those that are `passed` may be in it or not.

    Written out, since what PostgreSQL calls a letter depends on the locale. Beyond the first two
    planes there are Chinese letters; the rest is named where it is used.
    """
    parts, first, last = [], 0, 0
    for code in range(1, 0x20001):
        if never_there(chr(code)) or passed(chr(code)):
            continue
        if is_one(chr(code)):
            first, last = first or code, code
        elif first:
            parts.append(f"\\U{first:08x}-\\U{last:08x}")
            first = 0
    return "".join(parts)


def never_there(character: str) -> bool:
    """Unassigned, half of a pair, or made another one by NFKC."""
    category = unicodedata.category(character)
    return category in ("Cn", "Cs") or unicodedata.normalize("NFKC", character) != character


def one_form(text: str, forms: dict[str, str]) -> str:
    for form, letter in forms.items():
        text = f"replace({text}, '{form}', '{letter}')"
    return text


# Apostrophes, and what `unaccent` leaves inside a word.
DROPPED = "['`´ʾʿ\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\u0640\\u064b-\\u0655\\u0670]+"
FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION symposium_words(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(regexp_replace(normalize({one_form("$1", dict.fromkeys(TRADEMARKS, " "))}, NFKC),
    $mark$[{bracket(is_inside, lambda one: False)}\\U000e0000-\\U000e01ef]+$mark$, '', 'g'),
    $mark$[{bracket(is_sign, is_inside)}\\U000f0000-\\U0010ffff]+$mark$, ' ', 'g');

-- Of what is looked for on the desk: without case, accents, apostrophes, forms of a letter.
CREATE FUNCTION symposium_folded(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN symposium_one_form(regexp_replace(
    replace(unaccent('unaccent'::regdictionary, {one_form("$1", RARE)}), '-', ' '),
    $mark${DROPPED}$mark$, '', 'g'));
"""
# What is read of a text, once as it is written: rare letters as `symposium.core.fulltext.query.RARE`, then its
# words with a hyphen as one too, « Wi-Fi » being « wifi ».
READABLE = rf"""
CREATE FUNCTION symposium_readable(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN {one_form("$1", RARE)}
    || (SELECT coalesce(string_agg(' ' || regexp_replace(word, '[-‐‑]', '', 'g'), ''), '')
    FROM regexp_split_to_table({one_form("$1", RARE)}, '\s+') AS word
    WHERE word ~ '[^-‐‑][-‐‑][^-‐‑]');

CREATE OR REPLACE FUNCTION symposium_search_words(text) RETURNS SETOF text LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
    SELECT word FROM regexp_split_to_table(lower(symposium_words({one_form("$1", RARE)})), '\s+')
    AS word WHERE length(word) BETWEEN 3 AND 40;
END;
"""
SEARCH = importlib.import_module("symposium.abstracts.migrations.0006_search")
READ = SEARCH.READ.partition("CREATE TRIGGER")[0].replace("CREATE", "CREATE OR REPLACE", 1)
READ_ONCE = re.sub(r"(symposium_vector_\w+)\((NEW\.\w+)\)", r"\1(symposium_readable(\2))", READ)
WORDS_AS_WRITTEN = (
    SEARCH.WORDS.partition("CREATE FUNCTION symposium_search_words_insert")[0]
).replace("CREATE", "CREATE OR REPLACE", 1)
# A word that was mistyped is mended by the nearest; one that is known was not.
WORDS = "CREATE INDEX symposium_search_word_same ON symposium_search_word (plain)"
# Each text is read anew: it holds other words.
FILL = """
SET LOCAL statement_timeout = 0;
TRUNCATE symposium_search, symposium_search_word;
""" + "".join(
    f"SELECT symposium_search_{kind}(ARRAY(SELECT id FROM {table}));"
    for kind, table in {
        "abstract": "symposium_abstracts_abstract",
        "session": "symposium_sessions_session",
        "speaker": "symposium_speakers_speaker",
        "page": "symposium_editions_page",
        "keyword": "symposium_abstracts_keyword",
    }.items()
)


class Migration(migrations.Migration):
    dependencies = [("symposium_abstracts", "0007_clicks")]

    operations = [
        CreateExtension("fuzzystrmatch"),
        migrations.RunSQL([FUNCTIONS], "DROP FUNCTION symposium_folded"),
        migrations.RunSQL(
            [READABLE + READ_ONCE], [READ + WORDS_AS_WRITTEN + "DROP FUNCTION symposium_readable"]
        ),
        migrations.RunSQL([WORDS], "DROP INDEX symposium_search_word_same"),
        migrations.RunSQL([FILL], migrations.RunSQL.noop),
    ]
