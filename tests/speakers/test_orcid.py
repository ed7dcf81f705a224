import pytest
from django.core.exceptions import ValidationError

from symposium.speakers.orcid import check_digit, validate_orcid


@pytest.mark.parametrize(
    "orcid",
    ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X", "0009-0000-0000-0009"],
)
def test_orcid_with_valid_check_digit_is_accepted(orcid):
    assert check_digit(orcid.replace("-", "")[:15]) == orcid[-1]
    validate_orcid(orcid)


@pytest.mark.parametrize(
    ("orcid", "code"),
    [
        ("0000-0002-1825-0096", "orcid_digit"),
        ("0000-0001-2825-0097", "orcid_digit"),
        ("0000-0002-1694-233x", "orcid_form"),
        ("0000000218250097", "orcid_form"),
        ("https://orcid.org/0000-0002-1825-0097", "orcid_form"),
        ("0000-0002-1825-0097\n", "orcid_form"),
        ("٠٠٠٠-٠٠٠٢-١٨٢٥-٠٠٩٧", "orcid_form"),
        ("X000-0002-1825-0097", "orcid_form"),
    ],
)
def test_invalid_orcid_is_refused(orcid, code):
    with pytest.raises(ValidationError) as caught:
        validate_orcid(orcid)
    assert caught.value.code == code
