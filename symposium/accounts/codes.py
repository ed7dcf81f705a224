"""The codes that are sent by mail: digits, as people type and paste them."""

import unicodedata

from django.utils.crypto import get_random_string

CODE_DIGITS = 6
STAFF_CODE_DIGITS = 8
# For a browser: as many digits of any script, whatever stands between them.
PATTERN = r"\P{Nd}*(\p{Nd}\P{Nd}*){6}((\p{Nd}\P{Nd}*){2})?"


def new_code(*, for_staff: bool) -> str:
    return get_random_string(STAFF_CODE_DIGITS if for_staff else CODE_DIGITS, "0123456789")


def digits(typed: str) -> str:
    """The digits of `typed` as 0–9: `٠٣٢ ٥٩٣` is 032593; spaces and marks of direction go."""
    return "".join(str(unicodedata.decimal(sign)) for sign in typed if sign.isdecimal())
