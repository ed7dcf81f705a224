"""Parser of lists of people, as a mail program or a spreadsheet gives them.

A line is a row of a table, `Salma Médina <salma@example.org>`, or addresses one after another: it
holds one person or several. If a line of headings names the columns, they are read by name.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from symposium.core.i18n.localized import LANGUAGES
from symposium.core.validators import one_line

LANGUAGE_OF = {
    **{code: code for code in LANGUAGES},
    "français": "fr", "francais": "fr", "french": "fr", "fra": "fr",
    "english": "en", "anglais": "en", "eng": "en",
    "arabic": "ar", "arabe": "ar", "العربية": "ar", "عربي": "ar", "ara": "ar",
}  # fmt: skip
HEADINGS = {
    "email": {
        "email", "e-mail", "mail", "e-mail address", "email address", "courriel", "adresse e-mail",
        "adresse email", "adresse électronique", "البريد الإلكتروني",
    },
    "name": {
        "name", "full name", "nom complet", "nom et prénom", "nom prénom", "prénom et nom",
        "الاسم", "الاسم الكامل",
    },
    "given": {"given name", "first name", "firstname", "prénom", "prenom", "الاسم الشخصي"},
    "family": {
        "family name", "last name", "lastname", "surname", "nom", "nom de famille", "النسب",
        "الاسم العائلي",
    },
    "language": {"language", "langue", "lang", "اللغة"},
}  # fmt: skip
# Words of institutions: in a column without a heading, a cell with one of them is not a name.
ORGANISATION = re.compile(
    r"(?:^|\s|['’])(?:universi|école|ecole|school|facult|institut|laborato|minist|agence|agency"
    r"|commune|wilaya|جامعة|كلية|معهد|مدرسة|وزارة|مختبر|وكالة|جماعة|عمالة)",
    re.IGNORECASE,
)
MAILBOX = re.compile(r"([^<>]*)<([^<>]*@[^<>]*)>")
MAX_CELL_LINES = 6  # a quotation mark that is not closed by then is part of one line only


@dataclass(frozen=True)
class Line:
    """A person of the list, or a fault. `text` is the text read, to be shown and corrected."""

    number: int
    text: str
    email: str = ""
    name: str = ""
    language: str = "fr"
    fault: str = ""


def parse_people(text: str) -> Iterator[Line]:
    """Yield everybody in the list, with their line numbers.

    >>> [person.name for person in parse_people("Médina, Salma <salma@example.org>")]
    ['Salma Médina']
    """
    columns = None
    for number, record in logical_lines(text):
        cells = split_cells(record)
        if columns is None:
            columns = detect_columns(cells)
            if columns:
                continue
        yield from line_people(number, record, cells, columns)


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, numbered; a quoted cell may span several lines."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        last = number + 1
        if is_open(lines[number]):
            ends = range(number + 2, min(number + MAX_CELL_LINES, len(lines)) + 1)
            last = next((end for end in ends if not is_open(*lines[number:end])), last)
        record = "\n".join(lines[number:last])
        if record.strip():
            yield number + 1, record
        number = last


def is_open(*lines: str) -> bool:
    return sum(line.count('"') for line in lines) % 2 == 1


def split_cells(record: str) -> list[str]:
    """Return the cells of a row, empty ones too. Commas between mailboxes are part of names."""
    bare = re.sub(r'"[^"]*"', "", record)
    between = next((sign for sign in "\t;," if sign in bare), ",")
    if between == "," and MAILBOX.search(record):
        boxes, bracket, after = record.rpartition(">")
        cells = [boxes + bracket, *after.split(",")]
    else:
        cells = next(csv.reader(record.splitlines(keepends=True), delimiter=between))
    return [one_line(cell) for cell in cells]


def detect_columns(cells: list[str]) -> dict[str, int]:
    """Return the index of each known column if `cells` are headings, or else {}."""
    found: dict[str, int] = {}
    for number, cell in enumerate(cells):
        for what, headings in HEADINGS.items():
            if cell.casefold().rstrip(" :*") in headings:
                found.setdefault(what, number)
    if any("@" in cell for cell in cells) or "email" not in found:
        return {}
    if "family" in found and "given" not in found:
        found.setdefault("name", found.pop("family"))
    return found


def line_people(
    number: int, record: str, cells: list[str], columns: dict[str, int] | None
) -> Iterator[Line]:
    boxes = [(at, *box) for at, cell in enumerate(cells) if "@" in cell for box in mailboxes(cell)]
    words = [cell for cell in cells if "@" not in cell]
    languages = [LANGUAGE_OF[word.casefold()] for word in words if word.casefold() in LANGUAGE_OF]
    language = languages[0] if languages else "fr"
    match boxes:
        case []:
            yield Line(number, record, fault=_("Enter an email address."))
        case [(at, name, email)]:
            name = name_from_columns(cells, columns or {}) or name or name_near_address(cells, at)
            yield Line(number, record, email, name, language)
        case _ if not all(name for _at, name, _email in boxes) and any(map(is_name, words)):
            yield Line(number, record, fault=_("Enter one address per line."))
        case _:
            for _at, name, email in boxes:
                text = f"{name} <{email}>;{language}" if name else f"{email};{language}"
                yield Line(number, text, email, name, language)


def mailboxes(cell: str) -> Iterator[tuple[str, str]]:
    """Yield `(name, address)` of the people in a cell; the address is in lower case.

    >>> list(mailboxes("nora@example.org, Médina, Salma <salma@example.org>"))
    [('', 'nora@example.org'), ('Salma Médina', 'salma@example.org')]
    """
    boxes = MAILBOX.findall(cell)
    for before, address in boxes:
        pieces = re.split("[;,]", before)
        alone = [address_in(piece) for piece in pieces if "@" in piece]
        yield from (("", one) for one in alone if one != address_in(address))
        yield clean_name(",".join(filter(is_name, pieces))), address_in(address)
    words = re.split(r"[\s,;]+", cell.rpartition(">")[2] if boxes else cell)
    addresses = [address_in(word) for word in words if "@" in word]
    is_one = len(boxes) + len(addresses) == 1
    name = clean_name(" ".join(word for word in words if "@" not in word)) if is_one else ""
    yield from ((name, address) for address in addresses)


def address_in(text: str) -> str:
    return text.strip(" \"'<>().,").lower().removeprefix("mailto:")


def clean_name(name: str) -> str:
    """Return a name without quotation marks, with the family name last."""
    family, comma, given = name.strip(" \"'“”«»()").partition(",")
    return one_line(
        f"{given} {family}" if comma and "," not in given else f"{family}{comma}{given}"
    )


def is_name(cell: str) -> bool:
    """Return whether a cell may be part of a name: no number, no language, no institution."""
    letters = any(map(str.isalpha, cell)) and not any(map(str.isdigit, cell))
    other = "@" in cell or cell.strip().casefold() in LANGUAGE_OF or ORGANISATION.search(cell)
    return letters and not other


def name_from_columns(cells: list[str], columns: dict[str, int]) -> str:
    """Return the name in the name columns of this row."""
    held = {what: cells[at] for what, at in columns.items() if at < len(cells)}
    parts = [held.get("given", ""), held.get("family", "")]
    return clean_name(held.get("name", "")) or one_line(" ".join(parts))


def name_near_address(cells: list[str], at: int) -> str:
    """Return the name in the columns before the address, or else after it: at most two columns."""
    before = [cell for cell in cells[:at] if is_name(cell)]
    after = [cell for cell in cells[at + 1 :] if is_name(cell)]
    return clean_name(" ".join((before or after)[:2]))
