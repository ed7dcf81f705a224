"""Charts: whole numbers inside the frame, with the same values as their tables."""

import datetime
import re

import html5lib
import pytest
from django.utils import translation

from symposium.registrations import statistics
from symposium.registrations.models import CheckIn
from symposium.registrations.statistics import Row
from tests.factories import (
    make_category,
    make_organiser,
    make_registration,
    make_user,
    make_workshop,
    open_edition,
)

PAGE = "/admin/symposium_registrations/registration/charts/"
DAY = datetime.date(2021, 6, 9)
SVG = "{http://www.w3.org/2000/svg}"


def boxes(shapes, kind: str) -> list[tuple[int, int]]:
    """Return the `x` and the width of each rectangle of a class."""
    return [
        (int(one.attributes["x"]), int(one.attributes["width"]))
        for one in shapes
        if one.tag == "rect" and one.attributes["class"] == kind
    ]


def texts(shapes, kind: str) -> list[str]:
    return [one.words for one in shapes if one.attributes["class"] == kind]


# Bars


def test_bar_parts_are_stacked_against_the_limit():
    shapes = statistics.bars([Row("On site", [("first", 60), ("second", 20)], limit=120)])
    assert boxes(shapes, "first") == [(0, 240)]
    assert boxes(shapes, "second") == [(240, 80)]
    assert boxes(shapes, "limit") == [(478, 2)]
    assert texts(shapes, "number") == ["\u206660 + 20 / 120\u2069"]


def test_bars_start_at_the_right_in_right_to_left():
    rows = [Row("حضوري", [("first", 60), ("second", 20)], limit=120)]
    shapes = statistics.bars(rows, rtl=True)
    assert boxes(shapes, "first") == [(240, 240)]
    assert boxes(shapes, "second") == [(160, 80)]
    assert boxes(shapes, "limit") == [(0, 2)]
    [label] = [one for one in shapes if one.attributes["class"] == "label"]
    assert label.attributes["x"] == "480"


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [Row("Nobody", [("first", 0)])],
        [Row("No place", [("first", 0)], limit=0)],
        [Row("Too many", [("first", 30)], limit=10)],
        [Row("a" * 200, [("first", 20_000)]), Row("One", [("first", 1)])],
    ],
)
@pytest.mark.parametrize("rtl", [False, True])
def test_bars_fit_in_the_frame(rows, rtl):
    for one in statistics.bars(rows, rtl=rtl):
        if one.tag == "rect":
            x, width = int(one.attributes["x"]), int(one.attributes["width"])
            assert 0 <= x <= x + width <= statistics.WIDTH
        else:
            assert len(one.words) <= statistics.MAX_LABEL_CHARS


# Growth over time


def test_totals_cover_every_day():
    per_day = {DAY: 2, DAY + datetime.timedelta(days=2): 1}
    assert statistics.totals(per_day, DAY + datetime.timedelta(days=3)) == [
        (DAY, 2),
        (DAY + datetime.timedelta(days=1), 2),
        (DAY + datetime.timedelta(days=2), 3),
        (DAY + datetime.timedelta(days=3), 3),
    ]
    assert statistics.totals({}, DAY) == []


