"""The search over what the public reads of one edition, in PostgreSQL alone.

`symposium/fulltext.py` reads what was typed; the database holds the words of each thing in
`symposium_search`; here are the rules of what may be found, the order and what is shown of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from symposium import marking
from symposium.abstracts.models import Keyword
from symposium.editions.models import Edition
from symposium.fulltext import Question, parse, said
from symposium.translated import LANGUAGES

AT_A_GLANCE = 20
A_PAGE = 100


@dataclass(frozen=True)
class Kind:
    """A kind of thing: its name over a group, and what the public sees of it in an edition."""

    label: str
    public: Callable[[Edition], QuerySet]
    shown: Callable[[Edition], QuerySet]


def keywords(edition: Edition) -> QuerySet:
    return Keyword.objects.filter(abstracts__in=edition.abstracts.published())


# In the order of the page.
KINDS = {
    "abstract": Kind(
        _("Abstracts"),
        lambda edition: edition.abstracts.published(),
        lambda edition: edition.abstracts.defer("text_fr", "text_en", "text_ar"),
    ),
    "keyword": Kind(_("Keywords"), keywords, lambda edition: Keyword.objects.all()),
    "session": Kind(
        _("Sessions"),
        lambda edition: edition.sessions.published(),
        lambda edition: edition.sessions.select_related("room").defer(
            "period", "allowed_period", "description_fr", "description_en", "description_ar"
        ),
    ),
    "speaker": Kind(
        _("Speakers"),
        lambda edition: edition.speakers.published(),
        lambda edition: edition.speakers.listed(),
    ),
    "page": Kind(
        _("Pages"),
        lambda edition: edition.pages.published(),
        lambda edition: edition.pages.defer("body_fr", "body_en", "body_ar"),
    ),
}


@dataclass(frozen=True)
class Found:
    """A row of the search: which thing, in which languages it answers, and its texts."""

    kind: str
    id: int
    total: int
    answers: dict[str, bool]
    titles: dict[str, str]
    also: dict[str, str]
    bodies: dict[str, str]

    def language(self, reader: str) -> str:
        """The language to show it in: the reader's where it answers, or one where it does."""
        order = [reader, *LANGUAGES]
        answering = [code for code in order if self.answers[code] and self.titles[code]]
        return (answering or [code for code in order if self.titles[code]])[0]


@dataclass(frozen=True)
class Hit:
    """What the page shows of a thing; its texts are safe HTML, with the words marked."""

    thing: object
    url: str
    language: str
    title: SafeString
    also: SafeString
    extract: SafeString


@dataclass(frozen=True)
class Group:
    kind: str
    total: int
    hits: list[Hit]

    @property
    def label(self) -> str:
        return KINDS[self.kind].label


@dataclass(frozen=True)
class Results:
    question: Question
    groups: list[Group] = field(default_factory=list)
    suggestion: str = ""

    @property
    def total(self) -> int:
        return sum(group.total for group in self.groups)


def search(edition: Edition, q: str, language: str, *, kind: str = "", page: int = 1) -> Results:
    """Look in `edition` for what was typed, for a reader of `language`.

    Without a `kind`, the best of each; with one, all of them, a page at a time.
    """
    question = parse(q)
    if not question.wanted:
        return Results(question)
    kinds, size = ([kind], A_PAGE) if kind in KINDS else (list(KINDS), AT_A_GLANCE)
    found = rows(edition, question, kinds, size, (page - 1) * size)
    if not found:
        return Results(question, suggestion=suggestion(edition, question) if page == 1 else "")
    return Results(question, groups(edition, question, found, language))


def rows(
    edition: Edition, question: Question, kinds: Iterable[str], limit: int, offset: int = 0
) -> list[Found]:
    """The best of each kind, by weight of what they say: title, names, then text."""
    wanted, unwanted = question.queries()
    if not all(wanted):
        return []
    condition, parts, parameters = says(), [], []
    if any(unwanted):
        condition += f" AND NOT {says()}"
    asked = [*wanted, *unwanted] if any(unwanted) else wanted
    for kind in kinds:
        visible, those = public(edition, kind)
        # Of all that answer, those whose titles and names do best; of these, the best texts.
        parts.append(
            f"""(SELECT kind, id, near, {rank()} AS rank, total FROM (
                SELECT kind, id, near, total, search_fr, search_en, search_ar FROM (
                    SELECT kind, id, count(*) OVER () AS total,
                        ts_rank(heads, %s::tsquery || %s::tsquery || %s::tsquery, 1) AS near
                    FROM symposium_search
                    WHERE kind = %s AND {condition} AND id IN ({visible})
                    ORDER BY near DESC, id LIMIT %s OFFSET %s
                ) AS first JOIN symposium_search USING (kind, id)
            ) AS best)"""  # noqa: S608
        )
        parameters += [*wanted, *wanted, kind, *asked, *those, limit, offset]
    answers = ", ".join(f"search_{code} @@ %s::tsquery" for code in LANGUAGES)
    texts = ", ".join(f"{part}_{code}" for part in ("title", "also", "body") for code in LANGUAGES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT kind, id, total, {answers}, {texts} "  # noqa: S608
            f"FROM ({' UNION ALL '.join(parts)}) AS best JOIN symposium_search USING (kind, id) "
            "ORDER BY near DESC, rank DESC, id",
            [*wanted, *parameters],
        )
        return [found(row) for row in cursor]


