"""Order and presence of the parts of menu, home page and footer."""

from symposium.editions.arrangements import Place, moved, places, shown, stored

STANDARD = [Place("a"), Place("b"), Place("c", shown=False)]


def test_nothing_arranged_is_the_standard():
    assert places([], STANDARD) == STANDARD
    assert stored(STANDARD, STANDARD) == []


def test_order_and_hidden_parts_are_kept():
    arranged = [Place("c"), Place("a", shown=False), Place("b")]
    assert stored(arranged, STANDARD) == ["c", "-a", "b"]
    assert places(["c", "-a", "b"], STANDARD) == arranged
    assert shown(["c", "-a", "b"], STANDARD) == ["c", "b"]


def test_part_added_since_has_its_standard_place():
    assert places(["b", "a"], STANDARD) == [Place("b"), Place("c", shown=False), Place("a")]


def test_part_that_is_gone_is_dropped():
    assert places(["x", "a", "a", "b", "c"], STANDARD) == [Place("a"), Place("b"), Place("c")]


def test_part_moves_by_one_place_and_not_past_the_ends():
    assert [place.name for place in moved(STANDARD, "b", -1)] == ["b", "a", "c"]
    assert [place.name for place in moved(STANDARD, "a", -1)] == ["a", "b", "c"]
    assert [place.name for place in moved(STANDARD, "x", 1)] == ["a", "b", "c"]
