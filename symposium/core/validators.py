"""Validators for what users type about themselves: one line of plain text.

The text goes into e-mails, badges and spreadsheets. It is stored as typed, even if it looks like
code (`=1+1`, `{{7*7}}`, `<b>`). Only characters impossible in a name are refused, with a message.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# The last ranges are not characters: neither a workbook nor XML can hold them.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
# Marks that change the text direction; a name is always displayed in its own direction.
BIDI_MARKS = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
ADDRESS = re.compile(r"://|\bwww\.|@", re.IGNORECASE)


def one_line(text: str) -> str:
    """Return the text on one line, without invisible direction marks."""
    return " ".join(BIDI_MARKS.sub("", text).split())


def validate_line(text: str) -> None:
    """Raise ValidationError if the text has line breaks, control characters or direction marks."""
    if CONTROL.search(text) or BIDI_MARKS.search(text):
        raise ValidationError(
            _("Enter this on one line, with no hidden characters."), code="control_characters"
        )


def validate_name(text: str) -> None:
    """Raise ValidationError if the text cannot be the name of a person or an organisation."""
    validate_line(text)
    if ADDRESS.search(text):
        raise ValidationError(_("Enter a name, with no web or email address."), code="address")
