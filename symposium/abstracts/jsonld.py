"""The abstract as linked data: https://schema.org/ScholarlyArticle"""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from symposium.abstracts.citation import Person, Record
from symposium.editions.jsonld import known
from symposium.translated import LANGUAGES


def article(record: Record) -> dict:
    """The text in the record's language; a translation says of what."""
    original = Record(record.abstract)
    return reference(record) | known(
        url=record.url,
        abstract="\n".join(record.paragraphs),
        author=[person(author) for author in record.authors],
        publisher={"@type": "Organization", "name": record.publisher},
        datePublished=record.issued.isoformat(),
        keywords=terms(record),
        translationOfWork=reference(original) if record.language != original.language else None,
        workTranslation=translations(record) if record.language == original.language else None,
    )


def reference(record: Record) -> dict:
    return {"@type": "ScholarlyArticle", "@id": record.url} | known(
        name=record.title, headline=record.title, inLanguage=record.language
    )


def translations(record: Record) -> list[dict]:
    languages = [code for code in LANGUAGES if record.abstract.is_translation_in(code)]
    return [reference(Record(record.abstract, code)) for code in languages]


def person(author: Person) -> dict:
    if not author.given:
        return {"@type": "Organization", "name": author.family}
    orcid = f"https://orcid.org/{author.orcid}" if author.orcid else ""
    affiliation = {"@type": "Organization", "name": author.affiliation}
    return {"@type": "Person"} | known(
        **({"@id": orcid} if orcid else {}),
        name=author.natural,
        givenName=author.given,
        familyName=author.family,
        affiliation=affiliation if author.affiliation else None,
    )


def terms(record: Record) -> list[dict]:
    """Each keyword with its page, in the vocabulary that the list of keywords is."""
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
