"""ORCID iDs: their check digit, their form field."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from symposium.core.identifiers import NormalizedIdentifierField

validate_form = RegexValidator(
    r"^([0-9]{4}-){3}[0-9]{3}[0-9X]\Z",
    _("Enter the ORCID iD like this: 0000-0000-0000-0000."),
    code="orcid_form",
)


def check_digit(digits: str) -> str:
    """Return the last character of an iD from its first 15 digits (ISO/IEC 7064, MOD 11-2)."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    return "X" if (result := (12 - total % 11) % 11) == 10 else str(result)


def validate_orcid(value: str) -> None:
    """Raise ValidationError unless `value` is an ORCID iD with a correct check digit."""
    validate_form(value)
    digits = value.replace("-", "")
    if check_digit(digits[:15]) != digits[15]:
        raise ValidationError(
            _("This ORCID iD isn’t valid. Check the last character."),
            code="orcid_digit",
        )


class OrcidField(NormalizedIdentifierField):
    """ORCID iD: four groups of four digits; the last character may be a capital X."""

    label, address = r"orcid( id)?\b(?!\.)", r"orcid\.org"
    default_validators = [validate_orcid]

    def bare(self, text: str) -> str:
        return super().bare(text.replace("/my-orcid?orcid=", "/"))

    def written(self, text: str) -> str:
        digits = re.sub(r"[\s-]", "", text).upper()
        return "-".join(re.findall("....", digits)) if len(digits) == 16 else text