def says() -> str:
    return f"({' OR '.join(f'search_{code} @@ %s::tsquery' for code in LANGUAGES)})"


def rank() -> str:
    return f"greatest({', '.join(f'ts_rank(search_{c}, %s::tsquery, 1)' for c in LANGUAGES)})"


def public(edition: Edition, kind: str) -> tuple[str, tuple]:
    """SQL: the primary keys of what the public sees of a kind, and its parameters."""
    visible = KINDS[kind].public(edition).order_by().values("pk")
    return visible.query.sql_with_params()


def found(row: tuple) -> Found:
    kind, pk, total, *rest = row
    size = len(LANGUAGES)
    parts = [
        dict(zip(LANGUAGES, rest[n : n + size], strict=True)) for n in range(0, 4 * size, size)
    ]
    return Found(kind, pk, total, *parts)


def groups(edition: Edition, question: Question, found: list[Found], reader: str) -> list[Group]:
    shown = [(row, row.language(reader)) for row in found]
    marks = marking.marks(
        question.words,
        (
            (code, text)
            for row, code in shown
            for text in (row.titles[code], row.also[code], row.bodies[code])
        ),
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
                hit(row, code, things[kind][row.id], edition, marks[code])
                for row, code in shown
                # Somebody may have deleted it in between.
                if row.kind == kind and row.id in things[kind]
            ],
        )
        for kind in things
    ]


def hit(row: Found, code: str, thing, edition: Edition, marks: set[str]) -> Hit:
    keyword = row.kind == "keyword"
    return Hit(
        thing,
        reverse("abstracts:keyword", args=[edition.slug, thing.slug])
        if keyword
        else thing.get_absolute_url(),
        code,
        marking.marked(row.titles[code], code, marks),
        marking.marked(row.also[code], code, marks),
        marking.extract(row.bodies[code], code, marks),
    )


# Did you mean


def suggestion(edition: Edition, question: Question) -> str:
    """What one might have meant to type: the words nobody wrote, as the nearest that somebody did.

    Nothing, unless it finds something.
    """
    visible, those = zip(*(public(edition, kind) for kind in KINDS), strict=True)
    among = " OR ".join(
        f"(kind = '{kind}' AND id IN ({ids}))" for kind, ids in zip(KINDS, visible, strict=True)
    )
    parameters = [parameter for group in those for parameter in group]
    nearest = {
        word: near for word in question.words if (near := nearest_word(word, among, parameters))
    }
    better = question.with_words(nearest)
    return better if nearest and rows(edition, parse(better), KINDS, 1) else ""


def nearest_word(word: str, among: str, parameters: list) -> str:
    """The word of a title or a name that is most like `word`; none if somebody wrote it."""
    written, asked = said(word)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT near FROM (
                SELECT title_fr, title_en, title_ar, also_fr FROM symposium_search
                JOIN symposium_alike(%s) USING (kind, id) WHERE {among}
                ORDER BY word_similarity(symposium_plain(%s), names) DESC, kind, id LIMIT 20
            ) AS likely, regexp_split_to_table(symposium_words(
                concat_ws(' ', title_fr, title_en, title_ar, also_fr)), '\\s+') AS near
            WHERE similarity(symposium_plain(near), symposium_plain(%s)) BETWEEN 0.3 AND 0.99
            AND NOT EXISTS (SELECT FROM symposium_search WHERE {written} AND ({among}))
            ORDER BY similarity(symposium_plain(near), symposium_plain(%s)) DESC, near LIMIT 1""",  # noqa: S608
            [word, *parameters, word, word, *asked, *parameters, word],
        )
        row = cursor.fetchone()
    return row[0].lower() if row else ""
