import pytest
from lxml import html

from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_main_abstract,
)
from tests.helpers.hard_records import HARD, ORCID, make_hard_record

pytestmark = pytest.mark.django_db


def metas(client, path: str) -> list[tuple[str, str]]:
    tree = html.fromstring(client.get(path).content.decode())
    found = [(meta.get("name") or "", meta.get("content")) for meta in tree.iter("meta")]
    return [(name, words) for name, words in found if name.startswith(("citation_", "DC."))]


@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
def test_page_has_one_meta_tag_per_author_and_keyword(client, text):
    abstract = make_hard_record(text)
    speaker = abstract.authors.last().speaker
    text, slug = " ".join(text.replace("\x0b", "").split(" ")), abstract.edition.slug
    people = [f"{text}, Jean-Paul", f"ben Ali, {text}", f"Comité {text}",
              f"{speaker.family_name}, Salma"]  # fmt: skip
    address = f"http://testserver/fr/{slug}/abstracts/ville/"
    assert metas(client, f"/fr/{slug}/abstracts/ville/") == [
        ("citation_title", text),
        ("citation_author", people[0]),
        ("citation_author", people[1]),
        ("citation_author_institution", text),
        ("citation_author", people[2]),
        ("citation_author_orcid", f"https://orcid.org/{ORCID}"),
        ("citation_author", people[3]),
        ("citation_author_institution", "Labo"),
        ("citation_author_orcid", f"https://orcid.org/{ORCID}"),
        ("citation_publication_date", "2021/06/01"),
        ("citation_conference_title", f"Symposium {text} {slug}"),
        ("citation_publisher", f"Agence {text}"),
        ("citation_language", "fr"),
        ("citation_keywords", f"Mot {text}"),
        ("citation_keywords", "ville"),
        ("citation_abstract_html_url", address),
        ("citation_pdf_url", f"{address}abstract.pdf"),
        ("DC.title", text),
        *(("DC.creator", person) for person in people),
        ("DC.publisher", f"Agence {text}"),
        ("DC.date", "2021-06-01"),
        ("DC.type", "Text"),
        ("DC.language", "fr"),
        ("DC.subject", f"Mot {text}"),
        ("DC.subject", "ville"),
        ("DC.description", f"Un. {text} Deux. {text}"),
        ("DC.identifier", address),
    ]


def test_translated_page_has_metadata_of_the_original(client):
    """Zotero gets from a translated page what “Cite this” shows there."""
    abstract = make_abstract(
        make_edition("2021"), slug="ville", title_fr="Ville", title_ar="مدينة", text_ar="نص"
    )
    make_author(abstract, family_name_fr="Rivage", given_name_fr="Nora", family_name_ar="ساحل")
    make_keyword(abstract, name_fr="mot", name_ar="كلمة", name_en="word")
    address = "http://testserver/{}/2021/abstracts/ville/"
    said = {code: metas(client, address.format(code)) for code in ("fr", "en", "ar")}
    assert dict(said["fr"]) | {
        "citation_language": "fr",
        "citation_title": "Ville",
        "citation_author": "Rivage, Nora",
        "citation_keywords": "mot",
        "citation_abstract_html_url": address.format("fr"),
        "DC.description": "La ville apprend de ses crises.",
    } == dict(said["fr"])
    for code, pairs in said.items():
        beside = ("citation_pdf_url", f"{address.format(code)}abstract.pdf")
        assert [pair for pair in said["fr"] if pair[0] != "citation_pdf_url"] == [
            pair for pair in pairs if pair != beside
        ]
        assert len(pairs) == len(said["fr"])
        page = html.fromstring(client.get(address.format(code)).content.decode())
        tags = page.xpath("//meta[starts-with(@name, 'citation_')]/@lang")
        assert set(tags) == {"fr"}
        [iso, *_others] = page.xpath("//*[starts-with(@id, 'cite')]//bdi[.='Ville.']") or [None]
        assert iso is not None


def test_main_abstract_pdf_url_is_under_its_page(client):
    make_main_abstract(make_edition("2021"))
    said = dict(metas(client, "/ar/2021/abstract/"))
    assert said["citation_pdf_url"] == "http://testserver/ar/2021/abstract/abstract.pdf"
