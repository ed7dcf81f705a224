import pytest

from symposium.core.admin.spreadsheet import escape_formula


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+cmd|x", "-2+3", "@SUM(A1)", " =1", '"=1"', "＝1", "+212 = 5"]
)
def test_formula_is_escaped_with_a_quote(text):
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("between", [";", "\t", "\r", "\n"])
def test_formula_after_a_separator_is_escaped(between):
    text, quoted = f"a{between}=1+1{between} @b", f"a{between}'=1+1{between}' @b"
    assert escape_formula(text) == quoted
    assert escape_formula(text[1:]) == quoted[1:]


@pytest.mark.parametrize(
    "value",
    ["+212 5 22 00 00 00", "Tél. ; +212 5 22", "R = S", "Été", "الندوة", "", None, 12, -3, True],
)
def test_plain_value_is_not_escaped(value):
    assert escape_formula(value) == value


def test_unstorable_characters_are_removed():
    assert escape_formula("a\x0bb\ud800c\ufffed\uffff") == "abcd"
