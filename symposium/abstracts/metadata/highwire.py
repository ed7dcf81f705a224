"""Meta tags of an abstract's page, for Google Scholar and Zotero: Highwire and Dublin Core.

https://scholar.google.com/intl/en/scholar/inclusion.html#indexing and
https://www.dublincore.org/specifications/dublin-core/dcq-html/
"""

from symposium.abstracts.citation.styles import Person, Record, localized_pdf_url


def tags(record: Record, language: str) -> list[tuple[str, str]]:
    """Return the (name, content) pairs of the `meta` tags, one tag per author and per keyword.

    The tags are identical on the French, English and Arabic page, so that indexers see one record,
    the one that “Cite this” shows. (Given two titles, Zotero concatenates them.) Only the URL of
    the PDF depends on `language`, because the PDF must be in the folder of the page.
    """
    pairs = [
        ("citation_title", record.title),
        *(pair for author in record.authors for pair in author_tags(author)),
        ("citation_publication_date", f"{record.issued:%Y/%m/%d}"),
        ("citation_conference_title", record.conference),
        ("citation_publisher", record.publisher),
        ("citation_language", record.language),
        *(("citation_keywords", keyword) for keyword in record.keywords),
        ("citation_doi", record.doi),
        ("citation_abstract_html_url", record.url),
        ("citation_pdf_url", localized_pdf_url(record.abstract, language)),
        ("DC.title", record.title),
        *(("DC.creator", author.inverted) for author in record.authors),
        ("DC.publisher", record.publisher),
        ("DC.date", record.issued.isoformat()),
        ("DC.type", "Text"),
        ("DC.language", record.language),
        *(("DC.subject", keyword) for keyword in record.keywords),
        ("DC.description", " ".join(record.paragraphs)),
        ("DC.identifier", record.doi_url),
        ("DC.identifier", record.url),
        ("DC.rights", record.abstract.licence_url),
    ]
    return [(name, content) for name, content in pairs if content]


def author_tags(author: Person) -> list[tuple[str, str]]:
    """Return the tags of one author; `citation_author_institution` must follow its author."""
    return [
        ("citation_author", author.inverted),
        ("citation_author_institution", author.affiliation),
        ("citation_author_orcid", author.orcid_url),
    ]
