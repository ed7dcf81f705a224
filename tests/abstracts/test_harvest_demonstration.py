"""The demonstration as a library harvests it, and the examples of docs/harvesting.md."""

import re
from pathlib import Path

import pytest

from symposium.abstracts.models import Abstract
from tests.helpers.oai_answers import LANG, NAMES, ask, get, identifiers, name_of, texts, token

PAGE = (Path(__file__).parents[2] / "docs" / "harvesting.md").read_text()
EXAMPLES = re.findall(r"\$SITE(/[^\s\"`]+)", PAGE)


def test_harvested_main_abstract_is_the_published_text(client, demonstration):
    argument = demonstration.abstracts.main_abstract()
    root = get(client, argument)
    found = root.xpath(".//dc:description", namespaces=NAMES)
    assert [element.get(LANG) for element in found] == ["fr", "en", "ar"]
    for element in found:
        said = getattr(argument, f"text_{element.get(LANG)}")
        assert element.text.split() == said.split()
    assert len(texts(root, ".//dc:subject")) == 3 * argument.ordered_keywords.count()


def test_all_published_abstracts_are_harvested(client, demonstration):
    pages = [ask(client, "ListRecords", metadataPrefix="oai_dc")]
    while token(pages[-1]):
        pages.append(ask(client, "ListRecords", resumptionToken=token(pages[-1])))
    alive = ".//o:header[not(@status)]/o:identifier"
    found = [identifier for page in pages for identifier in texts(page, alive)]
    gone = [name for page in pages for name in identifiers(page) if name not in found]
    assert sorted(found) == sorted(map(name_of, Abstract.objects.published()))
    assert sorted(gone) == sorted(map(name_of, Abstract.objects.filter(status="withdrawn")))
    assert len(pages) > 1


@pytest.mark.parametrize("path", EXAMPLES)
def test_documentation_example_requests_succeed(client, demonstration, path):
    answer = client.get(path.replace("<slug>", "continuite-des-services-vitaux"))
    assert answer.status_code == 200
    assert b"<error" not in answer.content or path == "/oai"


def test_documentation_lists_every_abstract_kind():
    assert set(re.findall(r"`kind:(\w+)`", PAGE)) == set(Abstract.Kind.values)
