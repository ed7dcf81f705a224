"""JSON-LD of an abstract: https://schema.org/ScholarlyArticle"""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from symposium.abstracts.citation.styles import Person, Record
from symposium.core.i18n.localized import LANGUAGES
from symposium.editions.jsonld import drop_empty


def article(record: Record) -> dict:
    """Return the article in the record's language.

    A translation has `translationOfWork`; the original has `workTranslation`.
    """
    original = Record(record.abstract)
    return reference(record) | drop_empty(
        url=record.url,
        abstract="\n".join(record.paragraphs),
        author=[person_node(author) for author in record.authors],
        publisher={"@type": "Organization", "name": record.publisher},
        datePublished=record.issued.isoformat(),
        version=str(record.abstract.version_number),
        license=record.abstract.licence_url,
        sameAs=record.doi_url,
        identifier=doi(record.doi) if record.doi else None,
        encoding={
            "@type": "MediaObject",
            "contentUrl": record.pdf_url,
            "encodingFormat": "application/pdf",
        },
        keywords=terms(record),
        translationOfWork=reference(original) if record.language != original.language else None,
        workTranslation=translations(record) if record.language == original.language else None,
    )


def reference(record: Record) -> dict:
    return {"@type": "ScholarlyArticle", "@id": record.url} | drop_empty(
        name=record.title, headline=record.title, inLanguage=record.language
    )


def doi(name: str) -> dict:
    return {"@type": "PropertyValue", "propertyID": "DOI", "value": name}


def translations(record: Record) -> list[dict]:
    languages = [code for code in LANGUAGES if record.abstract.is_translation_in(code)]
    return [reference(Record(record.abstract, code)) for code in languages]


def person_node(author: Person) -> dict:
    if not author.given:
        return organisation_node(author.family, author.ror_url)
    return (
        {"@type": "Person"}
        | ({"@id": author.orcid_url} if author.orcid else {})
        | drop_empty(
            name=author.natural,
            givenName=author.given,
            familyName=author.family,
            affiliation=organisation_node(author.affiliation, author.ror_url)
            if author.affiliation
            else None,
        )
    )


def organisation_node(name: str, ror_url: str = "") -> dict:
    return {"@type": "Organization"} | ({"@id": ror_url} if ror_url else {}) | {"name": name}


def terms(record: Record) -> list[dict]:
    """Return each keyword as a `DefinedTerm` with the URL of its page.

    The page of all keywords is the `DefinedTermSet`.
    """
    edition = record.edition.slug
    with translation.override(record.language):
        vocabulary = settings.SITE_URL + reverse("abstracts:keywords", args=[edition])
    return [
        {
            "@type": "DefinedTerm",
            "name": name,
            "url": f"{vocabulary}{use.keyword.slug}/",
            "inDefinedTermSet": {"@type": "DefinedTermSet", "@id": vocabulary},
        }
        for use, name in zip(record.abstract.ordered_keywords.all(), record.keywords, strict=True)
    ]
