"""Write static/vendor/bootstrap.min.css and bootstrap.rtl.min.css: the part of Bootstrap in use.

Run `.venv/bin/python -m scripts.bootstrap_css` after a template, a script or a form begins or
ceases to use a class of Bootstrap, and commit the result; `make vendor` runs it too. The whole
files are in scripts/bootstrap/, which is never served. A selector is kept if each of its classes is
a word in our templates, scripts, forms and template tags, or in the templates of crispy forms; a
custom property, if something reads it; an animation, if something plays it.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
WHOLE = PROJECT / "scripts" / "bootstrap"
VENDOR = PROJECT / "static" / "vendor"
NAMES = ("bootstrap.min.css", "bootstrap.rtl.min.css")
# The templates of crispy forms that our forms use; others are of layouts that they do not have.
CRISPY = (
    "errors", "field", "inputs", "uni_form", "whole_uni_form", "layout/attrs", "layout/div",
    "layout/field_errors", "layout/field_errors_block", "layout/field_file", "layout/help_text",
    "layout/help_text_and_errors", "layout/radio_checkbox_select",
)  # fmt: skip

TRANSLATED = re.compile(r"{% translate\b.*?%}|\b_\(.*?\)\B", re.DOTALL)
WORD = re.compile(r"-?[A-Za-z][\w-]*")
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
NEGATION = re.compile(r":not\((?:[^()]|\([^()]*\))*\)")
COMMA = re.compile(r",(?![^(\[]*[)\]])")
DECLARED = re.compile(r"(--bs-[\w-]+):")
READ = re.compile(r"var\((--bs-[\w-]+)")

Block = tuple[str, str | None]  # what stands before the braces and in them; None: a statement


def used_words() -> set[str]:
    """Return the words of all files that may name a class of Bootstrap, without translations."""
    texts = (TRANSLATED.sub("", path.read_text()) for path in sources())
    return {word for text in texts for word in WORD.findall(text)}


def sources() -> list[Path]:
    """Return our templates, scripts and Python, and the parts of crispy forms in use."""
    ours = [
        *(path for path in (PROJECT / "templates").rglob("*.html") if "admin" not in path.parts),
        *(PROJECT / "static" / "js").glob("*.js"),
        *(PROJECT / "symposium").rglob("forms.py"),
        *(PROJECT / "symposium").glob("*/templatetags/*.py"),
    ]
    templates = package("crispy_bootstrap5") / "templates" / "bootstrap5"
    crispy = [templates / f"{name}.html" for name in CRISPY]
    return [*ours, *crispy, package("crispy_forms") / "templatetags" / "crispy_forms_field.py"]


def package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name)
    return Path(spec.origin).parent


def part(css: str, words: set[str], readers: Iterable[str]) -> str:
    """Return the rules of `css` whose classes are all in `words`.

    `readers` are other style sheets, which may read its custom properties.
    """
    head, end, rules = css.partition("*/")  # the licence
    rules = "".join(kept(block, words) for block in blocks(rules.strip()))
    rules = without_unread_properties(rules, "".join(readers))
    played = re.findall(r"animation(?:-name)?:([^;}]*)", rules)
    return f"{head}{end}" + "".join(
        written(block) for block in blocks(rules) if is_played(block[0], played)
    )


def blocks(css: str) -> Iterator[Block]:
    """Yield the rules and statements of a minified style sheet without comments."""
    start = depth = opened = 0
    for at, sign in enumerate(css):
        if sign == "{":
            opened = opened if depth else at
            depth += 1
        elif sign == "}":
            depth -= 1
            if not depth:
                yield css[start:opened], css[opened + 1 : at]
                start = at + 1
        elif sign == ";" and not depth:
            yield css[start:at], None
            start = at + 1


def written(block: Block) -> str:
    head, body = block
    return f"{head};" if body is None else f"{head}{{{body}}}"


def kept(block: Block, words: set[str]) -> str:
    head, body = block
    if body is None or head.startswith(("@keyframes", "@font-face")):
        return written(block)
    if head.startswith("@"):
        inside = "".join(kept(inner, words) for inner in blocks(body))
        return f"{head}{{{inside}}}" if inside else ""
    selectors = [one for one in COMMA.split(head) if classes(one) <= words]
    return f"{','.join(selectors)}{{{body}}}" if selectors else ""


def classes(selector: str) -> set[str]:
    """Return the classes that an element must have to match `selector`."""
    return set(CLASS.findall(NEGATION.sub("", selector)))


def without_unread_properties(css: str, others: str) -> str:
    """Remove unused custom properties, repeatedly: some are read only by other unused ones."""
    read = set(READ.findall(css + others))
    unread = set(DECLARED.findall(css)) - read
    if not unread:
        return re.sub(r"[^{}]+{}", "", css)
    names = "|".join(sorted(unread, key=len, reverse=True))
    value = r"(?:[^;{}\"]|\"[^\"]*\")*"
    return without_unread_properties(re.sub(rf"(?:{names}):{value};?", "", css), others)


def is_played(head: str, played: list[str]) -> bool:
    _rule, is_keyframes, name = head.partition("@keyframes ")
    return not is_keyframes or any(name in animation.split() for animation in played)


def files() -> dict[str, str]:
    """Return the text of each file that this script writes, by name."""
    words = used_words()
    readers = [path.read_text() for path in (PROJECT / "static" / "css").glob("*.css")]
    return {name: part((WHOLE / name).read_text(), words, readers) + "\n" for name in NAMES}


def write(folder: Path) -> None:
    for name, text in files().items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    write(VENDOR)
