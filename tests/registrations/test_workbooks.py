"""Reading of workbooks: texts in their columns, and no more rows than requested."""

import io
import time
import zipfile
from resource import RUSAGE_SELF, getrusage

import openpyxl
import pytest

from symposium.registrations import workbooks

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = (
    f'<workbook {NAMESPACE} xmlns:r="{KINDS}"><sheets><sheet name="a" r:id="r1"/></sheets>'
    "</workbook>"
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{KINDS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{KINDS}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
    "</Relationships>"
)


def read(content: bytes, most: int = 10, cells: int = 3) -> list[list[str]]:
    return workbooks.rows(io.BytesIO(content), most=most, cells=cells)


def made(*rows) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def written(sheet: str, strings: str = "") -> bytes:
    """Return a minimal workbook with these rows, written by hand."""
    parts = {
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": f"<worksheet {NAMESPACE}><sheetData>{sheet}",
        "xl/sharedStrings.xml": f"<sst {NAMESPACE}>{strings}</sst>",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return file.getvalue()


END = "</sheetData></worksheet>"


def test_cell_texts_are_in_their_columns():
    assert read(made(["a", None, "c", "d"], [], ["سلمى", 12, True])) == [
        ["a", "", "c"], [], ["سلمى", "12", "1"],
    ]  # fmt: skip


def test_every_cell_type_is_read_as_text():
    cells = (
        '<row r="2"><c t="s"><v>0</v></c><c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r>'
        '</is></c><c t="str"><f>A1</f><v>made</v></c></row>'
    )
    strings = "<si><r><t>sha</t></r><r><t>red</t></r><rPh><t>not this</t></rPh></si>"
    assert read(written(cells + END, strings)) == [[], ["shared", "inline", "made"]]


def test_reading_stops_at_the_row_limit():
    """The file is broken after the limit, far beyond what is read at a time."""
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 2_000))
    assert read(written(rows + "</broken>"), most=3) == [["1"], ["2"], ["3"]]
    far = '<row r="1"><c><v>1</v></c></row><row r="900000"/>' + END
    assert read(written(far), most=3) == [["1"], [], []]


ATTACKS = {
    "cells": written(f"<row>{'<c/>' * 1_900_000}</row>{END}"),
    "full cells": written(f"<row>{'<c><v>1</v></c>' * 500_000}</row>{END}"),
    "values": written(f"<row><c>{'<v/>' * 1_900_000}</c></row>{END}"),
    "texts": written(END, "<si><t/></si>" * 600_000),
    "14 megabytes": written(f"<row>{'<c/>' * 3_500_000}</row>{END}"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_zip_bomb_workbook_is_refused_quickly(name):
    """A file of 36 kB once took 7 seconds and 365 MB."""
    assert len(ATTACKS[name]) < 40_000
    started, largest = time.process_time(), getrusage(RUSAGE_SELF).ru_maxrss
    with pytest.raises(workbooks.TooLarge):
        read(ATTACKS[name])
    assert time.process_time() - started < 4
    assert getrusage(RUSAGE_SELF).ru_maxrss - largest < 100_000  # kB


def test_list_of_5000_people_with_12_columns_is_read():
    row = "".join(f"<c t='inlineStr'><is><t>text {n}</t></is></c>" for n in range(12))
    rows = f"<row>{row}</row>" * 5_000
    texts = [f"text {number}" for number in range(12)]
    assert read(written(rows + END), most=5_001, cells=12) == [texts] * 5_000


@pytest.mark.parametrize(
    "declared", ['<!DOCTYPE a [<!ENTITY b "c">]>', '<!DOCTYPE a SYSTEM "file:///etc/hostname">']
)
def test_document_type_is_refused(declared):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written(END))) as old, zipfile.ZipFile(file, "w") as book:
        for name in old.namelist():
            book.writestr(name, declared.encode() + old.read(name))
    with pytest.raises(ValueError, match="document type"):
        read(file.getvalue())
