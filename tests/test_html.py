"""The HTML of every public page, in each language: valid, and with valid references."""

import functools
import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit
from xml.etree import ElementTree

import html5lib
import pytest
from django.test import Client

from tests.helpers.urls import LANGUAGES, MISSING, PAGES, UNLISTED

pytestmark = pytest.mark.django_db
IN_EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
LISTED = [name for name in PAGES if name not in UNLISTED]
HEADINGS = [f"h{level}" for level in range(1, 7)]
REFERENCES = [
    "for", "form", "popovertarget", "aria-labelledby", "aria-describedby", "aria-controls",
]  # fmt: skip
NAMES = ["aria-label", "aria-labelledby", "title"]
VNU = os.environ.get("VNU_JAR", "")


@pytest.fixture(scope="module")
def read(demonstration):
    """Function that returns the HTML of a page, requested once."""

    @functools.cache
    def text_of(name: str, language: str) -> str:
        response = Client().get(f"/{language}/{PAGES[name]}")
        assert response.status_code == (404 if name in MISSING else 200)
        return response.content.decode()

    return text_of


@pytest.fixture(scope="module")
def parse(read):
    """Function that returns the tree of a page and its parse errors, parsed once."""

    @functools.cache
    def parsed(name: str, language: str) -> tuple[ElementTree.Element, list]:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        return parser.parse(read(name, language)), parser.errors

    return parsed


@pytest.fixture
def trees(parse, language) -> dict[str, ElementTree.Element]:
    """The trees of all pages in a language, by name of the page."""
    return {name: parse(name, language)[0] for name in PAGES}


def attributes(tree, path: str, attribute: str) -> list[str]:
    """Return the values of an attribute of the elements at `path`, in order."""
    return [element.get(attribute) for element in tree.iterfind(path)]


def faults(trees, find: Callable) -> dict[str, list]:
    """Return the faults that `find` finds in the trees, by name of the page; no empty lists."""
    found = {name: find(tree) for name, tree in trees.items()}
    return {name: wrong for name, wrong in found.items() if wrong}


@IN_EACH_LANGUAGE
def test_html_has_no_error(parse, language):
    errors = {name: parse(name, language)[1] for name in PAGES}
    assert {name: found for name, found in errors.items() if found} == {}


