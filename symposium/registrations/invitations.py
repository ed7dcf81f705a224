"""Invitations: a list that somebody keeps elsewhere, read line by line, and the mail to each."""

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

# More is no list of invited people but a file chosen by mistake.
MAX_LINES = 5000
MAX_CELLS = 12


# Files


def read_text(file: IO[bytes], name: str) -> str:
    """The lines of a CSV file or of the first sheet of an XLSX workbook.

    Raises ValidationError if it is neither.
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
    """What the text may be written in, the likeliest first."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    # The signs of an address take two bytes in UTF-16, and one of the two is nothing.
    first, second = content[::2].count(0), content[1::2].count(0)
    if max(first, second) * 10 > len(content):
        return ["utf-16-le" if second > first else "utf-16-be"]
    return ["utf-8-sig", "cp1256" if looks_arabic(content) else "cp1252"]


def looks_arabic(content: bytes) -> bool:
    """Whether letters beyond ASCII follow one another: accents of French never do by three."""
    return re.search(rb"[\xc0-\xed]{3}", content) is not None


def workbook_text(file: IO[bytes]) -> list[str]:
    """The rows of the first sheet, with tabs between the cells, quoted as in CSV."""
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
    """Read a list, in any form of `lists.py`; each line has the fault of what it says, if any.

    Raises ValidationError if it is too long.
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


# What is done with them


def save_lines(lines: Iterable[Line], category: Category) -> int:
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
