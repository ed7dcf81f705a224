"""Usage of an abstract as the columns of a chart: a pure function from days to shapes.

Time runs from left to right in every language. A shape has a CSS class (`kind`), which the style
sheet colours.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 480, 120
CHART_DAYS = 90


@dataclass(frozen=True)
class Column:
    kind: str
    x: int
    y: int
    width: int
    height: int


def columns(days: Sequence[tuple[datetime.date, int, int]], until: datetime.date) -> list[Column]:
    """Return the columns of the last `CHART_DAYS` days, with downloads stacked on reads.

    `days` are tuples (day, reads, downloads).
    """
    first = until - datetime.timedelta(days=CHART_DAYS - 1)
    shown = [one for one in days if first <= one[0] <= until]
    top = max((reads + downloads for _day, reads, downloads in shown), default=1)
    drawn = []
    for day, reads, downloads in shown:
        start, end = (((day - first).days + step) * WIDTH // CHART_DAYS for step in (0, 1))
        bottom = HEIGHT
        for kind, number in (("first", reads), ("second", downloads)):
            height = round(number * HEIGHT / top)
            if height:
                drawn.append(Column(kind, start, bottom - height, end - start - 1, height))
            bottom -= height
    return drawn
