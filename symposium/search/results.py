"""Search in the public content of one edition, in PostgreSQL alone.

`core/fulltext/query.py` parses the query. The table `symposium_search` has the words of each object
and the time from which the public may find it. This module ranks and presents the results.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from symposium.abstracts.models import Keyword
from symposium.core.fulltext import highlighting
from symposium.core.fulltext.query import SearchQuery, parse, query_match_sql
from symposium.core.i18n.localized import LANGUAGES, in_each_language
from symposium.core.i18n.markdown import to_text
from symposium.editions.models import Edition

PREVIEW_SIZE = 20
PAGE_SIZE = 100
MAX_CORRECTED_WORDS = 5  # words of a query
CANDIDATES_PER_WORD = 10  # possible corrections of a word
SUGGESTION_THRESHOLD = 5  # results in the reader's language; with fewer, a word may be mistyped


@dataclass(frozen=True)
class Kind:
    """Kind of object: its heading, and a function from an edition to the queryset to show."""

    label: str | Promise
    shown: Callable[[Edition], QuerySet]


# In the order of the page. Keywords belong to all editions: `PUBLIC_SQL` finds those in use.
KINDS = {
    "abstract": Kind(
        _("Abstracts"),
        lambda edition: edition.abstracts.published().defer(*in_each_language("text")),
    ),
    "keyword": Kind(_("Keywords"), lambda edition: Keyword.objects.all()),
    "session": Kind(
        _("Sessions"),
        lambda edition: (
            edition.sessions.published()
            .with_relations()
            .defer("period", "allowed_period", *in_each_language("description"))
        ),
    ),
    "room": Kind(_("Rooms"), lambda edition: edition.rooms.published()),
    "speaker": Kind(_("Speakers"), lambda edition: edition.speakers.published().for_list()),
    "news": Kind(
        _("News"),
        lambda edition: edition.news.published().defer(*in_each_language("body")),
    ),
    "page": Kind(
        _("Pages"),
        lambda edition: edition.pages.published().defer(*in_each_language("body")),
    ),
}
IN_MARKDOWN = {"news", "page"}  # kinds
MATCH_LABELS = {
    "fr": _("Results in French"),
    "en": _("Results in English"),
    "ar": _("Results in Arabic"),
}
MAX_COUNT = 1000  # objects with a word; further ones are not counted
MAX_WORD_CHARS = 40  # letters, as in `symposium_search_word`
MAX_EDITS = "least(length(mistyped.plain) / 3, 3)"  # letters
# Of words that differ only in accents, French prefers the one with accents.
SPELLING = {"fr": "octet_length(word) DESC", "en": "octet_length(word)", "ar": "word"}
# SQL condition: the public may find this row of `symposium_search` in an edition at a time.
PUBLIC_SQL = """
    (symposium_search.edition_id = %(edition)s AND symposium_search.public_from <= %(now)s
     OR symposium_search.kind = 'keyword' AND EXISTS (
        SELECT FROM symposium_abstracts_abstractkeyword used
        JOIN symposium_search abstract
        ON abstract.kind = 'abstract' AND abstract.id = used.abstract_id
        WHERE used.keyword_id = symposium_search.id
        AND abstract.edition_id = %(edition)s AND abstract.public_from <= %(now)s))
    AND (SELECT is_published FROM symposium_editions_edition WHERE id = %(edition)s)
