"""What people type about themselves: one line of plain text, which nothing reads as code.

It ends in mails, badges and spreadsheets. Whatever it looks like (`=1+1`, `{{7*7}}`, `<b>`) it is
kept as typed; only what cannot stand in a name is refused, with a sentence that says why.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# The last ones are no characters: neither a workbook nor XML can hold them.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
# Marks that turn the direction of what follows; a name shows its own.
BIDI_MARKS = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
ADDRESS = re.compile(r"://|\bwww\.|@", re.IGNORECASE)


def one_line(text: str) -> str:
    """The text on one line, without marks that nobody sees."""
    return " ".join(BIDI_MARKS.sub("", text).split())


def validate_line(text: str) -> None:
    """Raise ValidationError if the text holds more than one line of characters to be read."""
    if CONTROL.search(text) or BIDI_MARKS.search(text):
        raise ValidationError(
            _("Enter this on one line, with no hidden characters."), code="control_characters"
        )


def validate_name(text: str) -> None:
    """Raise ValidationError if the text cannot be a person's name or an organisation's."""
    validate_line(text)
    if ADDRESS.search(text):
        raise ValidationError(_("Enter a name, with no web or email address."), code="address")
