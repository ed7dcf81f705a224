"""Invitations: a list of people, parsed line by line, and the e-mail to each person."""

import codecs
import re
from collections.abc import Iterable
from typing import IO

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from symposium.core.validators import one_line, validate_name
from symposium.registrations import lists, notices, workbooks
from symposium.registrations.lists import Line
from symposium.registrations.models import Category, Invitation

# A longer list is probably another file, chosen by mistake.
MAX_LINES = 5000
MAX_CELLS = 12


# Files


def read_text(file: IO[bytes], name: str) -> str:
    """Return the lines of a CSV file, or of the first sheet of an XLSX workbook.

    Raise ValidationError if the file is neither.
    """
    if name.lower().endswith(".xlsx"):
        return "\n".join(workbook_text(file))
    content = file.read()
    for encoding in encodings_of(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable_file()


def encodings_of(content: bytes) -> list[str]:
    """Return the possible encodings of the text, the most likely first."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    # An ASCII character takes two bytes in UTF-16, and one of them is zero.
    first, second = content[::2].count(0), content[1::2].count(0)
    if max(first, second) * 10 > len(content):
        return ["utf-16-le" if second > first else "utf-16-be"]
    return ["utf-8-sig", "cp1256" if looks_arabic(content) else "cp1252"]


def looks_arabic(content: bytes) -> bool:
    """Return whether three non-ASCII letters follow one another: French accents never do."""
    return re.search(rb"[\xc0-\xed]{3}", content) is not None


def workbook_text(file: IO[bytes]) -> list[str]:
    """Return the rows of the first sheet, with tabs between the cells, quoted as in CSV."""
    try:
        rows = workbooks.rows(file, most=MAX_LINES + 1, cells=MAX_CELLS)
    except workbooks.TooLarge as error:
        raise ValidationError(
            _(
                "This workbook contains more than a list of people. Copy just the list into a "
                "new workbook, or paste it here."
            ),
            code="too_large",
        ) from error
    except workbooks.READ_ERRORS as error:
        raise unreadable_file() from error
    return ["\t".join(quote_cell(one_line(cell)) for cell in row) for row in rows]


def quote_cell(cell: str) -> str:
    escaped = cell.replace('"', '""')
    return f'"{escaped}"' if '"' in cell else cell


def unreadable_file() -> ValidationError:
    return ValidationError(
        _("This file isn’t a CSV file or an XLSX workbook. Save it as one of these."),
        code="unreadable",
    )


# Lines


def parse(text: str, category: Category) -> list[Line]:
    """Parse a list, in any format of `lists.py`; `fault` of a line is its error, if any.

    Raise ValidationError if the list is too long.
    """
    if len(text.splitlines()) > MAX_LINES:
        raise ValidationError(
            _("Enter no more than %(most)d lines at a time."),
            code="too_long",
            params={"most": MAX_LINES},
        )
    known = set(category.invitations.values_list("email", flat=True))
    found = []
    for line in lists.parse_people(text):
        fault = line.fault or line_error(line.email, line.name, known)
        found.append(Line(line.number, line.text, fault=fault) if fault else line)
        known.add(line.email)
    return found


def line_error(email: str, name: str, known: set[str]) -> str:
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


# Saving and sending


def save_lines(lines: Iterable[Line], category: Category) -> int:
    """Save the lines without a fault, known addresses excepted; return the number of new ones."""
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
    """Send the e-mail, if it was not sent before or if `again`; return whether it is sent now."""
    row = Invitation.objects.select_for_update(of=("self",)).select_related("category__edition")
    found = row.get(pk=invitation.pk)
    if found.sent_at and not again:
        return False
    found.sent_at = timezone.now()
    found.save(update_fields=["sent_at"])
    notices.invited(found)
    return True
