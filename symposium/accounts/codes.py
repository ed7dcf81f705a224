"""The codes that are sent by mail: digits, as people type and paste them."""

import unicodedata

from django.utils.crypto import get_random_string

LENGTH = 6
LENGTH_FOR_STAFF = 8
# For a browser: as many digits of any script, whatever stands between them.
PATTERN = r"\P{Nd}*(\p{Nd}\P{Nd}*){6}((\p{Nd}\P{Nd}*){2})?"


def new(*, for_staff: bool) -> str:
    return get_random_string(LENGTH_FOR_STAFF if for_staff else LENGTH, "0123456789")


def digits(typed: str) -> str:
    """The digits of `typed` as 0–9: `٠٣٢ ٥٩٣` is 032593; spaces and marks of direction go."""
    return "".join(str(unicodedata.decimal(sign)) for sign in typed if sign.isdecimal())
