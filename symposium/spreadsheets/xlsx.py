"""Reader of all sheets of an XLSX workbook (ECMA-376), as a stream and within limits.

Formulas give the result that the spreadsheet stored; macros and pictures are not read. Dates and
times are written as ISO 8601, other numbers as the shortest text.
"""

import datetime
import posixpath
import re
from collections.abc import Iterator
from typing import IO, Any
from zipfile import ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from symposium.registrations import workbooks
from symposium.registrations.workbooks import READ_ERRORS, TooLarge, column_of

__all__ = ["READ_ERRORS", "TooLarge", "read"]

MAX_UNPACKED_BYTES = 60 * 1024 * 1024
MAX_EVENTS = 3_000_000
MAX_SHEETS = 20
# After so many rows without text, the rest of a sheet is taken for empty.
MAX_EMPTY_ROWS = 2000
MAX_MERGED_ROWS = 500
CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read(file: IO[bytes], *, rows: int, columns: int) -> list[dict[str, Any]]:
    """Return the arguments of `tables.Table` for each visible sheet, of at most `rows` + 1 rows.

    Raise TooLarge or one of READ_ERRORS.
    """
    with ZipFile(file) as book:
        if sum(part.file_size for part in book.infolist()) > MAX_UNPACKED_BYTES:
            raise TooLarge
        paths, by_kind = relations(book)
        is_1904, sheets = sheet_list(book)
        strings = by_kind.get("sharedStrings")
        shared = workbooks.shared_texts(book, strings) if strings else []
        dates = date_styles(book, by_kind["styles"]) if "styles" in by_kind else set()
        return [
            SheetReader(name, shared, dates, is_1904, rows + 1, columns).read(book, paths[key])
            for name, key in sheets[:MAX_SHEETS]
            if "worksheets/" in paths[key]
        ]


def events(book: ZipFile, path: str) -> Iterator[workbooks.Event]:
    return workbooks.events(book, path, most=MAX_EVENTS)


def relations(book: ZipFile) -> tuple[dict[str, str], dict[str, str]]:
    """Return the paths of the parts by relation, and by kind of part."""
    by_id, by_kind = {}, {}
    for what, name, found in events(book, "xl/_rels/workbook.xml.rels"):
        if (what, name) == ("start", "Relationship"):
            path = posixpath.normpath(posixpath.join("/xl", found["Target"]))[1:]
            by_id[found["Id"]] = path
            by_kind.setdefault(found["Type"].rpartition("/")[2], path)
    return by_id, by_kind


def sheet_list(book: ZipFile) -> tuple[bool, list[tuple[str, str]]]:
    """Return whether days count from 1904, and the (name, relation) of the visible sheets."""
    is_1904, sheets = False, []
    for what, name, found in events(book, workbooks.WORKBOOK_PATH):
        if (what, name) == ("start", "workbookPr"):
            is_1904 = found.get("date1904") in ("1", "true")
        elif (what, name) == ("start", "sheet") and found.get("state", "visible") == "visible":
            sheets.append((found["name"], found["id"]))
    return is_1904, sheets


def date_styles(book: ZipFile, path: str) -> set[str]:
    """Return the numbers of the cell styles that show a date or a time."""
    formats = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    styles: list[str] = []
    inside = False
    for what, name, found in events(book, path):
        if (what, name) == ("start", "numFmt"):
            formats[found["numFmtId"]] = found["formatCode"]
        elif name == "cellXfs":
            inside = what == "start"
        elif inside and (what, name) == ("start", "xf"):
            styles.append(found.get("numFmtId", "0"))
    return {str(n) for n, code in enumerate(styles) if is_date_format(formats.get(code, ""))}


def decoded(text: str) -> str:
    """Return a text with its coded letters: `_x000D_` is the letter U+000D."""
    return CODED.sub(lambda code: chr(int(code[1], 16)), text) if "_x" in text else text


