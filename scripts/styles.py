"""Lay out the style sheets: one declaration a line.

python -m scripts.styles            writes them
python -m scripts.styles --check    prints those that are laid out otherwise, and fails
"""

import re
import sys

import cssbeautifier

from scripts.venv import PROJECT

GENERATED = {"planner-grid.css", "timetable.css"}
OPTIONS = cssbeautifier.default_options()
OPTIONS.indent_size = 2
OPTIONS.selector_separator_newline = True
OPTIONS.newline_between_rules = True
OPTIONS.space_around_combinator = True
OPTIONS.end_with_newline = True
OPTIONS.max_preserve_newlines = 2


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    changed = []
    for path in sorted((PROJECT / "static" / "css").glob("*.css")):
        written = path.read_text()
        laid_out = lay_out(written)
        if path.name in GENERATED or laid_out == written:
            continue
        changed.append(path)
        if not check:
            path.write_text(laid_out)
    for path in changed:
        print(f"{path.relative_to(PROJECT)} {'is not' if check else 'was'} laid out")
    if check and changed:
        print("Run `make format`.")
    return int(check and bool(changed))


def lay_out(sheet: str) -> str:
    """Return a style sheet with one declaration a line, each with its semicolon."""
    laid_out = cssbeautifier.beautify(sheet, OPTIONS)
    return re.sub(r"([^\s;{}/])(\n\s*\})", r"\1;\2", laid_out)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
