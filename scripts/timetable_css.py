"""Write static/css/timetable.css: the positions of the programme's cards.

Run `python3 scripts/timetable_css.py` after changing a limit below, and commit the result. Pages
give positions by classes, because the content security policy allows no inline style: tt-sN row of
the start (from 0), tt-dN rows spanned, tt-cN column (from 1), tt-wN columns spanned, tt-rooms-N
number of columns. Row 1 and column 1 of the grid hold the room names and the hours, hence the two
offsets.
"""

from pathlib import Path

# A day of twenty hours, in rows of five minutes.
ROWS, COLUMNS, WIDTH = 240, 60, 8
TARGET = Path(__file__).resolve().parent.parent / "static" / "css" / "timetable.css"


def rules() -> str:
    lines = [
        [f".tt-s{n}{{grid-row-start:{n + 2}}}" for n in range(ROWS)],
        [f".tt-d{n}{{grid-row-end:span {n}}}" for n in range(1, ROWS)],
        [f".tt-c{n}{{--tt-c:{n + 1}}}" for n in range(1, COLUMNS + 1)],
        [f".tt-w{n}{{--tt-w:{n}}}" for n in range(2, WIDTH + 1)],
        [f".tt-rooms-{n}{{--tt-cols:{n}}}" for n in range(1, COLUMNS + 1)],
    ]
    return "\n".join("".join(line) for line in lines)


TARGET.write_text(
    "/* Written by scripts/timetable_css.py. */\n"
    f"@media screen and (min-width:992px){{\n{rules()}\n}}\n"
)
