"""Tables: the texts of a CSV file or of each sheet of a workbook, with what is odd in them."""

import csv
import io
import statistics
import unicodedata
from dataclasses import asdict, dataclass, field
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from symposium.core.admin.spreadsheet import UNWRITABLE
from symposium.registrations.invitations import encodings_of
from symposium.spreadsheets import xlsx

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_ROWS = 3000
MAX_COLUMNS = 100
MAX_CELL_CHARS = 32_767
WORKBOOKS = (".xlsx", ".xlsm")
TEXTS = (".csv", ".tsv", ".txt")
SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2007\u2009", " "))
csv.field_size_limit(1024 * 1024)


@dataclass
class Table:
    """Rows of texts; row 1 is `rows[0]`.

    `faults` are the cells without a value, by reference (`B7`): "formula" or "error". `hidden` are
    numbers of rows, `merged` the references of merged ranges. `is_1904`: days count from 1904.
    """

    name: str
    rows: list[list[str]]
    faults: dict[str, str] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    is_1904: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def cell(self, line: int, column: int) -> str:
        """Return the text of a cell; rows count from 1, columns from 0."""
        row = self.rows[line - 1]
        return row[column] if column < len(row) else ""


def clean(text: str) -> str:
    """Return a text as it is stored: NFC, plain line ends, no control signs or outer spaces."""
    text = UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text).strip()


def plain(text: str) -> str:
    """Return a text on one line with single plain spaces, without invisible direction marks."""
    text = "".join(one for one in clean(text) if unicodedata.category(one) != "Cf")
    return " ".join(text.translate(SPACES).split())


def reference(line: int, column: int) -> str:
    """Return the name of a cell, such as B7; rows count from 1, columns from 0."""
    return f"{get_column_letter(column + 1)}{line}"


def read(file: IO[bytes], name: str, size: int) -> list[Table]:
    """Return the tables of a file that hold something; raise ValidationError with a sentence."""
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if size > MAX_FILE_BYTES:
        raise refused(
            _("This file is %(size)d MB. It must be %(most)d MB or smaller. Copy just the tables "
              "into a new workbook.")
            % {"size": size // 1024**2, "most": MAX_FILE_BYTES // 1024**2}
        )  # fmt: skip
    if suffix in WORKBOOKS:
        found = read_workbook(file)
    elif suffix in TEXTS:
        found = [read_csv(file.read(), name)]
    else:
        raise refused(_("Choose an XLSX workbook or a CSV file. Other files can be saved as one."))
    return usable(found)


def usable(tables: list[Table]) -> list[Table]:
    """Return the cleaned tables that hold something; raise ValidationError if there is none."""
    if not (found := [table for table in map(trimmed, tables) if table.rows]):
        raise refused(_("This file is empty."))
    return found


def refused(sentence: str) -> ValidationError:
    return ValidationError(sentence, code="file")


def read_workbook(file: IO[bytes]) -> list[Table]:
    try:
        sheets = xlsx.read(file, rows=MAX_ROWS, columns=MAX_COLUMNS)
    except xlsx.TooLarge as error:
        raise refused(
            _("This workbook is larger than a programme can be. Copy just the tables into a new "
              "workbook.")
        ) from error  # fmt: skip
    except xlsx.READ_ERRORS as error:
        raise refused(
            _("This file isn’t a workbook, or it’s damaged or has a password. Open it in a "
              "spreadsheet and save it as XLSX.")
        ) from error  # fmt: skip
    return [Table(**sheet) for sheet in sheets]


def read_csv(content: bytes, name: str) -> Table:
    text = decoded(content)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator(text)))
    except csv.Error as error:
        raise refused(_("We couldn’t read this CSV file. Save it again, or as XLSX.")) from error
    return Table(name.rpartition(".")[0], rows)


def decoded(content: bytes) -> str:
    for encoding in encodings_of(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refused(_("We couldn’t read the letters of this file. Save it as XLSX, or as CSV in "
                    "UTF-8."))  # fmt: skip


def separator(text: str) -> str:
    """Return the sign between cells: the one that half of the first lines have most, unquoted."""
    head = "".join(text[:20_000].split('"')[::2])
    lines = [line for line in head.splitlines() if line.strip()][:20] or [""]
    return max(";\t,", key=lambda sign: statistics.median_low(line.count(sign) for line in lines))


def trimmed(table: Table) -> Table:
    """Clean the texts and drop the empty rows at the end; raise ValidationError for too many."""
    table.rows = [[clean(cell) for cell in row[:MAX_COLUMNS]] for row in table.rows]
    while table.rows and not any(table.rows[-1]):
        table.rows.pop()
    if len(table.rows) > MAX_ROWS:
        raise refused(
            _("“%(sheet)s” has more than %(most)d rows. Import it in several parts.")
            % {"sheet": table.name, "most": MAX_ROWS}
        )
    for line, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row):
            if len(cell) > MAX_CELL_CHARS:
                raise refused(_("Cell %(cell)s is too long.") % {"cell": reference(line, column)})
    return table
