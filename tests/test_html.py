"""The HTML of every public page, in each language: valid, and true to what it refers to."""

import functools
import os
import re
import subprocess
from collections import Counter
from urllib.parse import urlsplit
from xml.etree import ElementTree

import html5lib
import pytest
from django.test import Client

from tests.pages import LANGUAGES, MISSING, PAGES, UNLISTED

pytestmark = pytest.mark.django_db
IN_EACH_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
EVERY_PAGE = pytest.mark.parametrize("name", PAGES)
LISTED_PAGE = pytest.mark.parametrize("name", [name for name in PAGES if name not in UNLISTED])
HEADINGS = [f"h{level}" for level in range(1, 7)]
REFERENCES = [
    "for", "form", "popovertarget", "aria-labelledby", "aria-describedby", "aria-controls",
]  # fmt: skip
NAMES = ["aria-label", "aria-labelledby", "title"]
VNU = os.environ.get("VNU_JAR", "")


@pytest.fixture(scope="module")
def read(demonstration):
    """The text of a page, asked for once."""

    @functools.cache
    def text_of(name: str, language: str) -> str:
        response = Client().get(f"/{language}/{PAGES[name]}")
        assert response.status_code == (404 if name in MISSING else 200)
        return response.content.decode()

    return text_of


@pytest.fixture(scope="module")
def parse(read):
    """The tree of a page and the errors in its text, found once."""

    @functools.cache
    def parsed(name: str, language: str) -> tuple[ElementTree.Element, list]:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        return parser.parse(read(name, language)), parser.errors

    return parsed


@pytest.fixture
def tree(parse, name, language) -> ElementTree.Element:
    return parse(name, language)[0]


def attributes(tree, path: str, attribute: str) -> list[str]:
    """The values of an attribute on the elements at `path`, in their order."""
    return [element.get(attribute) for element in tree.iterfind(path)]


@IN_EACH_LANGUAGE
@EVERY_PAGE
def test_html_has_no_error(parse, name, language):
    assert parse(name, language)[1] == []


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
@EVERY_PAGE
def test_page_says_its_language_and_direction(tree, language):
    direction = "rtl" if language == "ar" else "ltr"
    assert (tree.get("lang"), tree.get("dir")) == (language, direction)


@IN_EACH_LANGUAGE
@EVERY_PAGE
def test_no_line_begins_with_a_dot_between_two_things(tree):
    """A no-break space holds it to what is before."""
    text = "".join(tree.find("body").itertext())
    assert re.findall(r".{,20}[ \n]·.{,20}", text) == []


@IN_EACH_LANGUAGE
@EVERY_PAGE
def test_ids_are_unique_and_what_refers_to_them_finds_them(tree):
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    referred = {
        word
        for attribute in REFERENCES
        for value in attributes(tree, f".//*[@{attribute}]", attribute)
        for word in value.split()
    }
    anchors = attributes(tree, ".//a[@href]", "href")
    referred |= {address[1:] for address in anchors if address.startswith("#")}
    assert referred - set(ids) == set()


@IN_EACH_LANGUAGE
@EVERY_PAGE
def test_headings_are_a_tree_under_one_title(tree):
    levels = [int(element.tag[1]) for element in tree.iter() if element.tag in HEADINGS]
    main = [int(e.tag[1]) for e in tree.find(".//main").iter() if e.tag in HEADINGS]
    assert (levels[0], main[0], levels.count(1)) == (1, 1, 1)
    jumps = [pair for pair in zip(levels, levels[1:], strict=False) if pair[1] > pair[0] + 1]
    assert jumps == []
    empty = [e for e in tree.iter() if e.tag in HEADINGS and not "".join(e.itertext()).strip()]
    assert empty == []


@IN_EACH_LANGUAGE
@EVERY_PAGE
def test_every_field_and_every_button_has_a_name(tree):
    labelled = set(attributes(tree, ".//label", "for"))
    fields = [e for tag in ("input", "select", "textarea") for e in tree.iterfind(f".//{tag}")]
    nameless = [
        ElementTree.tostring(element)
        for element in fields
        if element.get("type") != "hidden"
        and element.get("id") not in labelled
        and not any(map(element.get, NAMES))
    ]
    nameless += [
        ElementTree.tostring(element)
        for tag in ("a", "button")
        for element in tree.iterfind(f".//{tag}")
        if not "".join(element.itertext()).strip() and not any(map(element.get, NAMES))
    ]
    assert nameless == []


@IN_EACH_LANGUAGE
@EVERY_PAGE
def test_pictures_keep_their_place_and_say_what_they_show(tree):
    wanted = {"alt", "width", "height"}
    assert [i.attrib for i in tree.iterfind(".//img") if wanted - set(i.attrib)] == []


@IN_EACH_LANGUAGE
@LISTED_PAGE
def test_page_names_its_address_and_its_translations(tree, settings, name, language):
    path = urlsplit(PAGES[name]).path
    addresses = {code: f"{settings.SITE_URL}/{code}/{path}" for code in LANGUAGES}
    assert attributes(tree, ".//link[@rel='canonical']", "href") == [addresses[language]]
    alternates = tree.findall(".//link[@rel='alternate'][@hreflang]")
    assert [(link.get("hreflang"), link.get("href")) for link in alternates] == [
        *addresses.items(),
        ("x-default", addresses["fr"]),
    ]


@IN_EACH_LANGUAGE
@LISTED_PAGE
def test_page_can_be_shared(tree, settings, name, language):
    metas = tree.findall(".//meta[@property]")
    shared = {meta.get("property"): meta.get("content") for meta in metas}
    assert len(shared) == len(metas)
    assert "" not in shared.values()
    assert {"og:title", "og:description", "og:type", "og:image"} <= set(shared)
    assert shared["og:image"].startswith(settings.SITE_URL)
    assert shared["og:url"] == f"{settings.SITE_URL}/{language}/{urlsplit(PAGES[name]).path}"
    assert shared["og:locale"] == {"fr": "fr_FR", "en": "en_GB", "ar": "ar_MA"}[language]
    [description] = attributes(tree, ".//meta[@name='description']", "content")
    assert description == shared["og:description"]


@IN_EACH_LANGUAGE
@pytest.mark.parametrize("name", sorted(UNLISTED))
def test_page_that_is_nothing_to_find_is_not_indexed(tree):
    assert attributes(tree, ".//meta[@name='robots']", "content") == ["noindex"]
    assert attributes(tree, ".//link[@rel='canonical']", "href") == []
