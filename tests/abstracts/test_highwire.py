import pytest
from lxml import html

from tests.abstracts.records import HARD, ORCID, make_hard_record
from tests.factories import make_abstract, make_edition, make_keyword

pytestmark = pytest.mark.django_db


def metas(client, path: str) -> list[tuple[str, str]]:
    tree = html.fromstring(client.get(path).content.decode())
    found = [(meta.get("name") or "", meta.get("content")) for meta in tree.iter("meta")]
    return [(name, words) for name, words in found if name.startswith(("citation_", "DC."))]


@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
def test_page_says_its_record_one_author_and_one_keyword_a_tag(client, text):
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
        ("citation_pdf_url", f"{address[:-1]}.pdf"),
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


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", ("fr", "Ville", "mot")),
        ("ar", ("ar", "مدينة", "كلمة")),
        ("en", ("fr", "Ville", "mot")),
    ],
)
def test_page_speaks_of_the_text_it_shows(client, language, expected):
    abstract = make_abstract(
        make_edition("2021"), slug="ville", title_fr="Ville", title_ar="مدينة", text_ar="نص"
    )
    make_keyword(abstract, name_fr="mot", name_ar="كلمة", name_en="word")
    said = dict(metas(client, f"/{language}/2021/abstracts/ville/"))
    names = ["citation_language", "citation_title", "citation_keywords"]
    assert tuple(said[name] for name in names) == expected
    assert said["citation_abstract_html_url"] == (
        f"http://testserver/{expected[0]}/2021/abstracts/ville/"
    )
