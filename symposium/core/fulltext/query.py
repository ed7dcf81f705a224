"""What a reader types into a search, made into what PostgreSQL looks for.

The signs are those of web searches: words that must all be there, "a phrase", or between two
choices, -minus before what must not be. The configurations and the letters they make one are those
of `core/sql/texts.sql`, the table `symposium_search` is that of `search/sql/`.
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
TRADEMARKS = str.maketrans("™℠", "  ")  # NFKC would make them letters of the word before
# Letters of the Maghreb, Persian and Urdu, and the figures of both, as the texts are read.
RARE = str.maketrans(
    "گڭݣکڪڤڥڢڧڨیېےەہھۀۃپچژ" "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹",
    "كككككفففققيييهههههبجز" "01234567890123456789",
)  # fmt: skip
# Between two words; capitals in French, where « ou » is in many a title.
OR = {"or", "OR", "OU", "أو"}


@dataclass(frozen=True)
class SearchQuery:
    """What must be there and what must not: words and "phrases", as PostgreSQL reads them.

    `wanted` may hold « or » between two of them.
    """

    wanted: str
    unwanted: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """Each word looked for, once."""
        bare = self.wanted.replace('"', " ").split()
        return list(dict.fromkeys(word for word in bare if word != "or"))

    def with_words(self, better: dict[str, str]) -> str:
        """What one would type to ask the same with some words in place of others."""
        wanted = WORD.sub(lambda word: better.get(word[0], word[0]), self.wanted)
        return " ".join([wanted, *(f"-{part}" for part in self.unwanted)])

    def condition(self) -> tuple[str, list[str]]:
        """SQL that is true of a row of `symposium_search`, and its parameters.

        A text answers in one language; what is not wanted must be in none. A language where all
        the words are too common to be looked for answers nothing: « AI » is also a French verb.
        """
        sql, parameters = words_match_sql(self.wanted)
        if self.unwanted:
            unsaid, more = words_match_sql(" or ".join(self.unwanted))
            sql, parameters = f"{sql} AND NOT {unsaid}", [*parameters, *more]
        return sql, parameters

    def queries(self) -> tuple[list[str], list[str]]:
        """What PostgreSQL looks for, and what it must not find, in each language: one query.

        Empty where a language has only words too common to be looked for.
        """
        calls = [f"symposium_query_{code}(%s)::text" for code in LANGUAGES]
        asked = [self.wanted] * len(LANGUAGES) + [" or ".join(self.unwanted)] * len(LANGUAGES)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(calls + calls)}", asked)
            row = list(cursor.fetchone())
        return row[: len(LANGUAGES)], row[len(LANGUAGES) :]

    def found(self, kind: str) -> RawSQL:
        """The primary keys of the things of a kind that answer, public or not."""
        condition, parameters = self.condition()
        return RawSQL(  # noqa: S611 - the condition is written above
            f"SELECT id FROM symposium_search WHERE kind = %s AND {condition}",  # noqa: S608
            [kind, *parameters],
        )


def words_match_sql(words: str) -> tuple[str, list[str]]:
    """SQL: a row says these words in one of the languages."""
    return query_match_sql("%s"), [words] * len(LANGUAGES)


def query_match_sql(words: str) -> str:
    """SQL: a row of `symposium_search` says, in one of the languages, what an expression asks."""
    return f"({' OR '.join(f'search_{c} @@ symposium_query_{c}({words})' for c in LANGUAGES)})"


def parse(text: str) -> SearchQuery:
    """Read what was typed, at most `LONGEST` characters of it; it never fails."""
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
    """A word, or a phrase of the words that its signs divide: « smart-city », « l’eau »."""
    words = NO_LETTER.sub(" ", strip_marks(text)).split()
    # Quoted, « or » is a word like another.
    return words[0] if len(words) == 1 and words[0].lower() != "or" else phrase(words)


def phrase(words: list[str]) -> str:
    return f'"{" ".join(words)}"' if words else ""


def trim_or(parts: list[str]) -> list[str]:
    """Without an « or » that stands at an end or twice."""
    kept: list[str] = []
    for part in parts:
        if part != "or" or (kept and kept[-1] != "or"):
            kept.append(part)
    return kept[:-1] if kept and kept[-1] == "or" else kept


def strip_marks(text: str) -> str:
    """Without what is no letter of its own: vowel signs, tatweel, marks that nobody sees."""
    return "".join(
        character
        for character in text
        if character != "\u0640" and unicodedata.category(character) not in ("Mn", "Cf")
    )


# Names and titles, searched as they are typed


class FoldedText(Func):
    """A text without case, accents and apostrophes, the forms of its Arabic letters made one."""

    function = "symposium_folded"
    output_field = TextField()


class NormalizedName(Func):
    """A name whose twins differ in case, spaces, hyphens, apostrophes or Unicode form alone."""

    function = "symposium_same"
    output_field = TextField()


def typed_words(text: str) -> list[str]:
    """The words of a search in lists, without the signs around them; the longest is the rarest."""
    words = (EDGES.sub("", word) for word in text.split())
    return sorted(filter(None, words), key=len, reverse=True)


def containing(queryset: QuerySet, word: str, fields: list[str]) -> QuerySet:
    """Those of a queryset that have `word` in one of the `fields`, however it is typed."""
    groups: dict[str, list[F]] = {}
    for field in fields:
        groups.setdefault(field.rpartition("__")[0], []).append(F(field))
    texts = {
        f"text_{number}": FoldedText(Func(Value(" "), *group, function="CONCAT_WS"))
        for number, group in enumerate(groups.values())
    }
    said = (Q(**{f"{name}__contains": FoldedText(Value(word))}) for name in texts)
    return queryset.alias(**texts).filter(reduce(or_, said))