"""


@dataclass(frozen=True)
class SearchRow:
    """Row of the search: an object and its texts by language.

    `answers` says in which languages it matches, `total` how many results of this kind there are;
    `also` has names or other short texts.
    """

    kind: str
    id: int
    total: int
    answers: dict[str, bool]
    titles: dict[str, str]
    also: dict[str, str]
    bodies: dict[str, str]

    def texts(self, code: str) -> tuple[str, str, str]:
        """Return title, names and body in a language, as plain text."""
        body = to_text(self.bodies[code]) if self.kind in IN_MARKDOWN else self.bodies[code]
        return self.titles[code], self.also[code], body

    def language(self, reader: str) -> str:
        """Return the language to show: the reader's if the row matches in it, or one that matches.

        If none matches with a title, return the first language with a title.
        """
        order = [reader, *LANGUAGES]
        answering = [code for code in order if self.answers[code] and self.titles[code]]
        return (answering or [code for code in order if self.titles[code]])[0]


@dataclass(frozen=True)
class SearchResult:
    """Result as the page shows it; the texts are safe HTML with the matching words marked."""

    thing: object
    url: str
    language: str
    title: SafeString
    also: SafeString
    extract: SafeString

    @property
    def language_label(self) -> str | Promise:
        return MATCH_LABELS[self.language]


@dataclass(frozen=True)
class Group:
    kind: str
    total: int
    hits: list[SearchResult]

    @property
    def label(self) -> str | Promise:
        return KINDS[self.kind].label


@dataclass(frozen=True)
class Results:
    question: SearchQuery
    groups: list[Group] = field(default_factory=list)
    suggestion: str = ""
    # Whether the query found nothing: the groups are then the results of the suggestion.
    is_mended: bool = False

    @property
    def total(self) -> int:
        return sum(group.total for group in self.groups)

    @property
    def languages(self) -> set[str]:
        """Languages of the results on this page."""
        return {hit.language for group in self.groups for hit in group.hits}


def search(edition: Edition, q: str, language: str, *, kind: str = "", page: int = 1) -> Results:
    """Search `edition` for the query `q`, for a reader of `language`.

    Without `kind`, return the best PREVIEW_SIZE of each kind; with it, all, PAGE_SIZE per page.
    """
    question = parse(q)
    if not question.wanted:
        return Results(question)
    kinds, size = ([kind], PAGE_SIZE) if kind in KINDS else (list(KINDS), PREVIEW_SIZE)
    found = rows(edition, question, kinds, size, (page - 1) * size, reader=language)
    if page > 1 or sum(row.answers[language] for row in found) >= SUGGESTION_THRESHOLD:
        return Results(question, build_groups(edition, question, found, language))
    meant = suggestion(edition, question, language, is_found=bool(found))
    if found or not meant:
        return Results(question, build_groups(edition, question, found, language), meant)
    mended = parse(meant)
    found = rows(edition, mended, kinds, size, reader=language)
    if not found:
        return Results(question)
    return Results(question, build_groups(edition, mended, found, language), meant, is_mended=True)


def rows(
    edition: Edition,
    question: SearchQuery,
    kinds: Iterable[str],
    limit: int,
    offset: int = 0,
    *,
    reader: str,
) -> list[SearchRow]:
    """Return the best rows of each kind; matches in the reader's language come first.

    A query for the rows in the reader's language costs as much again. It runs only if the limit may
    have cut off such a row.
    """
    asked = SearchStatement.of(edition, question, kinds, limit, offset)
    if not any(asked.wanted.values()):
        return []
    found = asked.best(LANGUAGES, first=reader if offset else "")
    totals = {row.kind: row.total for row in found}
    if offset or all(row.answers[reader] or row.total <= limit for row in found):
        return found
    own = [replace(row, total=totals[row.kind]) for row in asked.best([reader])]
    merged = own + [row for row in found if not row.answers[reader]]
    return [row for kind in totals for row in [r for r in merged if r.kind == kind][:limit]]


@dataclass(frozen=True)
class SearchStatement:
    """Query on `symposium_search`: required and excluded tsqueries by language, and parameters."""

    wanted: dict[str, str]
    unwanted: dict[str, str]
    parameters: dict

    @classmethod
    def of(
        cls, edition: Edition, question: SearchQuery, kinds, limit: int, offset: int
    ) -> "SearchStatement":
        wanted, unwanted = (dict(zip(LANGUAGES, one, strict=True)) for one in question.queries())
        return cls(wanted, unwanted, {
            **{f"wanted_{code}": query for code, query in wanted.items()},
            **{f"unwanted_{code}": query for code, query in unwanted.items()},
            "either": " | ".join(f"({query})" for query in dict.fromkeys(wanted.values()) if query),
            **public_params(edition), "kinds": list(kinds), "limit": limit, "offset": offset,
        })  # fmt: skip

    def best(self, languages: list[str], *, first: str = "") -> list[SearchRow]:
        """Return the first rows of each kind that match in one of `languages`.

        Rows that match in the language `first` come first, then by rank of titles and names, then
        the newest.
        """
        answers = {code: f"search_{code} @@ %(wanted_{code})s::tsquery" for code in LANGUAGES}
        said = " OR ".join(answers[code] for code in languages)
        if len(languages) > 1 and all("<" in query for query in self.wanted.values() if query):
            # The index cannot match phrases: PostgreSQL reads the texts, here of one language each.
            parts = " UNION ALL ".join(matching_sql(answers[code]) for code in languages)
            said = f"(kind, id) IN ({parts})"
        is_first = f"(kind, id) IN ({matching_sql(answers[first])})" if first else "true"
        texts = [f"{part}_{code}" for part in ("title", "also", "body") for code in LANGUAGES]
        unsaid = " OR ".join(f"search_{code} @@ %(unwanted_{code})s::tsquery" for code in LANGUAGES)
        without = (
            f"(kind, id) NOT IN ({matching_sql(unsaid)})" if any(self.unwanted.values()) else "true"
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"""WITH answering AS MATERIALIZED (
                    SELECT kind, id, public_from, {is_first} AS is_first,
                        ts_rank(heads, %(either)s::tsquery) AS near
                    FROM symposium_search
                    WHERE ({said}) AND {PUBLIC_SQL} AND kind = ANY (%(kinds)s) AND {without}
                )
                SELECT kind, id, total, {", ".join([*answers.values(), *texts])}
                FROM (SELECT kind, count(*) AS total FROM answering GROUP BY kind) AS counted
                CROSS JOIN LATERAL (
                    SELECT id, is_first, near FROM answering WHERE answering.kind = counted.kind
                    ORDER BY is_first DESC, near DESC, public_from DESC, id
                    LIMIT %(limit)s OFFSET %(offset)s
                ) AS best JOIN symposium_search USING (kind, id)
                ORDER BY is_first DESC, near DESC, public_from DESC, id""",  # noqa: S608
                self.parameters,
            )
            return [read_row(row) for row in cursor]


def matching_sql(condition: str) -> str:
    return f"SELECT kind, id FROM symposium_search WHERE {condition}"  # noqa: S608


def public_params(edition: Edition) -> dict:
    """Return the parameters of `PUBLIC_SQL`."""
    return {"edition": edition.pk, "now": timezone.now()}


def read_row(row: tuple) -> SearchRow:
    kind, pk, total, *rest = row
    size = len(LANGUAGES)
    parts = [
        dict(zip(LANGUAGES, rest[n : n + size], strict=True)) for n in range(0, 4 * size, size)
    ]
    return SearchRow(kind, pk, total, *parts)


def build_groups(
    edition: Edition, question: SearchQuery, found: list[SearchRow], reader: str
) -> list[Group]:
    order = [reader, *LANGUAGES]
    shown = [(row, row.language(reader)) for row in found]
    shown.sort(key=lambda one: order.index(one[1]))  # one language after the other
    marks = highlighting.matching_words(
        question.words, ((code, text) for row, code in shown for text in row.texts(code))
    )
    things = {
        kind: KINDS[kind].shown(edition).in_bulk([row.id for row in found if row.kind == kind])
        for kind in KINDS
        if any(row.kind == kind for row in found)
    }
    return [
        Group(
            kind,
            next(row.total for row in found if row.kind == kind),
            [
                build_result(row, code, things[kind][row.id], edition, marks[code], reader)
                for row, code in shown
                # The object may have been deleted in between.
                if row.kind == kind and row.id in things[kind]
            ],
        )
        for kind in things
    ]


def build_result(
    row: SearchRow, code: str, thing, edition: Edition, marks: set[str], reader: str
) -> SearchResult:
    title, also, body = row.texts(code)
    title, also = (highlighting.highlight(text, code, marks) for text in (title, also))
    extract = highlighting.extract(body, code, marks)
    parts = [(row.titles, title), (row.also, also), (row.bodies, extract)]
    saying = [texts for texts, html in parts if highlighting.MARK in html]
    return SearchResult(
        thing, result_url(row, code, thing, edition, saying, reader), code, title, also, extract
    )


def result_url(
    row: SearchRow, code: str, thing, edition: Edition, saying: list[dict], reader: str
) -> str:
    """Return the URL of a page that shows the match, in the reader's language if possible.

    `saying` lists the texts (title, names, body) with a match in the language `code`; each is a
    dict by language.
    """
    two_texts = row.bodies[reader] and row.bodies[code]
    order = [reader, getattr(thing, "record_language", reader), *LANGUAGES]
    elsewhere = [
        texts
        for texts in saying
        if next(texts[one] for one in order if texts[one]) != texts[code]
        and not (row.kind == "keyword" and texts is row.titles)  # its page shows all names
    ]
    if not elsewhere:
        language, query = reader, ""
    elif row.kind == "abstract" and row.also not in elsewhere and two_texts:
        language, query = reader, f"?with={code}"
    else:
        language, query = code, ""
    with translation.override(language):
        if row.kind == "keyword":
            return reverse("abstracts:keyword", args=[edition.slug, thing.slug])
        return f"{thing.get_absolute_url()}{query}"


# Did you mean


def suggestion(edition: Edition, question: SearchQuery, reader: str, *, is_found: bool) -> str:
    """Return the query with each mistyped word replaced by the nearest existing one, or "".

    If there are results (`is_found`), return a suggestion only if it finds something too.
    """
    nearest = nearest_words(
        edition, question.words[:MAX_CORRECTED_WORDS], reader, is_found=is_found
    )
    better = question.with_words(nearest) if nearest else ""
    is_sure = not is_found or (len(question.words) == 1 and not question.unwanted)
    return better if is_sure or rows(edition, parse(better), KINDS, 1, reader=reader) else ""


def nearest_words(
    edition: Edition, words: list[str], reader: str, *, is_found: bool
) -> dict[str, str]:
    """Return `{mistyped word: nearest word in edition}`.

    A word is mistyped if it is in no title or name; without results (`is_found` is False), also if
    it finds nothing. Stop words of any language are never mistyped. The nearest word has the fewest
    changed letters; of equally near ones, most objects have it in the reader's language.
    """
    looked_for = " AND ".join(f"numnode(symposium_query_{code}(word)) > 0" for code in LANGUAGES)
    uses = count_sql(f"search_{reader} @@ symposium_query_{reader}(word)")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH typed AS MATERIALIZED (
                SELECT word, symposium_plain(word) AS plain FROM unnest(%(words)s) AS word
                WHERE length(word) <= {MAX_WORD_CHARS} AND {looked_for}
            ), mistyped AS MATERIALIZED (
                SELECT word, plain, {uses} AS uses FROM typed
                WHERE NOT EXISTS (SELECT FROM symposium_search_word known
                                  WHERE known.plain = typed.plain)
                {"" if is_found else f"OR NOT {word_exists_sql('word')}"}
            ), near AS MATERIALIZED (
                SELECT mistyped.word AS typed, mistyped.uses AS typed_uses, one.*
                FROM mistyped CROSS JOIN LATERAL (
                    SELECT (array_agg(word ORDER BY {SPELLING[reader]}, word))[1] AS word,
                        levenshtein(plain, mistyped.plain) AS changed
                    FROM symposium_search_word
                    WHERE plain %% mistyped.plain AND plain <> mistyped.plain
                    GROUP BY plain ORDER BY changed, plain LIMIT %(nearest)s
                ) AS one
                WHERE changed <= {MAX_EDITS}
            )
            SELECT DISTINCT ON (typed) typed, word
            FROM (SELECT *, {uses} AS uses FROM near) AS counted
            WHERE uses > typed_uses {"" if is_found else f"OR {word_exists_sql('word')}"}
            ORDER BY typed, changed, uses DESC, word""",  # noqa: S608
            public_params(edition) | {"words": words, "nearest": CANDIDATES_PER_WORD},
        )
        return dict(cursor.fetchall())


def word_exists_sql(word: str) -> str:
    """Return an SQL condition: the public finds something by a word."""
    return f"({count_sql(query_match_sql(word))} > 0)"


def count_sql(condition: str) -> str:
    """Return SQL that counts the objects that the public finds, up to `MAX_COUNT`.

    EXISTS would be slower: it would read every text.
    """
    every = f"SELECT FROM symposium_search WHERE {condition} AND {PUBLIC_SQL} LIMIT {MAX_COUNT}"
    return f"(SELECT count(*) FROM ({every}) AS said)"  # noqa: S608
