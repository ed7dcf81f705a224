"""Workbooks to download: the objects of an edition to be changed, and the empty template."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from symposium.editions.models import Edition
from symposium.spreadsheets.columns import Column, Number, Text, escaped
from symposium.spreadsheets.known import Known
from symposium.spreadsheets.registry import SHEETS
from symposium.spreadsheets.sheets import Sheet

# In a workbook, `_x0041_` means a letter: the sign before it is written so.
CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
MAX_CHOICES = 200
MAX_ROWS_OF_LIST = 1000
HEAD = PatternFill("solid", fgColor="FF06304A")


def columns(sheet: Sheet) -> list[Column]:
    return [column for column in sheet.columns if column.exported]


def rows(sheet: Sheet, edition: Edition, known: Known) -> Iterable[list[str]]:
    """Yield the headings, then the cells of each object, with formulas escaped."""
    yield [heading(column) for column in columns(sheet)]
    for obj in sheet.exported(edition):
        cells = sheet.cells(obj, known)
        yield [escaped(cells[column.name]) for column in columns(sheet)]


def heading(column: Column) -> str:
    return str(capfirst(str(column.label)))


def csv_bytes(kind: str, edition: Edition) -> bytes:
    return csv_text(rows(SHEETS[kind], edition, Known(edition, SHEETS)))


def csv_text(lines: Iterable[list[str]]) -> bytes:
    """Return rows as CSV; without the byte order mark, spreadsheets misread Arabic."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(kinds: Sequence[str], edition: Edition, *, is_template: bool = False) -> bytes:
    """Return a workbook with a sheet of each kind; the template has notes and no objects."""
    book, known = Workbook(), Known(edition, SHEETS)
    book.remove(book.active)
    if is_template:
        write_notes(book, kinds, edition)
    lists = Lists(book)
    for kind in kinds:
        write_sheet(book, SHEETS[kind], edition, known, lists, is_template=is_template)
    lists.finish()
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def write_sheet(book: Workbook, sheet: Sheet, edition: Edition, known: Known, lists: "Lists",
                *, is_template: bool) -> None:  # fmt: skip
    page = book.create_sheet(str(capfirst(str(sheet.label)))[:31])
    page.sheet_view.rightToLeft = get_language_bidi()
    page.freeze_panes = "B2"
    shown = columns(sheet)
    source = iter(rows(sheet, edition, known))
    write_head(page, next(source), shown)
    for line, cells in enumerate(() if is_template else source, 2):
        for number, text in enumerate(cells, 1):
            if text:
                is_number = isinstance(shown[number - 1], Number)
                value: Any = int(text) if is_number else CODED.sub("_x005F_", text)
                page.cell(line, number, value).alignment = Alignment(vertical="top")
    for number, column in enumerate(shown, 1):
        lists.offer(page, number, column.choices(known))


def write_head(page: Any, headings: Sequence[str], shown: Sequence[Column]) -> None:
    for number, (text, column) in enumerate(zip(headings, shown, strict=True), 1):
        cell = page.cell(1, number, text)
        cell.font, cell.fill = Font(bold=True, color="FFFFFFFF"), HEAD
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        if column.note:
            cell.comment = Comment(str(column.note), "")
        wide = 48 if isinstance(column, Text) else 24
        page.column_dimensions[get_column_letter(number)].width = wide


class Lists:
    """Lists of the values that cells may have, on a hidden sheet of their own."""

    def __init__(self, book: Workbook):
        self.page = book.create_sheet("_")
        self.page.sheet_state = "hidden"
        self.book, self.number = book, 0

    def offer(self, page: Any, column: int, values: list[str]) -> None:
        """Offer values below the heading of a column; other values stay possible."""
        if not values:
            return
        self.number += 1
        letter = get_column_letter(self.number)
        shown = values[:MAX_CHOICES]
        for line, text in enumerate(shown, 1):
            self.page.cell(line, self.number, CODED.sub("_x005F_", escaped(text)))
        chosen = DataValidation(
            "list", formula1=f"'_'!${letter}$1:${letter}${len(shown)}", allow_blank=True,
            showErrorMessage=False,
        )  # fmt: skip
        below = get_column_letter(column)
        chosen.add(f"{below}2:{below}{MAX_ROWS_OF_LIST}")
        page.add_data_validation(chosen)

    def finish(self) -> None:
        """Put the sheet last, since spreadsheets open the first one."""
        self.book.move_sheet(self.page, len(self.book.sheetnames))


def write_notes(book: Workbook, kinds: Sequence[str], edition: Edition) -> None:
    """Write the sheet of notes: how a cell is written, and what each column is for."""
    page = book.create_sheet(_("Notes"))
    page.sheet_view.rightToLeft = get_language_bidi()
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 34, 90
    lines: list[tuple[str, str]] = [
        (str(edition), edition.dates),
        ("", _("One object per row. Nothing is saved before you have seen what will change.")),
        (_("Day"), f"{edition.days[0]:%d/%m/%Y}"),
        (_("Time"), _("9h00 or 09:00, in the time zone of the edition")),
        (_("Several values"), _("Separate them with semicolons.")),
        (_("Empty cell"), _("In a row with an identifier, it empties the field.")),
    ]
    for kind in kinds:
        sheet = SHEETS[kind]
        lines += [("", ""), (str(capfirst(str(sheet.label))), "")]
        lines += [(heading(column), str(column.note)) for column in columns(sheet)]
    for line in lines:
        page.append([escaped(text) for text in line])
    for cell in page["A"]:
        cell.font = Font(bold=True)
    for cell in page["B"]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