class SheetReader:
    """Reader of one sheet; `rows` and `columns` are limits."""

    def __init__(self, name, shared, dates, is_1904, rows, columns):
        self.shared, self.dates, self.is_1904 = shared, dates, is_1904
        self.most_rows, self.most_columns = rows, columns
        self.sheet: dict[str, Any] = {
            "name": name, "rows": [], "faults": {}, "hidden": [], "merged": [], "is_1904": is_1904
        }  # fmt: skip
        self.number = self.column = self.filled = 0

    def read(self, book: ZipFile, path: str) -> dict[str, Any]:
        kind = style = value = ""
        reading = formula = False
        for what, name, found in events(book, path):
            if what == "text":
                value += found if reading else ""
            elif name == "row" and what == "start":
                if self.start_row(found):
                    break
            elif name == "c" and what == "start":
                self.column = column_of(found.get("r", ""), self.column)
                kind, style, value = found.get("t", "n"), found.get("s", "0"), ""
                formula = False
            elif name == "f" and what == "start":
                formula = True
            elif name in ("v", "t"):
                reading = what == "start"
            elif name == "c":
                self.end_cell(kind, style, value, formula)
            elif name == "mergeCell" and what == "start":
                self.sheet["merged"].append(found["ref"])
        self.spread_merged()
        return self.sheet

    def start_row(self, found: dict[str, str]) -> bool:
        """Begin a row; return whether the rest of the sheet is left out."""
        self.number = int(found.get("r", self.number + 1))
        self.column = 0
        if self.number > self.filled + MAX_EMPTY_ROWS or self.number > self.most_rows:
            return True
        if found.get("hidden") in ("1", "true"):
            self.sheet["hidden"].append(self.number)
        return False

    def end_cell(self, kind: str, style: str, value: str, formula: bool) -> None:
        if not 0 < self.column <= self.most_columns or not (value or formula):
            return
        text, fault = self.text_of(kind, style, value)
        if formula and not value:
            fault = "formula"
        if not text and not fault:
            return
        rows = self.sheet["rows"]
        rows += [[] for _ in range(self.number - len(rows))]
        row = rows[self.number - 1]
        row += [""] * (self.column - len(row))
        row[self.column - 1] = text
        self.filled = self.number
        if fault:
            self.sheet["faults"][f"{get_column_letter(self.column)}{self.number}"] = fault

    def text_of(self, kind: str, style: str, value: str) -> tuple[str, str]:
        """Return the text of a cell, and its fault or ""."""
        if kind == "s":
            return decoded(self.shared[int(value)]), ""
        if kind == "e":
            return value, "error"
        if kind == "b":
            return ("1" if value == "1" else "0"), ""
        if kind != "n" or not value:
            return decoded(value), ""
        number = float(value)
        if style in self.dates:
            return self.moment(number), ""
        return f"{number:.10g}" if abs(number) < 1e10 else f"{number:.0f}", ""

    def moment(self, number: float) -> str:
        epoch = CALENDAR_MAC_1904 if self.is_1904 else CALENDAR_WINDOWS_1900
        try:
            found = from_excel(number, epoch)
        except (OverflowError, ValueError):
            return f"{number:.10g}"
        if isinstance(found, datetime.timedelta):
            minutes = round(found.total_seconds() / 60)
            found = datetime.time(minutes // 60 % 24, minutes % 60)
        if isinstance(found, datetime.time):
            return found.strftime("%H:%M")
        found = (found + datetime.timedelta(seconds=30)).replace(second=0, microsecond=0)
        at_midnight = found.time() == datetime.time()
        return f"{found:%Y-%m-%d}" if at_midnight else f"{found:%Y-%m-%d %H:%M}"

    def spread_merged(self) -> None:
        """Write the text of merged rows of one column into each of them: it holds for all."""
        rows = self.sheet["rows"]
        for found in self.sheet["merged"]:
            parts = re.fullmatch(r"([A-Z]+)(\d+):([A-Z]+)(\d+)", found)
            if not parts:
                continue
            column, first, last = column_of(parts[1], 0) - 1, int(parts[2]), int(parts[4])
            if column >= self.most_columns or not first < last <= first + MAX_MERGED_ROWS:
                continue
            row = rows[first - 1] if first <= len(rows) else []
            text = row[column] if column < len(row) else ""
            for line in range(first + 1, min(last, len(rows)) + 1) if text else ():
                below = rows[line - 1]
                if any(below):
                    below += [""] * (column + 1 - len(below))
                    below[column] = below[column] or text
