import pytest

from symposium.core.admin.spreadsheet import defused


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+cmd|x", "-2+3", "@SUM(A1)", " =1", '"=1"', "＝1", "+212 = 5"]
)
def test_what_a_spreadsheet_would_run_is_quoted(text):
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("between", [";", "\t", "\r", "\n"])
def test_no_part_runs_where_a_spreadsheet_may_cut_the_cell(between):
    text, quoted = f"a{between}=1+1{between} @b", f"a{between}'=1+1{between}' @b"
    assert defused(text) == quoted
    assert defused(text[1:]) == quoted[1:]


@pytest.mark.parametrize(
    "value",
    ["+212 5 22 00 00 00", "Tél. ; +212 5 22", "R = S", "Été", "الندوة", "", None, 12, -3, True],
)
def test_the_rest_stays_whole(value):
    assert defused(value) == value


def test_what_no_sheet_can_hold_is_left_out():
    assert defused("a\x0bb\ud800c\ufffed\uffff") == "abcd"
