"""Write static/css/planner-grid.css: the positions of the cards of the planner.

Run `python3 scripts/planner_css.py` after changing a limit below, and commit the result. Pages give
positions by classes, because the content security policy allows no inline style: pl-tN row of the
start (from 0), pl-dN rows spanned, pl-cN column (from 1), pl-wN columns spanned, pl-rooms-N number
of columns. Row 1 and column 1 of the grid hold the room names and the hours, hence the two offsets.
"""

from pathlib import Path

# A day of twenty-four hours, in rows of five minutes.
ROWS, COLUMNS, WIDTH = 288, 80, 12
TARGET = Path(__file__).resolve().parent.parent / "static" / "css" / "planner-grid.css"


def rules() -> str:
    lines = [
        [f".pl-t{n}{{grid-row-start:{n + 2}}}" for n in range(ROWS)],
        [f".pl-d{n}{{grid-row-end:span {n}}}" for n in range(1, ROWS + 1)],
        [f".pl-c{n}{{grid-column-start:{n + 1}}}" for n in range(1, COLUMNS + 1)],
        [f".pl-w{n}{{grid-column-end:span {n}}}" for n in range(2, WIDTH + 1)],
        [f".pl-rooms-{n}{{--pl-rooms:{n}}}" for n in range(1, COLUMNS + 1)],
    ]
    return "\n".join("".join(line) for line in lines)


TARGET.write_text(f"/* Written by scripts/planner_css.py. */\n{rules()}\n")
