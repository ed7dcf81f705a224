"""Which sheet a table is, where its headings stand, and which column each of them is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from symposium.editions.models import Edition
from symposium.spreadsheets.models import Heading
from symposium.spreadsheets.registry import SHEETS
from symposium.spreadsheets.sheets import Sheet
from symposium.spreadsheets.tables import Table, plain, reference
from symposium.spreadsheets.values import fold

HEADING_ROWS = 15  # the headings stand in one of the first rows
MAX_HEADING_CHARS = 200
# Titles of sheets that hold no rows, such as that of the template.
NOTES = {"notes", "aide", "lisez moi", "read me", "mode d emploi", "ملاحظات"}


@dataclass
class Head:
    """Headings of a table: `last` is the number of their last row, `texts` are by column."""

    last: int = 0
    texts: list[str] = field(default_factory=list)
    score: int = 0


Remembered = Mapping[str, str]  # column by folded heading


def remembered(edition: Edition, kind: str) -> dict[str, str]:
    """Return what organisers chose before; the latest edition that knows a heading decides."""
    rows = Heading.objects.filter(kind=kind).order_by("edition__starts_on", "pk")
    found = dict(rows.values_list("heading", "column"))
    own = rows.filter(edition=edition).values_list("heading", "column")
    return found | dict(own)


def remember(edition: Edition, kind: str, texts: Iterable[str], columns: Iterable[str]) -> None:
    """Keep the columns that an organiser chose for headings that nobody knew."""
    sheet = SHEETS[kind]
    for text, column in zip(texts, columns, strict=True):
        heading = fold(text)[:MAX_HEADING_CHARS]
        if heading and sheet.headings.get(heading, "") != column:
            Heading.objects.update_or_create(
                edition=edition, kind=kind, heading=heading, defaults={"column": column}
            )


def column_of(text: str, sheet: Sheet, known: Remembered) -> str:
    """Return the column of a heading, or an empty text."""
    heading = fold(text)
    found = known.get(heading[:MAX_HEADING_CHARS])
    return found if found is not None else sheet.headings.get(heading, "")


def head_of(table: Table, sheet: Sheet, known: Remembered) -> Head:
    """Return the row, or the two rows, of the headings: those with most columns that are known."""
    best = Head()
    for line in range(1, min(HEADING_ROWS, len(table.rows)) + 1):
        for texts, last in ((table.rows[line - 1], line), (two_rows(table, line), line + 1)):
            columns = {column_of(text, sheet, known) for text in texts if text} - {""}
            if len(columns) > best.score:
                best = Head(last, [plain(text) for text in texts], len(columns))
    if not best.last and table.rows:
        first = next(line for line, row in enumerate(table.rows, 1) if any(row))
        best = Head(first, [plain(text) for text in table.rows[first - 1]], 0)
    return best


def two_rows(table: Table, line: int) -> list[str]:
    """Return the headings of two rows: the lower text, or the upper one where it is empty."""
    if line >= len(table.rows):
        return []
    upper, lower = table.rows[line - 1], table.rows[line]
    width = max(len(upper), len(lower))
    pairs = [
        (upper[n] if n < len(upper) else "", lower[n] if n < len(lower) else "")
        for n in range(width)
    ]
    return [low or up for up, low in pairs]


def columns_of(head: Head, sheet: Sheet, known: Remembered) -> list[str]:
    """Return the column of each heading, or ""; the first of two that are the same has it."""
    found: list[str] = []
    for text in head.texts:
        column = column_of(text, sheet, known) if text else ""
        found.append("" if column in found else column)
    return found


def kind_of(table: Table, page: str, allowed: Iterable[str], alone: bool, edition: Edition) -> str:
    """Return the kind of a table of a workbook, or "" if it is none: by its title, its headings."""
    kinds = list(allowed)
    if alone:
        return page
    if fold(table.name) in NOTES:
        return ""
    for kind in kinds:
        if SHEETS[kind].is_titled(table.name):
            return kind
    scores = {
        kind: (head_of(table, SHEETS[kind], remembered(edition, kind)).score, kind == page)
        for kind in kinds
    }
    best = max(kinds, key=lambda kind: scores[kind], default="")
    return best if best and scores[best][0] > 1 else ""


def notes_of(table: Table, head: Head, sheet: Sheet, known: Remembered) -> list[str]:
    """Return sentences about what is odd in a table."""
    notes = []
    seen: dict[str, int] = {}
    for number, text in enumerate(head.texts):
        column = column_of(text, sheet, known) if text else ""
        if column and column in seen:
            names = {
                "column": str(sheet.by_name[column].label),
                "first": reference(head.last, seen[column]),
                "second": reference(head.last, number),
            }
            notes.append(
                _("“%(column)s” is there twice, in %(first)s and %(second)s. The first is imported "
                  "unless you choose the other below.")
                % names
            )  # fmt: skip
        elif column:
            seen[column] = number
    if hidden := [line for line in table.hidden if line > head.last and line <= len(table.rows)]:
        shown = ", ".join(map(str, hidden[:10])) + ("…" if len(hidden) > 10 else "")
        notes.append(_("Hidden rows are imported too: %(rows)s.") % {"rows": shown})
    if table.merged:
        shown = ", ".join(table.merged[:5]) + ("…" if len(table.merged) > 5 else "")
        notes.append(
            _("Merged cells (%(cells)s): what is written in rows merged together counts for each.")
            % {"cells": shown}
        )
    return notes
