"""Files of spreadsheets for the tests, and the pages that import them."""

import io
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from symposium.spreadsheets import imports
from symposium.spreadsheets.models import Import

Rows = list[list]


def workbook(
    sheets: dict[str, Rows], change: Callable[[Workbook], object] | None = None,
    name: str = "programme.xlsx",
) -> SimpleUploadedFile:  # fmt: skip
    """Return a workbook with these rows by title; `change` may alter it before it is saved."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    if change:
        change(book)
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile(name, content.getvalue())


def started(edition, user, kind: str, *rows: list, name: str = "programme.xlsx") -> Import:
    """Return the preview of a workbook of one sheet."""
    return imports.start(edition, user, kind, workbook({"Feuil1": list(rows)}, name=name))


def faults(made: Import) -> list[tuple[str, str]]:
    """Return the (cell, sentence) of all refused cells."""
    return [(cell, text) for row in made.preview["rows"] for cell, _content, text in row["faults"]]


def states(made: Import) -> list[str]:
    return [row["state"] for row in made.preview["rows"]]
