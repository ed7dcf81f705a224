"""The record in DataCite 4.7, whole: all its languages. https://schema.datacite.org/meta/kernel-4.7/

A record without a DOI is named by its address; none is invented.
"""

from lxml import etree
from lxml.builder import ElementMaker

from symposium.abstracts.citation import Person, Record, address, one_line, paragraphs
from symposium.translated import LANGUAGES

KERNEL = "http://datacite.org/schema/kernel-4"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LOCATION = f"{KERNEL} https://schema.datacite.org/meta/kernel-4.7/metadata.xsd"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NOBODY = "(:unav)"  # DataCite's word for a creator who is not known
E = ElementMaker(namespace=KERNEL, nsmap={None: KERNEL, "xsi": XSI})


def datacite(record: Record) -> bytes:
    """An abstract is a text about a paper or a poster, not that paper or poster: `Text`."""
    parts = [
        E.identifier(record.url, identifierType="URL"),
        E.creators(*map(creator, record.authors)) if record.authors else nobody(),
        E.titles(*titles(record)),
        E.publisher(record.publisher, {LANG: record.language}),
        E.publicationYear(str(record.issued.year)),
        E.resourceType("Conference abstract", resourceTypeGeneral="Text"),
        E.subjects(*subjects(record)),
        E.dates(E.date(record.issued.isoformat(), dateType="Issued")),
        E.language(record.language),
        E.relatedIdentifiers(*translations(record)),
        E.descriptions(*descriptions(record)),
    ]
    root = E.resource({f"{{{XSI}}}schemaLocation": LOCATION}, *parts)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


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
        element.append(E.nameIdentifier(f"https://orcid.org/{author.orcid}", scheme))
    if author.affiliation:
        element.append(E.affiliation(author.affiliation))
    return element


def titles(record: Record):
    yield E.title(record.title, {LANG: record.language})
    for language in other_languages(record):
        if title := one_line(getattr(record.abstract, f"title_{language}")):
            yield E.title(title, {LANG: language}, titleType="TranslatedTitle")


def subjects(record: Record):
    for use in record.abstract.ordered_keywords.all():
        for language, name in use.keyword.names():
            yield E.subject(one_line(name), {LANG: language})


def translations(record: Record):
    for language in other_languages(record):
        if record.abstract.is_translation_in(language):
            yield E.relatedIdentifier(
                address(record.abstract, language),
                relatedIdentifierType="URL",
                relationType="HasTranslation",
            )


def descriptions(record: Record):
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
