"""Persistent identifiers (DOI and ROR ID), and the licences with their SPDX identifiers."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from symposium.core.identifiers import NormalizedIdentifierField

# Patterns in the common syntax of Python and PostgreSQL: constraints use them too.
DOI_FORM = r"^10\.[0-9]{4,9}/[!-\[\]-z|~]+$"  # no \ { }: BibTeX cannot hold them
ROR_FORM = r"^0[0-9a-hjkmnp-tv-z]{6}[0-9]{2}$"
ORCID_FORM = r"^([0-9]{4}-){3}[0-9]{3}[0-9X]$"
# Crockford's base 32, without i, l, o, u.
DIGITS = {digit: value for value, digit in enumerate("0123456789abcdefghjkmnpqrstvwxyz")}

validate_doi = RegexValidator(
    rf"{DOI_FORM[:-1]}\Z",
    _("Enter the DOI like this: 10.1234/abcd, with no spaces."),
    code="doi_form",
)
validate_ror_form = RegexValidator(
    rf"{ROR_FORM[:-1]}\Z",
    _("Enter the ROR ID like this: 03yrm5c26 (0, six letters or digits, then two digits)."),
    code="ror_form",
)


def ror_check(digits: str) -> str:
    """Return the check digits of a ROR ID from its first seven digits (ISO/IEC 7064, MOD 97-10)."""
    number = 0
    for digit in digits:
        number = number * 32 + DIGITS[digit]
    return f"{98 - number * 100 % 97:02}"


def validate_ror(value: str) -> None:
    """Raise ValidationError unless `value` is a ROR ID with the correct check digits."""
    validate_ror_form(value)
    if ror_check(value[:7]) != value[7:]:
        raise ValidationError(
            _("This ROR ID isn’t valid. Check the last two digits."), code="ror_digits"
        )


class DoiField(NormalizedIdentifierField):
    label, address = r"(info:|urn:)?doi\b(?!\.)/?", r"(dx\.)?doi\.org"
    default_validators = [validate_doi]


class RorField(NormalizedIdentifierField):
    label, address = r"ror( id)?\b(?!\.)", r"ror\.org"
    default_validators = [validate_ror]


class Licence(models.TextChoices):
    """Licence for reuse. The value is its SPDX identifier: https://spdx.org/licenses/"""

    BY = "CC-BY-4.0", "CC BY 4.0"
    BY_SA = "CC-BY-SA-4.0", "CC BY-SA 4.0"
    BY_NC = "CC-BY-NC-4.0", "CC BY-NC 4.0"
    BY_NC_SA = "CC-BY-NC-SA-4.0", "CC BY-NC-SA 4.0"
    BY_ND = "CC-BY-ND-4.0", "CC BY-ND 4.0"
    BY_NC_ND = "CC-BY-NC-ND-4.0", "CC BY-NC-ND 4.0"
    ZERO = "CC0-1.0", "CC0 1.0"

    @property
    def url(self) -> str:
        if self is Licence.ZERO:
            return "https://creativecommons.org/publicdomain/zero/1.0/"
        terms = self.value.removeprefix("CC-").removesuffix("-4.0").lower()
        return f"https://creativecommons.org/licenses/{terms}/4.0/"
