"""Invisible characters of a title stay out of records, which are searched, sorted and compared."""

import pytest

from symposium.abstracts.citation.styles import Record, citations
from tests.helpers.hard_records import make_hard_record
from tests.helpers.page_html import tree

pytestmark = pytest.mark.django_db

HIDDEN = "\u00ad\u200b\u200e\u200f\u061c\u202a\u202c\u202e\u2060\u2066\u2069\ufeff\x0b"
JOINED = "می\u200cروم 👩\u200d🔬"  # a Persian word and an emoji that need their joiners
TITLE, SEEN = f"Un{HIDDEN}ir {JOINED} ﬁn e\u0301t{HIDDEN}é", f"Unir {JOINED} fin été"


@pytest.fixture
def abstract():
    return make_hard_record(TITLE)


@pytest.mark.parametrize("ending", ["bib", "ris", "json", "xml"])
def test_export_files_have_no_invisible_characters(client, abstract, ending):
    content = client.get(f"/{abstract.edition.slug}/abstracts/ville.{ending}").content.decode()
    assert ({*HIDDEN} & {*content}, content.count(SEEN) > 5) == (set(), True)


def test_oai_records_have_no_invisible_characters(client, abstract):
    content = client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc").content.decode()
    assert ({*HIDDEN} & {*content}, content.count(SEEN) > 5) == (set(), True)


def test_page_metadata_has_no_invisible_characters(client, abstract):
    page = tree(client.get(abstract.get_absolute_url()))
    told = page.xpath(
        "//meta[starts-with(@name, 'citation_') or starts-with(@name, 'DC.')]/@content"
    )
    told += page.xpath("//script[@type='application/ld+json']/text()")
    told += [str(citation) for _style, citation in citations(Record(abstract))]
    assert ({*HIDDEN} & {*"".join(told)}, "".join(told).count(SEEN) > 10) == (set(), True)
