"""What an e-mail address may look like here, wherever one is typed for an account."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

PLAIN_ADDRESS_MESSAGE = _(
    "Check this email address: before the @, it can only contain unaccented Latin "
    "letters, digits and signs."
)


def validate_plain_address(address: str) -> None:
    """Refuse letters that can be mistaken for others before the @: `ı` would pass for `i`."""
    if not address.rpartition("@")[0].isascii():
        raise ValidationError(PLAIN_ADDRESS_MESSAGE, code="plain")
