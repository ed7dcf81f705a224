import re

import pytest

from scripts import bootstrap_css

CSS = (
    '@charset "UTF-8";/*! licence */'
    ':root{--bs-a:1;--bs-b:var(--bs-a);--bs-c:url("data:x;y")}'
    ".btn,.card:not(.btn){color:var(--bs-b)}.btn:not(.card){top:0}.card{left:0}a{right:0}"
    "@media (min-width:1px){.card{left:1px}}@media print{.btn{left:2px}.card{left:3px}}"
    "@keyframes turn{to{rotate:1turn}}@keyframes grow{to{scale:2}}.btn{animation:1s turn}"
)


def test_part_has_the_rules_of_the_words_only():
    assert bootstrap_css.part(CSS, {"btn"}, []) == (
        '@charset "UTF-8";/*! licence */'
        ":root{--bs-a:1;--bs-b:var(--bs-a);}"
        ".btn{color:var(--bs-b)}.btn:not(.card){top:0}a{right:0}"
        "@media print{.btn{left:2px}}"
        "@keyframes turn{to{rotate:1turn}}.btn{animation:1s turn}"
    )


def test_part_keeps_a_property_that_another_style_sheet_reads():
    found = bootstrap_css.part("/**/:root{--bs-a:1;--bs-b:2}", set(), ["p{top:var(--bs-b)}"])
    assert found == "/**/:root{--bs-b:2}"


@pytest.mark.parametrize("name", bootstrap_css.NAMES)
def test_served_file_is_the_part_in_use(name):
    """After a template uses another class: `.venv/bin/python -m scripts.bootstrap_css`."""
    served = (bootstrap_css.VENDOR / name).read_text()
    assert served == bootstrap_css.files()[name]


@pytest.mark.parametrize("name", bootstrap_css.NAMES)
def test_served_file_has_every_class_of_a_template(name):
    templates = (bootstrap_css.PROJECT / "templates").rglob("*.html")
    texts = [path.read_text() for path in templates if "admin" not in path.parts]
    written = " ".join(part for text in texts for part in re.findall(r'class="([^"]*)"', text))
    whole, served = (
        set(bootstrap_css.CLASS.findall((folder / name).read_text()))
        for folder in (bootstrap_css.WHOLE, bootstrap_css.VENDOR)
    )
    assert set(bootstrap_css.WORD.findall(written)) & whole - served == set()