def test_growth_line_is_scaled_to_the_limit():
    days = [(DAY + datetime.timedelta(days=n), n * 25) for n in range(3)]
    shapes = statistics.growth(days, limit=100)
    [line] = [one for one in shapes if one.tag == "polyline"]
    points = [tuple(map(int, point.split(","))) for point in line.attributes["points"].split()]
    floor, ceiling = statistics.HEIGHT - statistics.BELOW, statistics.ABOVE
    assert points[0] == (statistics.BESIDE, floor)
    assert points[-1] == (statistics.WIDTH - 8, (floor + ceiling) // 2)
    [limit] = [one for one in shapes if one.attributes["class"] == "limit"]
    assert int(limit.attributes["y1"]) == ceiling
    assert texts(shapes, "scale") == ["0", "50", "100"]


def test_growth_of_a_single_day_is_drawn():
    shapes = statistics.growth([(DAY, 3)], limit=None)
    assert texts(shapes, "tick first") == ["9/06/2021"]


@pytest.mark.parametrize(
    ("number", "top"), [(0, 4), (3, 4), (5, 5), (6, 10), (11, 20), (21, 40), (4001, 5000)]
)
def test_the_scale_ends_on_a_round_number(number, top):
    assert statistics.rounded_up(number) == top


# Arrivals


def at(hour: int, minute: int) -> datetime.datetime:
    return datetime.datetime(2021, 6, 9, hour, minute, tzinfo=datetime.UTC)


def test_arrivals_are_grouped_by_quarter_hour_with_empty_ones():
    minutes = [(at(8, 58), 1), (at(9, 0), 2), (at(9, 14), 3), (at(9, 31), 4)]
    assert statistics.quarters_of(minutes) == [
        (datetime.time(8, 45), 1), (datetime.time(9, 0), 5), (datetime.time(9, 15), 0),
        (datetime.time(9, 30), 4),
    ]  # fmt: skip
    assert statistics.quarters_of([]) == []


def test_arrivals_of_a_full_day_fit_in_the_frame():
    quarters = statistics.quarters_of([(at(0, 0), 1), (at(23, 59), 900)])
    shapes = statistics.arrivals(quarters)
    assert len(quarters) == 96
    x, width = boxes(shapes, "first")[-1]
    assert x + width <= statistics.WIDTH
    assert len(texts(shapes, "tick first")) <= 7


# The statistics page


@pytest.fixture
def edition(db):
    """An edition with a checked-in registration that has a workshop, and a waiting one."""
    edition = open_edition(is_current=True)
    category = make_category(edition, places=1, name_fr="Sur place", name_ar="حضوري")
    workshop = make_workshop(edition, places=2, title_fr="Cartographie")
    comes = make_registration(category, country="MA", sessions=[workshop])
    make_registration(category, country="SN")
    scanned = datetime.datetime.combine(edition.starts_on, datetime.time(9, 5), edition.zone)
    CheckIn.objects.create(
        edition=edition, registration=comes, day=edition.starts_on, scanned_at=scanned
    )
    return edition


def shown(client, language: str, **chosen):
    client.force_login(make_organiser(language=language))
    return client.get(PAGE, chosen)


def test_tables_match_the_charts(client, edition):
    response = shown(client, "en")
    tables = {chart.name: chart.rows for chart in response.context["charts"]}
    day = edition.starts_on
    assert [row[2] for row in tables["time"]] == ["2"]
    assert tables["categories"] == [["Sur place", "1", "1", "0", "1"]]
    assert tables["countries"] == [["Morocco", "1"], ["Senegal", "1"]]
    assert tables["workshops"] == [["Cartographie", "1", "0", "2"]]
    assert tables[f"arrivals-{day}"] == [["09:00", "1"]]


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_charts_are_well_formed_svg_with_accessible_names(client, edition, language):
    page = shown(client, language).content.decode()
    parsed = html5lib.parse(page)
    drawings = [one for one in parsed.iter(f"{SVG}svg") if one.get("role") == "img"]
    ids = {one.get("id") for one in parsed.iter() if one.get("id")}
    for drawing in drawings:
        assert set(drawing.get("aria-labelledby").split()) <= ids
        for element in drawing.iter():
            numbers = [element.get(name, "0") for name in ("x", "y", "width", "height")]
            assert all(re.fullmatch(r"\d+", number) for number in numbers if number)
    assert len(drawings) == 5
    assert ' style="' not in page


def test_arabic_time_charts_are_left_to_right_and_bars_right_to_left(client, edition):
    response = shown(client, "ar")
    assert response.content.decode().count('<div dir="ltr">') == 2
    charts_shown = {chart.name: chart for chart in response.context["charts"]}
    assert boxes(charts_shown["categories"].shapes, "first") == [(240, 240)]


def test_charts_without_registrations_show_a_notice(client, db):
    open_edition(is_current=True)
    with translation.override("en"):
        page = shown(client, "en").content.decode()
    assert page.count("Nothing to show yet.") == 5


def test_charts_page_shows_the_chosen_edition(client, edition):
    other = open_edition()
    assert shown(client, "en", edition=other.pk).context["working_edition"] == other
    assert shown(client, "en", edition="x").context["working_edition"] == edition


def test_charts_page_without_edition_is_404(client, db):
    assert shown(client, "en").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_charts_page_query_count_is_constant(client, edition, count, django_assert_num_queries):
    for _number in range(count):
        category = make_category(edition)
        make_registration(category, user=make_user(), sessions=[make_workshop(edition, day=2)])
    shown(client, "en")
    with django_assert_num_queries(9):
        client.get(PAGE)
