"""The published abstract of the symposium, as the demonstration contains it."""

import pytest

from symposium.demo import data
from tests.helpers.page_html import hrefs, main, texts

pytestmark = pytest.mark.django_db


def published(language: str) -> tuple[list[str], list[str]]:
    """Return the paragraphs and the keywords of the published abstract, from its file."""
    *paragraphs, last = (data.FOLDER / f"abstract-{language}.txt").read_text().splitlines()
    separator = "،" if language == "ar" else ","
    keywords = last.partition(":")[2].strip().rstrip(".").split(separator)
    return [p.strip() for p in paragraphs if p.strip()], [k.strip() for k in keywords]


@pytest.mark.parametrize("language", data.LANGUAGES)
def test_main_abstract_page_shows_the_published_text_verbatim(demonstration, client, language):
    page = main(client.get(f"/{language}/2021/abstract/"))
    paragraphs, keywords = published(language)
    article = "(.//article[contains(@class, 'prose')])[1]"
    assert texts(page, f"{article}/p") == paragraphs
    shown = texts(page, f"{article}//ul[@class='keyword-line']/li")
    assert [word.casefold() for word in shown] == [word.casefold() for word in keywords]


@pytest.mark.parametrize("language", data.LANGUAGES)
def test_main_abstract_page_shows_the_edition_name_as_author(demonstration, client, language):
    page = main(client.get(f"/{language}/2021/abstract/"))
    assert texts(page, ".//ul[@class='authors']/li") == [getattr(demonstration, f"name_{language}")]


def test_main_abstract_in_original_language_has_no_notice(demonstration, client):
    page = main(client.get("/fr/2021/abstract/"))
    assert page.xpath(".//div[contains(@class, 'note')]") == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_main_abstract_translation_links_to_the_original(demonstration, client, language):
    page = main(client.get(f"/{language}/2021/abstract/"))
    (notice,) = page.xpath(".//div[contains(@class, 'note')]")
    assert hrefs(notice, ".//a") == ["http://testserver/fr/2021/abstract/"]


def test_main_abstract_translation_shows_a_notice(demonstration, client):
    page = main(client.get("/en/2021/abstract/"))
    assert texts(page, ".//div[contains(@class, 'note')]") == [
        "This is a translation. The original text is the published version. Read the "
        "original (French)"
    ]
