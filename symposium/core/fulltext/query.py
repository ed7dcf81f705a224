"""Parsing of search queries, and their translation for PostgreSQL.

The syntax is that of web searches: all words are required, "a phrase", `or` between two choices,
-minus before an excluded word. `core/sql/texts.sql` defines the text search configurations and the
letters that are considered equal, `search/sql/` the table `symposium_search`.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL

from symposium.core.i18n.localized import LANGUAGES

MAX_QUERY_CHARS = 200
PART = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
QUOTES = str.maketrans("“”„«»", '"""""')
WORD = re.compile(r'[^\s"]+')
NO_LETTER = re.compile(r"[\W_]+")
EDGES = re.compile(r"^[\W_]+|[\W_]+$")
TRADEMARKS = str.maketrans("™℠", "  ")  # NFKC would join them as letters to the word before
# Letters of the Maghreb, Persian and Urdu, and Arabic and Persian digits, as in the indexed texts.
RARE = str.maketrans(
    "گڭݣکڪڤڥڢڧڨیېےەہھۀۃپچژ" "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹",
    "كككككفففققيييهههههبجز" "01234567890123456789",
)  # fmt: skip
# The operator between two choices; in French in capitals only, since many titles contain “ou”.
OR = {"or", "OR", "OU", "أو"}


@dataclass(frozen=True)
class SearchQuery:
    """Parsed query: required and excluded words and "phrases", in the syntax of PostgreSQL.

    `wanted` may contain “or” between two of them.
    """

    wanted: str
    unwanted: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """Return the required words, each once."""
        bare = self.wanted.replace('"', " ").split()
        return list(dict.fromkeys(word for word in bare if word != "or"))

    def with_words(self, better: dict[str, str]) -> str:
        """Return the query as a user would type it, with words replaced: `{word: better word}`."""
        wanted = WORD.sub(lambda word: better.get(word[0], word[0]), self.wanted)
        return " ".join([wanted, *(f"-{part}" for part in self.unwanted)])

    def condition(self) -> tuple[str, list[str]]:
        """Return an SQL condition on rows of `symposium_search`, and its parameters.

        All required words must match in one language; excluded words must match in none. A language
        in which every word is a stop word matches nothing: “AI” is also a French verb.
        """
        sql, parameters = words_match_sql(self.wanted)
        if self.unwanted:
            unsaid, more = words_match_sql(" or ".join(self.unwanted))
            sql, parameters = f"{sql} AND NOT {unsaid}", [*parameters, *more]
        return sql, parameters

    def queries(self) -> tuple[list[str], list[str]]:
        """Return the required and the excluded tsqueries, each a list by language, in one query.

        A tsquery is empty if all its words are stop words in that language.
        """
        calls = [f"symposium_query_{code}(%s)::text" for code in LANGUAGES]
        asked = [self.wanted] * len(LANGUAGES) + [" or ".join(self.unwanted)] * len(LANGUAGES)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(calls + calls)}", asked)
            row = list(cursor.fetchone())
        return row[: len(LANGUAGES)], row[len(LANGUAGES) :]

    def found(self, kind: str) -> RawSQL:
        """Return the primary keys of the matching objects of a kind, public or not."""
        condition, parameters = self.condition()
        return RawSQL(  # noqa: S611 - `condition()` holds no user input
            f"SELECT id FROM symposium_search WHERE kind = %s AND {condition}",  # noqa: S608
            [kind, *parameters],
        )


def words_match_sql(words: str) -> tuple[str, list[str]]:
    """Return an SQL condition, and its parameters, that `words` match in one of the languages."""
    return query_match_sql("%s"), [words] * len(LANGUAGES)


def query_match_sql(words: str) -> str:
    """Return an SQL condition that the SQL expression `words` matches in one of the languages."""
    return f"({' OR '.join(f'search_{c} @@ symposium_query_{c}({words})' for c in LANGUAGES)})"


def parse(text: str) -> SearchQuery:
    """Parse the first MAX_QUERY_CHARS characters of `text`. Any text is valid."""
    text = text[:MAX_QUERY_CHARS].translate(TRADEMARKS)
    text = unicodedata.normalize("NFKC", text).translate(QUOTES | RARE)
    wanted: list[str] = []
    unwanted: list[str] = []
    for part in PART.finditer(text):
        word = part["word"]
        if word in OR and not part["minus"]:
            wanted.append("or")
        elif quoted := quote(word if part["phrase"] is None else part["phrase"]):
            (unwanted if part["minus"] else wanted).append(quoted)
    return SearchQuery(" ".join(trim_or(wanted)), tuple(unwanted))


def quote(text: str) -> str:
    """Return a word, or a phrase if punctuation divides the text: “smart-city”, “l’eau”."""
    words = NO_LETTER.sub(" ", strip_marks(text)).split()
    # A quoted “or” is an ordinary word.
    return words[0] if len(words) == 1 and words[0].lower() != "or" else phrase(words)


def phrase(words: list[str]) -> str:
    return f'"{" ".join(words)}"' if words else ""


def trim_or(parts: list[str]) -> list[str]:
    """Return the parts without any “or” at either end or after another “or”."""
    kept: list[str] = []
    for part in parts:
        if part != "or" or (kept and kept[-1] != "or"):
            kept.append(part)
    return kept[:-1] if kept and kept[-1] == "or" else kept


def strip_marks(text: str) -> str:
    """Return `text` without vowel signs, tatweel and invisible marks."""
    return "".join(
        character
        for character in text
        if character != "\u0640" and unicodedata.category(character) not in ("Mn", "Cf")
    )


# Search of names and titles on the desk


class FoldedText(Func):
    """Text without case, accents and apostrophes, with variants of Arabic letters unified."""

    function = "symposium_folded"
    output_field = TextField()


class NormalizedName(Func):
    """Name without case, spaces, hyphens, apostrophes and Unicode form, to find duplicates."""

    function = "symposium_same"
    output_field = TextField()


def typed_words(text: str) -> list[str]:
    """Return the words of `text` without outer punctuation, the longest (and rarest) first."""
    words = (EDGES.sub("", word) for word in text.split())
    return sorted(filter(None, words), key=len, reverse=True)


def containing(queryset: QuerySet, word: str, fields: list[str]) -> QuerySet:
    """Return the rows that contain `word`, folded, in one of the `fields`."""
    groups: dict[str, list[F]] = {}
    for field in fields:
        groups.setdefault(field.rpartition("__")[0], []).append(F(field))
    texts = {
        f"text_{number}": FoldedText(Func(Value(" "), *group, function="CONCAT_WS"))
        for number, group in enumerate(groups.values())
    }
    said = (Q(**{f"{name}__contains": FoldedText(Value(word))}) for name in texts)
    return queryset.alias(**texts).filter(reduce(or_, said))
