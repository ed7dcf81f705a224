import pytest

from symposium.spreadsheet import defused


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+cmd|x", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "+212 = 5"]
)
def test_what_a_spreadsheet_would_run_is_quoted(text):
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize(
    "value", ["+212 5 22 00 00 00", "Rabat = Salé", "Été", "الندوة", "", None, 12, -3, True]
)
def test_the_rest_stays_whole(value):
    assert defused(value) == value


def test_what_no_sheet_can_hold_is_left_out():
    assert defused("a\x0bb") == "ab"
