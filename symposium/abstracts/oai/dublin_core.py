"""Unqualified Dublin Core of an abstract, for harvesters, in all its languages.

http://www.openarchives.org/OAI/2.0/oai_dc/ and, for the value of `dc:type`, the DRIVER guidelines,
which OpenAIRE and library catalogues still read.
"""

from collections.abc import Iterator

from lxml import etree
from lxml.builder import ElementMaker

from symposium.abstracts.citation.styles import Record, clean_line, paragraphs
from symposium.core.i18n.localized import LANGUAGES

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ROOT = ElementMaker(namespace=OAI_DC, nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": XSI})
E = ElementMaker(namespace=DC, nsmap={"dc": DC})
TYPES = ("Text", "info:eu-repo/semantics/conferenceObject")


def dublin_core(record: Record) -> etree._Element:
    return container(
        *titles_of(record),
        *(E.creator(author.inverted) for author in record.authors),
        *subjects(record),
        *descriptions(record),
        labelled("publisher", *record.publisher_and_language),
        E.date(record.issued.isoformat()),
        *map(E.type, TYPES),
        *map(E.identifier, filter(None, (record.url, record.doi_url))),
        labelled("source", *record.conference_and_language),
        *map(E.language, languages(record)),
        *map(E.rights, filter(None, [record.abstract.licence_url])),
    )


def titles(names: dict[str, str]) -> etree._Element:
    """Return an `oai_dc` element that has titles only; `names` are by language."""
    return container(*(E.title(name, {LANG: language}) for language, name in names.items()))


def container(*elements: etree._Element) -> etree._Element:
    return ROOT.dc({f"{{{XSI}}}schemaLocation": f"{OAI_DC} {SCHEMA}"}, *elements)


def labelled(name: str, text: str, language: str) -> etree._Element:
    return E(name, text, {LANG: language} if language else {})


def titles_of(record: Record) -> Iterator[etree._Element]:
    """Yield the titles, the record's own language first, each tagged with its language."""
    for language in languages_record_first(record):
        if title := clean_line(getattr(record.abstract, f"title_{language}")):
            yield E.title(title, {LANG: language})


def subjects(record: Record) -> Iterator[etree._Element]:
    for use in record.abstract.ordered_keywords.all():
        for language, name in use.keyword.names():
            yield E.subject(clean_line(name), {LANG: language})


def descriptions(record: Record) -> Iterator[etree._Element]:
    for language in languages(record):
        text = "\n".join(paragraphs(record.abstract, language))
        yield E.description(text, {LANG: language})


def languages(record: Record) -> list[str]:
    """Return the languages in which the abstract has a text, the record's own first."""
    return [code for code in languages_record_first(record) if paragraphs(record.abstract, code)]


def languages_record_first(record: Record) -> list[str]:
    return sorted(LANGUAGES, key=lambda code: code != record.language)