@pytest.mark.skipif(not VNU, reason="VNU_JAR=… (the Nu HTML checker, npm’s vnu-jar) is not set")
@IN_EACH_LANGUAGE
def test_html_is_valid_by_the_checker_of_the_w3c(read, language, tmp_path):
    for name in PAGES:
        (tmp_path / f"{name}.html").write_text(read(name, language))
    checked = subprocess.run(
        ["java", "-jar", VNU, "--stdout", *tmp_path.iterdir()],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.stdout == ""


@IN_EACH_LANGUAGE
def test_page_has_its_language_and_direction(trees, language):
    direction = "rtl" if language == "ar" else "ltr"
    said = {name: (tree.get("lang"), tree.get("dir")) for name, tree in trees.items()}
    assert said == dict.fromkeys(PAGES, (language, direction))


@IN_EACH_LANGUAGE
def test_middle_dot_separator_never_begins_a_line(trees):
    """A no-break space ties it to the text before it."""

    def loose(tree) -> list[str]:
        text = "".join(tree.find("body").itertext())
        return re.findall(r".{,20}[ \n]·.{,20}", text)

    assert faults(trees, loose) == {}


@IN_EACH_LANGUAGE
def test_ids_are_unique_and_references_resolve(trees):
    def wrong(tree) -> list[str]:
        ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
        referred = {
            word
            for attribute in REFERENCES
            for value in attributes(tree, f".//*[@{attribute}]", attribute)
            for word in value.split()
        }
        anchors = attributes(tree, ".//a[@href]", "href")
        referred |= {address[1:] for address in anchors if address.startswith("#")}
        return [name for name, count in ids.items() if count > 1] + sorted(referred - set(ids))

    assert faults(trees, wrong) == {}


@IN_EACH_LANGUAGE
def test_headings_are_nested_under_one_h1(trees):
    def wrong(tree) -> list:
        headings = [element for element in tree.iter() if element.tag in HEADINGS]
        levels = [int(element.tag[1]) for element in headings]
        main = [int(e.tag[1]) for e in tree.find(".//main").iter() if e.tag in HEADINGS]
        jumps = [pair for pair in zip(levels, levels[1:], strict=False) if pair[1] > pair[0] + 1]
        empty = [e.tag for e in headings if not "".join(e.itertext()).strip()]
        beginning = (levels[0], main[0], levels.count(1))
        return jumps + empty + ([] if beginning == (1, 1, 1) else [beginning])

    assert faults(trees, wrong) == {}


@IN_EACH_LANGUAGE
def test_every_field_and_button_has_an_accessible_name(trees):
    def nameless(tree) -> list[bytes]:
        labelled = set(attributes(tree, ".//label", "for"))
        fields = [e for tag in ("input", "select", "textarea") for e in tree.iterfind(f".//{tag}")]
        found = [
            ElementTree.tostring(element)
            for element in fields
            if element.get("type") != "hidden"
            and element.get("id") not in labelled
            and not any(map(element.get, NAMES))
        ]
        return found + [
            ElementTree.tostring(element)
            for tag in ("a", "button")
            for element in tree.iterfind(f".//{tag}")
            if not "".join(element.itertext()).strip() and not any(map(element.get, NAMES))
        ]

    assert faults(trees, nameless) == {}


@IN_EACH_LANGUAGE
def test_images_have_dimensions_and_alternative_text(trees):
    def lacking(tree) -> list[dict]:
        wanted = {"alt", "width", "height"}
        return [i.attrib for i in tree.iterfind(".//img") if wanted - set(i.attrib)]

    assert faults(trees, lacking) == {}


@IN_EACH_LANGUAGE
def test_page_links_to_canonical_and_alternates(trees, settings, language):
    for name in LISTED:
        path = urlsplit(PAGES[name]).path
        addresses = {code: f"{settings.SITE_URL}/{code}/{path}" for code in LANGUAGES}
        canonical = attributes(trees[name], ".//link[@rel='canonical']", "href")
        assert canonical == [addresses[language]], name
        alternates = trees[name].findall(".//link[@rel='alternate'][@hreflang]")
        assert [(link.get("hreflang"), link.get("href")) for link in alternates] == [
            *addresses.items(),
            ("x-default", addresses["fr"]),
        ], name


@IN_EACH_LANGUAGE
def test_page_can_be_shared(trees, settings, language):
    for name in LISTED:
        metas = trees[name].findall(".//meta[@property]")
        shared = {meta.get("property"): meta.get("content") for meta in metas}
        assert len(shared) == len(metas), name
        assert "" not in shared.values(), name
        assert {"og:title", "og:description", "og:type", "og:image"} <= set(shared), name
        assert shared["og:image"].startswith(settings.SITE_URL), name
        address = f"{settings.SITE_URL}/{language}/{urlsplit(PAGES[name]).path}"
        assert shared["og:url"] == address, name
        assert shared["og:locale"] == {"fr": "fr_FR", "en": "en_GB", "ar": "ar_MA"}[language], name
        assert shared["og:title"].endswith(" 2021"), name
        assert shared["og:image"].endswith("/card.png"), name
        assert (shared["og:image:width"], shared["og:image:height"]) == ("1200", "630"), name
        assert shared["og:image:alt"], name


@IN_EACH_LANGUAGE
def test_unlisted_page_is_not_indexed(trees):
    for name in sorted(UNLISTED):
        assert attributes(trees[name], ".//meta[@name='robots']", "content") == ["noindex"], name
        assert attributes(trees[name], ".//link[@rel='canonical']", "href") == [], name
