"""Charts: pure functions from numbers to the shapes of an SVG and to its table.

Lengths are whole numbers of the drawing's own units; it is `WIDTH` units wide. A shape names its
class, and the style sheet gives the colour. Time runs from left to right in every language; bars
start on the side where the reader's script starts.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.formats import date_format

WIDTH = 480
LINE = 46
BAR = 14
# Margins for the numbers beside the axis, the hours below it, the highest number above.
BESIDE, BELOW, ABOVE = 44, 24, 14
HEIGHT = 220
MAX_LABEL_CHARS = 48
# Isolates, so that “36 / 40” keeps its order on an Arabic page.
LTR, POP = "\u2066", "\u2069"
QUARTER = datetime.timedelta(minutes=15)


@dataclass(frozen=True)
class Shape:
    """Element of SVG: its tag, its attributes and its text."""

    tag: str
    attributes: dict[str, str]
    words: str = ""


@dataclass(frozen=True)
class Chart:
    """Chart with a description, and a table of the same numbers."""

    name: str
    title: str
    description: str
    height: int
    shapes: list[Shape]
    headings: list[str]
    rows: list[list[str]]
    # Legend of the colours: `(class, text)`.
    key: list[tuple[str, str]] = field(default_factory=list)
    of_time: bool = False
    width: int = WIDTH


@dataclass(frozen=True)
class Row:
    """Line of a bar chart: parts laid end to end, `(class, number)`, against a limit."""

    label: str
    parts: Sequence[tuple[str, int]]
    limit: int | None = None

    @property
    def total(self) -> int:
        return sum(number for _kind, number in self.parts)

    @property
    def words(self) -> str:
        """The numbers as text: “3 + 1 / 10”, first part, other parts, limit."""
        first = self.parts[0][1]
        rest = "".join(f" + {number}" for _kind, number in self.parts[1:] if number)
        return f"{first}{rest}" + ("" if self.limit is None else f" / {self.limit}")


def shape(tag: str, kind: str, words: str = "", **attributes: int | str) -> Shape:
    named = {name.replace("_", "-"): str(value) for name, value in attributes.items()}
    return Shape(tag, {"class": kind, **named}, words)


# Bars


def bars(rows: Sequence[Row], *, rtl: bool = False) -> list[Shape]:
    """Return the shapes of each row: its label and number, and the bar below them."""
    scale = max((max(row.total, row.limit or 0) for row in rows), default=0) or 1
    drawn = []
    for place, row in enumerate(rows):
        drawn += bar(row, place * LINE, scale, rtl=rtl)
    return drawn


def bar(row: Row, top: int, scale: int, *, rtl: bool) -> list[Shape]:
    def across(start: int, width: int) -> int:
        return WIDTH - start - width if rtl else start

    # Text is anchored at its start in the reader's direction: both scripts share one class.
    drawn = [
        shape("text", "label", shortened(row.label), x=across(0, 0), y=top + 16),
        shape("text", "number", f"{LTR}{row.words}{POP}", x=across(WIDTH, 0), y=top + 16),
        shape("rect", "track", x=0, y=top + 24, width=WIDTH, height=BAR),
    ]
    start = 0
    for kind, number in row.parts:
        end = min(WIDTH, start + round(number * WIDTH / scale))
        if end > start:
            x = across(start, end - start)
            drawn.append(shape("rect", kind, x=x, y=top + 24, width=end - start, height=BAR))
        start = end
    if row.limit:
        at = across(min(WIDTH - 2, round(row.limit * WIDTH / scale)), 2)
        drawn.append(shape("rect", "limit", x=at, y=top + 20, width=2, height=BAR + 8))
    return drawn


def height_of_bars(rows: Sequence[Row]) -> int:
    return max(1, len(rows)) * LINE


def shortened(label: str) -> str:
    return label if len(label) <= MAX_LABEL_CHARS else f"{label[: MAX_LABEL_CHARS - 1]}…"


# Lines over time


def growth(days: Sequence[tuple[datetime.date, int]], limit: int | None) -> list[Shape]:
    """Draw the growth of a number: `(day, total at its end)` for every day, against a limit."""
    if not days:
        return []
    top = rounded_up(max(days[-1][1], limit or 0))
    left, right, bottom = BESIDE, WIDTH - 8, HEIGHT - BELOW
    last = max(1, len(days) - 1)

    def x(place: int) -> int:
        return left + round(place * (right - left) / last)

    points = [(x(place), height_at(number, top)) for place, (_day, number) in enumerate(days)]
    line = " ".join(f"{across},{down}" for across, down in points)
    drawn = [
        *scale_beside(top),
        shape("polygon", "area", points=f"{left},{bottom} {line} {points[-1][0]},{bottom}"),
        shape("polyline", "line", points=line),
    ]
    if limit is not None:
        y = height_at(limit, top)
        drawn.append(shape("line", "limit", x1=left, x2=right, y1=y, y2=y))
    for place in sorted({0, last // 2, len(days) - 1}):
        kind = "tick" if 0 < place < last else ("tick first" if place == 0 else "tick last")
        words = date_format(days[place][0], "j/m/Y" if place in (0, last) else "j/m")
        drawn.append(shape("text", kind, words, x=x(place), y=HEIGHT - 6))
    return drawn


def arrivals(quarters: Sequence[tuple[datetime.time, int]]) -> list[Shape]:
    """Draw the number of arrivals in each quarter of an hour, from the first to the last one."""
    if not quarters:
        return []
    top = rounded_up(max(number for _start, number in quarters))
    width = (WIDTH - 8 - BESIDE) // max(len(quarters), 8)
    drawn = scale_beside(top)
    hours = [place for place, (start, _number) in enumerate(quarters) if start.minute == 0]
    told = set(hours[:: max(1, -(-len(hours) // 7))]) or {0}
    for place, (start, number) in enumerate(quarters):
        x, y = BESIDE + place * width, height_at(number, top)
        if number:
            drawn.append(
                shape("rect", "first", x=x, y=y, width=max(1, width - 2), height=HEIGHT - BELOW - y)
            )
        if place in told:
            drawn.append(shape("text", "tick first", f"{start:%H:%M}", x=x, y=HEIGHT - 6))
    return drawn


def quarters_of(
    minutes: Iterable[tuple[datetime.datetime, int]],
) -> list[tuple[datetime.time, int]]:
    """Sum `(local minute, number)` of one day by quarter of an hour, empty ones included."""
    counted: dict[datetime.datetime, int] = {}
    for minute, number in minutes:
        start = minute.replace(minute=minute.minute // 15 * 15, second=0, microsecond=0)
        counted[start] = counted.get(start, 0) + number
    if not counted:
        return []
    start, last, found = min(counted), max(counted), []
    while start <= last:
        found.append((start.time(), counted.get(start, 0)))
        start += QUARTER
    return found


def totals(
    per_day: dict[datetime.date, int], until: datetime.date
) -> list[tuple[datetime.date, int]]:
    """Return `(day, total at its end)` for every day until `until`, from the number of each day."""
    if not per_day:
        return []
    day, total, found = min(per_day), 0, []
    while day <= max(until, *per_day):
        total += per_day.get(day, 0)
        found.append((day, total))
        day += datetime.timedelta(days=1)
    return found


# The scale beside


def rounded_up(number: int) -> int:
    """Return the next number of the form 1, 2, 4 or 5 followed by zeros, at least 4."""
    step = 1
    while True:
        for first in (1, 2, 4, 5):
            if max(4, number) <= first * step:
                return first * step
        step *= 10


def height_at(number: int, top: int) -> int:
    room = HEIGHT - BELOW - ABOVE
    return ABOVE + room - round(number * room / top)


def scale_beside(top: int) -> list[Shape]:
    drawn = []
    for number in (0, top // 2, top):
        y = height_at(number, top)
        drawn.append(shape("line", "grid", x1=BESIDE, x2=WIDTH - 8, y1=y, y2=y))
        drawn.append(shape("text", "scale", str(number), x=BESIDE - 8, y=y + 5))
    return drawn
