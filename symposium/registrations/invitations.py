"""Invitations: a list that somebody keeps elsewhere, read line by line, and the mail to each."""

import csv
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO
from zipfile import BadZipFile, ZipFile

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from symposium.plain import one_line, validate_name
from symposium.registrations import notices
from symposium.registrations.models import Category, Invitation

# More is no list of invited people but a file chosen by mistake.
MOST_LINES = 5000
MOST_CELLS = 12
# Unpacked: a small file may hold a great deal of nothing.
BIGGEST_WORKBOOK = 64 * 1024 * 1024
# What reading a workbook raises when its archive, its XML or what this says is broken.
BROKEN = (
    BadZipFile, InvalidFileException, zlib.error, SyntaxError, LookupError, TypeError, ValueError,
    AttributeError, RuntimeError, EOFError, OSError,
)  # fmt: skip
LANGUAGES = {
    **{code: code for code, _name in settings.LANGUAGES},
    "français": "fr", "francais": "fr", "french": "fr", "fra": "fr",
    "english": "en", "anglais": "en", "eng": "en",
    "arabic": "ar", "arabe": "ar", "العربية": "ar", "عربي": "ar", "ara": "ar",
}  # fmt: skip
HEADINGS = {
    "email", "e-mail", "mail", "e-mail address", "email address", "courriel", "adresse e-mail",
    "adresse électronique", "البريد الإلكتروني",
}  # fmt: skip
BETWEEN = re.compile(r"[;\t,]")


@dataclass(frozen=True)
class Line:
    """A line of the list: what was read in it, or its fault. `text` is the line as it was."""

    number: int
    text: str
    email: str = ""
    name: str = ""
    language: str = "fr"
    fault: str = ""


# Files


def text_of(file: IO[bytes], name: str) -> str:
    """The lines of a CSV file or of the first sheet of an XLSX workbook.

    Raises ValidationError if it is neither.
    """
    if name.lower().endswith(".xlsx"):
        return "\n".join(lines_of_workbook(file))
    content = file.read()
    for encoding in ("utf-8-sig", "cp1256" if looks_arabic(content) else "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable()


def looks_arabic(content: bytes) -> bool:
    """Whether letters beyond ASCII follow one another: accents of French never do by three."""
    return re.search(rb"[\xc0-\xed]{3}", content) is not None


def lines_of_workbook(file: IO[bytes]) -> Iterator[str]:
    try:
        with ZipFile(file) as parts:
            if sum(part.file_size for part in parts.infolist()) > BIGGEST_WORKBOOK:
                raise unreadable()
        book = load_workbook(file, read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(
            max_row=MOST_LINES + 1, max_col=MOST_CELLS, values_only=True
        )
        for row in rows:
            yield "\t".join(one_line(str(cell)) for cell in row if cell is not None)
    except BROKEN as error:
        raise unreadable() from error


def unreadable() -> ValidationError:
    return ValidationError(
        _("This file is neither CSV nor an XLSX workbook: save it as one of these."),
        code="unreadable",
    )


# Lines


def read(text: str, category: Category) -> list[Line]:
    """Read a list, a person a line: an e-mail address, a name and a language, in any order.

    Raises ValidationError if it is too long. Blank lines and a line of headings are passed over.
    """
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        raise ValidationError(
            _("At most %(most)d lines at a time."), code="too_long", params={"most": MOST_LINES}
        )
    known = set(category.invitations.values_list("email", flat=True))
    found, first = [], True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if not (first and is_heading(line)):
            read_one = line_read(number, line, known)
            known |= {read_one.email} - {""}
            found.append(read_one)
        first = False
    return found


def is_heading(line: str) -> bool:
    words = {cell.strip().casefold() for cell in BETWEEN.split(line)}
    return "@" not in line and bool(words & HEADINGS)


def cells_of(line: str) -> list[str]:
    between = max(";\t,", key=line.count)
    cells = next(csv.reader([line.replace("\0", "")], delimiter=between), [])
    return [one_line(cell) for cell in cells if cell.strip()]


def line_read(number: int, text: str, known: set[str]) -> Line:
    try:
        cells = cells_of(text)
    except csv.Error:
        cells = []
    addresses = [cell for cell in cells if "@" in cell]
    if len(addresses) != 1:
        fault = _("There is no e-mail address.") if not addresses else _("One address a line.")
        return Line(number, text, fault=fault)
    email = address_in(addresses[0])
    languages = [cell for cell in cells if cell.casefold() in LANGUAGES]
    rest = [cell for cell in cells if cell not in (*addresses, *languages)]
    name = " ".join(rest) or name_in(addresses[0])
    language = LANGUAGES[languages[0].casefold()] if languages else "fr"
    if fault := fault_of(email, name, known):
        return Line(number, text, fault=fault)
    return Line(number, text, email, name, language)


def address_in(cell: str) -> str:
    """`Salma Médina <salma@example.org>` or the address alone, in lower case."""
    found = re.search(r"<([^<>]+)>", cell)
    return (found[1] if found else cell).strip().lower()


def name_in(cell: str) -> str:
    return cell.partition("<")[0].strip(' "') if "<" in cell else ""


def fault_of(email: str, name: str, known: set[str]) -> str:
    try:
        validate_email(email)
        validate_name(name)
    except ValidationError as error:
        return " ".join(error.messages)
    if len(email) > 254 or len(name) > 150:
        return _("This is too long.")
    if email in known:
        return _("Already on the list.")
    return ""


# What is done with them


def add(lines: Iterable[Line], category: Category) -> int:
    """Keep the right lines; return how many are new. Added twice, an address is there once."""
    before = category.invitations.count()
    Invitation.objects.bulk_create(
        [
            Invitation(category=category, email=line.email, name=line.name, language=line.language)
            for line in lines
            if not line.fault
        ],
        ignore_conflicts=True,
    )
    return category.invitations.count() - before


@transaction.atomic
def send(invitation: Invitation, *, again: bool = False) -> bool:
    """Send the mail, once unless asked `again`; return whether it goes now."""
    row = Invitation.objects.select_for_update(of=("self",)).select_related("category__edition")
    found = row.get(pk=invitation.pk)
    if found.sent_at and not again:
        return False
    found.sent_at = timezone.now()
    found.save(update_fields=["sent_at"])
    notices.invited(found)
    return True
