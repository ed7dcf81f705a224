"""Sign-in codes: digits that are sent by e-mail, and typed or pasted by the user."""

import unicodedata

from django.utils.crypto import get_random_string

CODE_DIGITS = 6
STAFF_CODE_DIGITS = 8
# An HTML pattern: 6 or 8 digits of any script, with any characters between them.
PATTERN = r"\P{Nd}*(\p{Nd}\P{Nd}*){6}((\p{Nd}\P{Nd}*){2})?"


def new_sign_in_code(*, for_staff: bool) -> str:
    return get_random_string(STAFF_CODE_DIGITS if for_staff else CODE_DIGITS, "0123456789")


def digits(typed: str) -> str:
    """Return the digits of `typed` as 0–9 and drop the rest: `٠٣٢ ٥٩٣` is 032593."""
    return "".join(str(unicodedata.decimal(sign)) for sign in typed if sign.isdecimal())
