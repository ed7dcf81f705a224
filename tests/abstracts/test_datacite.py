from pathlib import Path

import pytest
from lxml import etree

from symposium.abstracts.citation.styles import Record
from symposium.abstracts.metadata.datacite import KERNEL, datacite
from symposium.abstracts.models import Abstract
from tests.factories import make_abstract, make_edition, make_partner
from tests.helpers.hard_records import HARD, ORCID, make_hard_record

pytestmark = pytest.mark.django_db
SCHEMA = Path(__file__).parents[3] / "shared" / "schemas" / "datacite-4.7" / "metadata.xsd"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def tree(abstract: Abstract):
    found = Abstract.objects.with_reference().get(pk=abstract.pk)
    return etree.fromstring(datacite(Record(found)))


def all_of(root, name: str) -> list:
    return list(root.iter(f"{{{KERNEL}}}{name}"))


def texts(root, name: str) -> list[str]:
    return ["".join(element.itertext()) for element in all_of(root, name)]


@pytest.fixture(scope="module")
def schema():
    if not SCHEMA.exists():
        pytest.skip(f"no schema at {SCHEMA}")
    return etree.XMLSchema(file=str(SCHEMA))


@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
def test_datacite_document_is_valid(schema, text):
    schema.assertValid(tree(make_hard_record(text)))


def test_document_without_author_or_keyword_is_valid_with_unavailable_creator(schema):
    root = tree(make_abstract(make_edition(city_fr="Fès")))
    schema.assertValid(root)
    assert texts(root, "creatorName") == ["(:unav)"]
    assert texts(root, "publisher") == [root.getroottree().find(f".//{{{KERNEL}}}publisher").text]


@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
def test_document_contains_all_record_fields(text):
    abstract = make_hard_record(text)
    record = Record(abstract)
    root = tree(abstract)
    assert [(e.text, e.get(LANG), e.get("titleType")) for e in all_of(root, "title")] == [
        (record.title, "fr", None), ("المدينة", "ar", "TranslatedTitle"),
    ]  # fmt: skip
    assert [(e.text, e.get("nameType")) for e in all_of(root, "creatorName")] == [
        (author.inverted, "Personal" if author.given else "Organizational")
        for author in record.authors
    ]
    assert texts(root, "familyName") == [author.family for author in record.authors if author.given]
    assert texts(root, "nameIdentifier") == [f"https://orcid.org/{ORCID}"] * 2
    assert texts(root, "affiliation") == [record.authors[1].affiliation, "Labo"]
    assert [(e.text, e.get(LANG)) for e in all_of(root, "subject")] == [
        (record.keywords[0], "fr"), ("صمود", "ar"), ("ville", "fr"),
    ]  # fmt: skip
    assert [(t, e.get(LANG)) for t, e in
            zip(texts(root, "description"), all_of(root, "description"), strict=True)] == [
        ("".join(record.paragraphs), "fr"), ("نص", "ar"),
    ]  # fmt: skip


def test_text_in_another_language_has_its_own_language_tag():
    """The title that replaces a missing one is listed once, in its own language."""
    edition = make_edition("2021", name_fr="Ville", name_ar="المدينة")
    abstract = make_abstract(
        edition, language="ar", title_fr="Ville", title_en="City", text_ar="نص"
    )
    make_partner(edition, kind="organiser", name_fr="Agence", order=1)
    root = tree(abstract)
    assert texts(root, "language") == ["ar"]
    assert [(e.text, e.get(LANG), e.get("titleType")) for e in all_of(root, "title")] == [
        ("Ville", "fr", None), ("City", "en", "TranslatedTitle"),
    ]  # fmt: skip
    labels = [labelled(root, "publisher")]
    make_partner(edition, kind="organiser", name_fr="", name_ar="جامعة", order=2)
    labels.append(labelled(tree(abstract), "publisher"))
    edition.partners.all().delete()
    labels.append(labelled(tree(abstract), "publisher"))
    assert labels == [[("Agence", "fr")], [("Agence; جامعة", None)], [("المدينة 2021", "ar")]]


def labelled(root, name: str) -> list[tuple]:
    return [(element.text, element.get(LANG)) for element in all_of(root, name)]


def test_record_identifier_is_its_url_and_translation_is_related():
    abstract = make_hard_record()
    root = tree(abstract)
    [identifier], [other] = all_of(root, "identifier"), all_of(root, "relatedIdentifier")
    slug = abstract.edition.slug
    address = f"http://testserver/fr/{slug}/abstracts/ville/"
    assert (identifier.text, identifier.get("identifierType")) == (address, "URL")
    assert (other.text, other.get("relationType"), other.get("relatedIdentifierType")) == (
        address.replace("/fr/", "/ar/"), "HasTranslation", "URL",
    )  # fmt: skip
    assert texts(root, "resourceType") == ["Conference abstract"]
    assert [(e.text, e.get("dateType")) for e in all_of(root, "date")] == [("2021-06-01", "Issued")]
    assert texts(root, "publicationYear") == ["2021"]
