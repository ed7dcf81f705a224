"""Abstracts on paper: one of them, and the book of an edition, as PDF/UA-1 and PDF/A-2a.

What both templates share is in "typst/_abstract.typ".
"""

from collections.abc import Iterable
from itertools import groupby

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from symposium.abstracts.citation.styles import Person, Record, one_line
from symposium.abstracts.models import Abstract
from symposium.core import revision
from symposium.core.documents.pdf_cache import FOLDER, delete_folder, get_or_render, list_folder
from symposium.core.i18n import dates
from symposium.core.i18n.localized import localized_text, sort_key
from symposium.core.i18n.typography import french_spaces
from symposium.editions.models import Edition
from symposium.sessions.models import Session

# The files


def render_abstract_pdf(abstract: Abstract, language: str) -> bytes:
    """The PDF of one abstract, its labels in `language`, its text where there is one in it."""
    return get_or_render(
        str(abstract.guid), "typst/abstract.typ", abstract_data(abstract, language), language
    )


def render_book_pdf(edition: Edition, abstracts: Iterable[Abstract], language: str) -> bytes:
    """The book of abstracts: by session, with a table of contents and an index."""
    data = book_data(edition, list(abstracts), language)
    return get_or_render(f"book-{edition.pk}", "typst/book.typ", data, language)


def delete_stale_pdfs() -> int:
    """Forget the files that may say what is public no more; return how many.

    That is done once for each revision of what is public: the files of an abstract go when it is
    not published any more, those of editions at any change, to be made again if they are asked for.
    """
    done = f"{FOLDER}/revision-{revision.current()}"
    if default_storage.exists(done):
        return 0
    guids = {str(guid) for guid in Abstract.objects.published().values_list("guid", flat=True)}
    over = [name for name in list_folder(FOLDER)[0] if name.rpartition("-")[0] not in guids]
    forgotten = sum(delete_folder(f"{FOLDER}/{name}") for name in over)
    delete_folder(FOLDER)  # the mark of the revision before
    default_storage.save(done, ContentFile(b""))
    return forgotten


# What they say: pure functions from objects to what JSON carries


def abstract_data(abstract: Abstract, language: str) -> dict:
    """What typst/abstract.typ sets."""
    record = Record(abstract, language)
    return {
        **document(abstract.edition, record.title, abstract.updated_at),
        "abstract": abstract_entry(record) | {"session": session_line(abstract, language)},
        "facts": labelled_facts(record),
    }


def book_data(edition: Edition, abstracts: list[Abstract], language: str) -> dict:
    """What typst/book.typ sets; `abstracts` come in the order of the programme."""
    records = [Record(abstract, language) for abstract in abstracts]
    changed = max([edition.updated_at, *(abstract.updated_at for abstract in abstracts)])
    title = _("Book of abstracts")
    return {
        **document(edition, title, changed),
        "heading": title,
        "sections": [
            section_entry(list(group))
            for _key, group in groupby(records, lambda one: section_key(one.abstract))
        ],
        "keywords": name_index(
            (one_line(localized_text(use.keyword, "name", language)[0]), one)
            for one in records
            for use in one.abstract.ordered_keywords.all()
        ),
        "authors": name_index((author.inverted, one) for one in records for author in one.authors),
    }


def document(edition: Edition, title: str, changed) -> dict:
    return {
        "title": title,
        "created": changed,
        "words": pdf_labels(),
        "edition": {
            "name": f"{edition.name} {edition.slug}",
            "dates": edition.dates,
            "place": _(", ").join(filter(None, [edition.venue, edition.city])),
        },
    }


def pdf_labels() -> dict[str, str]:
    return {
        "keywords": _("Keywords"),
        "authors": _("Authors"),
        "contents": _("Contents"),
        "keyword_index": _("Index of keywords"),
        "author_index": _("Index of authors"),
        "page": _("page"),
    }


def abstract_entry(record: Record) -> dict:
    """An abstract as both documents set it, in the language of its text."""
    return {
        "id": f"abstract-{record.abstract.pk}",
        "lang": record.language,
        "title": spaced(record.title, record.language),
        "kind": str(record.abstract.get_kind_display()),
        "authors": [author_entry(author) for author in record.authors],
        "paragraphs": [spaced(line, record.language) for line in record.paragraphs],
        "keywords": record.keywords,
        "url": record.link,
    }


def author_entry(author: Person) -> dict[str, str]:
    return {
        "name": author.natural,
        "affiliation": author.affiliation,
        "orcid": author.orcid_url,
    }


def spaced(text: str, language: str) -> str:
    return french_spaces(text) if language == "fr" else text


def labelled_facts(record: Record) -> list[tuple[str, str]]:
    """What stands below the text of a lone abstract: a label and what it says."""
    abstract = record.abstract
    pairs = [
        (_("Published"), dates.long_date(record.issued)),
        (_("Version"), str(abstract.version_number)),
        (_("Licence"), abstract.get_licence_display() if abstract.licence else ""),
    ]
    return [(label, said) for label, said in pairs if said]


def section_key(abstract: Abstract) -> tuple:
    """What the abstracts of one section share: their session, or their kind."""
    return (abstract.session_id, "" if abstract.session_id else abstract.kind)


def section_entry(records: list[Record]) -> dict:
    """A session with its abstracts; one that is its own session has no other heading."""
    abstract = records[0].abstract
    title, language = "", records[0].language
    if abstract.session and not is_alone(records):
        title, language = localized_text(abstract.session, "title")
    return {
        "title": spaced(title, language),
        "lang": language,
        "when": session_time(abstract),
        "abstracts": [abstract_entry(record) for record in records],
    }


def is_alone(records: list[Record]) -> bool:
    [first, *others] = records
    titles = {
        sort_key(first.text_of(thing, "title"))
        for thing in (first.abstract, first.abstract.session)
    }
    return not others and len(titles) == 1


def session_line(abstract: Abstract, language: str) -> str:
    session = abstract.session
    if not session or session.status == Session.Status.DRAFT:
        return ""
    title = localized_text(session, "title", language)[0]
    return " · ".join(filter(None, [title, session_time(abstract)]))


def session_time(abstract: Abstract) -> str:
    """When its session is, by the clock of the edition, and that it is cancelled if it is."""
    session, zone = abstract.session, abstract.edition.zone
    parts = []
    if session and session.starts_at:
        starts_at, ends_at = (at.astimezone(zone) for at in (session.starts_at, session.ends_at))
        parts = [dates.weekday(starts_at.date()), f"{starts_at:%H:%M}–{ends_at:%H:%M}"]
    if session and session.is_cancelled:
        parts.append(session.get_status_display())
    return " · ".join(parts)


def name_index(pairs: Iterable[tuple[str, Record]]) -> list[dict]:
    """Each name once, in the order of the alphabet, with the abstracts it leads to."""
    found: dict[str, list[str]] = {}
    for name, record in pairs:
        ids = found.setdefault(name, [])
        if (id_ := f"abstract-{record.abstract.pk}") not in ids:
            ids.append(id_)
    return [{"name": name, "ids": found[name]} for name in sorted(found, key=sort_key)]
