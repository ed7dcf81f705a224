"""Rules for the e-mail addresses of accounts."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

PLAIN_ADDRESS_MESSAGE = _(
    "Check this email address: before the @, it can only contain unaccented Latin "
    "letters, digits and signs."
)


def validate_plain_address(address: str) -> None:
    """Raise ValidationError for a non-ASCII local part: `ı` could be mistaken for `i`."""
    if not address.rpartition("@")[0].isascii():
        raise ValidationError(PLAIN_ADDRESS_MESSAGE, code="plain")
