"""DataCite 4.7 XML of a record, in all its languages. https://schema.datacite.org/meta/kernel-4.7/

A record without a DOI is identified by its URL.
"""

from collections.abc import Iterator

from lxml import etree
from lxml.builder import ElementMaker

from symposium.abstracts.citation.styles import (
    Person,
    Record,
    clean_line,
    localized_page_url,
    paragraphs,
)
from symposium.core.i18n.localized import LANGUAGES

KERNEL = "http://datacite.org/schema/kernel-4"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LOCATION = f"{KERNEL} https://schema.datacite.org/meta/kernel-4.7/metadata.xsd"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NOBODY = "(:unav)"  # DataCite's value for an unknown creator
E = ElementMaker(namespace=KERNEL, nsmap={None: KERNEL, "xsi": XSI})


def datacite(record: Record) -> bytes:
    """Return the XML document.

    The general type is `Text`: the record is a text about a paper or a poster, not the paper or
    the poster itself.
    """
    parts = [
        identifier(record),
        E.creators(*map(creator, record.authors)) if record.authors else nobody(),
        E.titles(*titles(record)),
        publisher(*record.publisher_and_language),
        E.publicationYear(str(record.issued.year)),
        E.resourceType("Conference abstract", resourceTypeGeneral="Text"),
        E.subjects(*subjects(record)),
        E.dates(*dates(record)),
        E.language(record.language),
        E.alternateIdentifiers(*alternate_identifiers(record)),
        E.relatedIdentifiers(*translations(record), *former_versions(record)),
        E.version(str(record.abstract.version_number)),
        E.rightsList(*rights(record)),
        E.descriptions(*descriptions(record)),
    ]
    root = E.resource({f"{{{XSI}}}schemaLocation": LOCATION}, *parts)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def identifier(record: Record) -> etree._Element:
    if record.doi:
        return E.identifier(record.doi, identifierType="DOI")
    return E.identifier(record.url, identifierType="URL")


def publisher(names: str, language: str) -> etree._Element:
    return E.publisher(names, {LANG: language} if language else {})


def alternate_identifiers(record: Record) -> Iterator[etree._Element]:
    if record.doi:
        yield E.alternateIdentifier(record.url, alternateIdentifierType="URL")


def dates(record: Record) -> Iterator[etree._Element]:
    yield E.date(record.issued.isoformat(), dateType="Issued")
    for version in record.abstract.versions.all():
        if version.number > 1:
            day = version.published_at.astimezone(record.edition.zone).date()
            yield E.date(day.isoformat(), dateType="Updated")


def rights(record: Record) -> Iterator[etree._Element]:
    if record.abstract.licence:
        yield E.rights(
            record.abstract.get_licence_display(),
            rightsURI=record.abstract.licence_url,
            rightsIdentifier=record.abstract.licence,
            rightsIdentifierScheme="SPDX",
            schemeURI="https://spdx.org/licenses/",
        )


def nobody() -> etree._Element:
    return E.creators(E.creator(E.creatorName(NOBODY)))


def creator(author: Person) -> etree._Element:
    if not author.given:
        element = E.creator(E.creatorName(author.family, nameType="Organizational"))
    else:
        element = E.creator(
            E.creatorName(author.inverted, nameType="Personal"),
            E.givenName(author.given),
            E.familyName(author.family),
        )
    if author.orcid:
        scheme = {"nameIdentifierScheme": "ORCID", "schemeURI": "https://orcid.org"}
        element.append(E.nameIdentifier(author.orcid_url, scheme))
    if author.ror and not author.given:
        scheme = {"nameIdentifierScheme": "ROR", "schemeURI": "https://ror.org"}
        element.append(E.nameIdentifier(author.ror_url, scheme))
    if author.affiliation:
        element.append(affiliation(author))
    return element


def affiliation(author: Person) -> etree._Element:
    if not author.ror or not author.given:
        return E.affiliation(author.affiliation)
    return E.affiliation(
        author.affiliation,
        affiliationIdentifier=author.ror_url,
        affiliationIdentifierScheme="ROR",
        schemeURI="https://ror.org",
    )


def titles(record: Record) -> Iterator[etree._Element]:
    """Yield the titles, the title of the record first, tagged with the language it is in."""
    main, first = record.localized_text(record.abstract, "title")
    yield E.title(main, {LANG: first})
    for language in LANGUAGES:
        title = clean_line(getattr(record.abstract, f"title_{language}"))
        if title and language != first:
            yield E.title(title, {LANG: language}, titleType="TranslatedTitle")


def subjects(record: Record) -> Iterator[etree._Element]:
    for use in record.abstract.ordered_keywords.all():
        for language, name in use.keyword.names():
            yield E.subject(clean_line(name), {LANG: language})


def translations(record: Record) -> Iterator[etree._Element]:
    for language in other_languages(record):
        if record.abstract.is_translation_in(language):
            yield E.relatedIdentifier(
                localized_page_url(record.abstract, language),
                relatedIdentifierType="URL",
                relationType="HasTranslation",
            )


def former_versions(record: Record) -> Iterator[etree._Element]:
    for version in record.abstract.versions.all()[1:]:
        yield E.relatedIdentifier(
            f"{record.url}v{version.number}/",
            relatedIdentifierType="URL",
            relationType="IsNewVersionOf",
        )


def descriptions(record: Record) -> Iterator[etree._Element]:
    for language in (record.language, *other_languages(record)):
        lines = paragraphs(record.abstract, language)
        if lines:
            first, *rest = lines
            element = E.description(first, {LANG: language}, descriptionType="Abstract")
            for line in rest:
                element.append(E.br())
                element[-1].tail = line
            yield element


def other_languages(record: Record) -> list[str]:
    return [language for language in LANGUAGES if language != record.language]
