"""Time of the book of 300 abstracts, and of a repeated rendering: `make bench`."""

import pathlib
import time

import pytest
from django.utils import translation

from symposium.abstracts import documents
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_session,
)
from tests.helpers.pdf_files import texts

pytestmark = pytest.mark.django_db
NUMBER = 300
SENTENCE = "La ville apprend de ses crises et les services vitaux tiennent tous les autres debout. "
ARABIC = "تتعلم المدينة من أزماتها وتحمل الخدمات الحيوية كل ما عداها. "


@pytest.fixture
def edition():
    edition = make_edition("2021")
    keywords = [make_keyword(name_ar=f"كلمة {place}") for place in range(60)]
    for place in range(NUMBER):
        session = make_session(
            edition, at=f"{8 + place % 10:02}:{place % 50:02}", day=1 + place % 2, lasting=20
        )
        abstract = make_abstract(
            session=session, text_fr=f"{place} {SENTENCE * 20}\n{SENTENCE}",
            text_ar=f"{place} {ARABIC * 20}",
        )  # fmt: skip
        for _author in range(3):
            make_author(abstract, affiliation_fr="Université fictive de Casablanca")
        for step in range(5):
            abstract.ordered_keywords.create(keyword=keywords[(place + step * 7) % 60])
    return edition


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_book_of_300_abstracts(edition, capsys, language):
    with translation.override(language):
        abstracts = edition.abstracts.published().with_reference().in_order()
        started = time.perf_counter()
        file = documents.render_book_pdf(edition, abstracts, language)
        made = time.perf_counter() - started
        started = time.perf_counter()
        again = documents.render_book_pdf(edition, abstracts.all(), language)
        found = time.perf_counter() - started
    pathlib.Path(f"/tmp/book-{language}.pdf").write_bytes(file)
    with capsys.disabled():
        print(
            f"\n\nbook of {NUMBER} abstracts ({language}): {made:.2f} s, {len(texts(file))} pages,"
        )
        print(f"{len(file) / 1000:.0f} kB; handed out again in {found * 1000:.0f} ms")
    assert again == file
    assert made < 10
