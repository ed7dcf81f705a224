"""Reader of the texts in the first sheet of an XLSX workbook (ECMA-376).

A small file may unpack to millions of cells. Its parts are read as a stream, in little memory, no
further than the last row wanted; styles, formulas and pictures are not read at all.
"""

import posixpath
import re
import zlib
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

MAX_UNPACKED_BYTES = 8 * 1024 * 1024
MAX_EVENTS = 600_000  # tags and texts of a part, read in about a second
CHUNK = 16 * 1024
WORKBOOK_PATH = "xl/workbook.xml"
# Errors of a workbook whose archive, XML or content is broken.
READ_ERRORS = (
    BadZipFile, zlib.error, expat.ExpatError, LookupError, ValueError, RuntimeError, EOFError,
    OSError,
)  # fmt: skip


class TooLarge(Exception):
    """The workbook holds more than any list of people."""


Event = tuple[str, str, Any]  # kind, name of the tag, and its attributes by name or a text


def rows(file: IO[bytes], *, most: int, cells: int) -> list[list[str]]:
    """Return the first `most` rows of the first sheet, each of at most `cells` texts.

    An empty cell is "". Raise TooLarge, or one of READ_ERRORS.
    """
    with ZipFile(file) as book:
        if sum(part.file_size for part in book.infolist()) > MAX_UNPACKED_BYTES:
            raise TooLarge
        sheet, strings = sheet_parts(book)
        shared = shared_texts(book, strings) if strings else []
        return rows_of(book, sheet, shared, most, cells)


def sheet_parts(book: ZipFile) -> tuple[str, str | None]:
    """Return the paths of the first sheet and of the shared texts (None if there are none)."""
    by_id, by_kind = {}, {}
    for what, name, found in events(book, "xl/_rels/workbook.xml.rels"):
        if (what, name) == ("start", "Relationship"):
            path = posixpath.normpath(posixpath.join("/xl", found["Target"]))[1:]
            kind = by_kind[path] = found["Type"].rpartition("/")[2]
            by_id[found["Id"]] = path
            by_kind.setdefault(kind, path)
    for what, name, found in events(book, WORKBOOK_PATH):
        if (what, name) == ("start", "sheet"):
            path = by_id[found["id"]]
            if by_kind[path] == "worksheet":
                return path, by_kind.get("sharedStrings")
    raise LookupError("no sheet")


def shared_texts(book: ZipFile, path: str) -> list[str]:
    found: list[str] = []
    reading = aside = False
    for what, name, data in events(book, path):
        if what == "text":
            found[-1] += data if reading else ""
        elif name == "si" and what == "start":
            found.append("")
        elif name == "rPh":  # the pronunciation of Japanese
            aside = what == "start"
        elif name == "t":
            reading = what == "start" and not aside
    return found


def rows_of(book: ZipFile, path: str, shared: list[str], most: int, cells: int) -> list[list[str]]:
    found: list[list[str]] = []
    column, kind, value, reading = 0, "", "", False
    for what, name, data in events(book, path):
        if what == "text":
            value += data if reading else ""
        elif name == "row" and what == "start":
            number = int(data.get("r", len(found) + 1))
            found += [[] for _ in range(min(number, most) - len(found))]
            if number > most:
                break
            column = 0
        elif name == "c" and what == "start":
            column = column_of(data.get("r", ""), column)
            kind, value = data.get("t", "n"), ""
        elif name in ("v", "t"):
            reading = what == "start" and column <= cells
        elif name == "c" and column <= cells and value:
            texts = found[-1]
            texts += [""] * (column - len(texts))
            texts[column - 1] = shared[int(value)] if kind == "s" else value
    return found


def column_of(reference: str, last: int) -> int:
    """Return the number of a cell's column, from 1 (B7: 2); without a reference, the next one."""
    letters = re.match(r"[A-Z]{1,3}", reference)
    number = 0
    for letter in letters[0] if letters else "":
        number = number * 26 + ord(letter) - 64
    return number or last + 1


def events(book: ZipFile, path: str, *, most: int = MAX_EVENTS) -> Iterator[Event]:
    """Yield the tags and texts of a part in order, with names without namespace.

    Raise TooLarge after about `most`.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    found: list[Event] = []
    parser.StartElementHandler = lambda name, given: found.append(
        ("start", local(name), {local(key): value for key, value in given.items()})
    )
    parser.EndElementHandler = lambda name: found.append(("end", local(name), ""))
    parser.CharacterDataHandler = lambda data: found.append(("text", "", data))
    parser.StartDoctypeDeclHandler = reject_doctype
    seen = 0
    with book.open(path) as part:
        while chunk := part.read(CHUNK):
            parser.Parse(chunk)
            yield from found
            seen += len(found)
            if seen > most:
                raise TooLarge
            found.clear()
        parser.Parse(b"", True)
        yield from found


def local(name: str) -> str:
    return name.rpartition(" ")[2]


def reject_doctype(*_declared) -> None:
    """Refuse a document type, which no workbook has: entities could make texts of any length."""
    raise ValueError("a document type")
