"""Colours computed from those that an organiser picks."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from symposium.editions import colours

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
READABLE = COLOURS.map(colours.nearest_allowed)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#ad4225", "#ffffff", 5.86)],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert colours.contrast(one, other) == pytest.approx(ratio, abs=0.01)


@given(READABLE)
def test_texts_in_computed_colours_are_readable(colour):
    light = colours.tokens(colour, colour, dark=False)
    dark = colours.tokens(colour, colour, dark=True)
    pairs = []
    for values, papers in ((light, colours.LIGHT_PAPERS), (dark, colours.DARK_PAPERS)):
        for name in ("sea", "terra"):
            pairs += [(values[name], paper) for paper in (*papers, values[f"{name}-tint"])]
            pairs += [(colours.WHITE, values[f"{name}{end}"]) for end in ("-fill", "-deep")]
        pairs.append((values["on-sea-2"], values["sea-deep"]))
    poor = [pair for pair in pairs if colours.contrast(*pair) < colours.MIN_CONTRAST]
    assert poor == []


@given(COLOURS)
def test_nearest_shade_is_readable_and_keeps_a_readable_colour(colour):
    nearest = colours.nearest_allowed(colour)
    assert colours.is_readable(nearest)
    assert (nearest == colour) == colours.is_readable(colour)


@pytest.mark.django_db
@pytest.mark.parametrize("colour", ["#0a4a70", "#ad4225", "#e9ae2d", "#767676", "#777777"])
def test_postgresql_computes_the_same_contrast(colour):
    with connection.cursor() as cursor:
        cursor.execute("SELECT symposium_contrast_with_white(%s)", [colour])
        assert cursor.fetchone()[0] == pytest.approx(colours.contrast(colour, "#ffffff"))


def test_standard_looks_have_no_sheet():
    assert colours.style_sheet("", "", "star") == ""


def test_sheet_is_light():
    sheet = colours.style_sheet("#5b2a86", "#00695c", "arch")
    assert sheet.startswith(":root{--sea:#5b2a86;--sea-fill:#5b2a86;")
    assert len(sheet) < 1000
