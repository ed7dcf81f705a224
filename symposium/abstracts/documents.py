"""PDFs of one abstract and of the book of abstracts, as PDF/UA-1 and PDF/A-2a.

The two templates share "typst/_abstract.typ".
"""

import re
from collections.abc import Iterable
from html import unescape
from itertools import groupby

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import translation
from django.utils.html import escape, strip_tags
from django.utils.translation import gettext as _

from symposium.abstracts.citation.styles import Person, Record, apa, clean_line, iso690
from symposium.abstracts.models import Abstract
from symposium.core import revision
from symposium.core.documents.file_cache import FOLDER, delete_folder, get_or_render, list_folder
from symposium.core.i18n import dates
from symposium.core.i18n.localized import localized_text, sort_key
from symposium.core.i18n.typography import french_spaces
from symposium.editions.models import Edition
from symposium.sessions.models import Room, Session
from symposium.speakers.models import Speaker

# The files


def render_abstract_pdf(abstract: Abstract, language: str) -> bytes:
    """Return the PDF of an abstract, its labels in `language`, and its text if it is translated."""
    return get_or_render(
        str(abstract.guid), "typst/abstract.typ", abstract_data(abstract, language), language
    )


def render_book_pdf(edition: Edition, abstracts: Iterable[Abstract], language: str) -> bytes:
    """Return the PDF of the book: abstracts by session, table of contents, two indexes."""
    data = book_data(edition, list(abstracts), language)
    return get_or_render(f"book-{edition.pk}", "typst/book.typ", data, language)


def delete_stale_files() -> int:
    """Delete cached files and cards whose content may no longer be public; return their number.

    This happens once per revision of the public content. The PDFs of an abstract and all cards are
    deleted when their object is no longer published; the PDFs of an edition at every revision. A
    request renders a deleted file again.
    """
    done = f"{FOLDER}/revision-{revision.current()}"
    if default_storage.exists(done):
        return 0
    guids = {str(guid) for guid in Abstract.objects.published().values_list("guid", flat=True)}
    public = guids | {f"card-abstract-{guid}" for guid in guids} | names_of_cards()
    over = [name for name in list_folder(FOLDER)[0] if name.rpartition("-")[0] not in public]
    forgotten = sum(delete_folder(f"{FOLDER}/{name}") for name in over)
    delete_folder(FOLDER)  # the marker of the previous revision
    default_storage.save(done, ContentFile(b""))
    return forgotten


def names_of_cards() -> set[str]:
    """Return the names of the public cards, except those of abstracts."""
    sessions = Session.objects.published().values_list("guid", flat=True)
    speakers = Speaker.objects.published().values_list("guid", flat=True)
    editions = Edition.objects.published().values_list("pk", flat=True)
    rooms = Room.objects.published().values_list("pk", flat=True)
    keywords = Abstract.objects.published().values_list("edition", "keywords")
    return {
        *(f"card-session-{guid}" for guid in sessions),
        *(f"card-speaker-{guid}" for guid in speakers),
        *(f"card-{kind}-{pk}" for kind in ("edition", "programme") for pk in editions),
        *(f"card-room-{pk}" for pk in rooms),
        *(f"card-keyword-{edition}-{keyword}" for edition, keyword in keywords),
    }


# The data of the templates: pure functions from objects to JSON-serialisable dicts


def abstract_data(abstract: Abstract, language: str) -> dict:
    """Return the data of typst/abstract.typ: `document`, plus `abstract` and `facts`."""
    record = Record(abstract, language)
    return {
        **document(abstract.edition, record.title, abstract.updated_at),
        "abstract": abstract_entry(record) | {"session": session_line(abstract, language)},
        "facts": labelled_facts(record),
        "citation": citation_entry(record),
    }


def book_data(edition: Edition, abstracts: list[Abstract], language: str) -> dict:
    """Return the data of typst/book.typ; `abstracts` are in the order of the programme."""
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
            (clean_line(localized_text(use.keyword, "name", language)[0]), one)
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
            **edition.printed_looks,
            "place": _(", ").join(filter(None, [edition.venue, edition.city])),
        },
    }


def pdf_labels() -> dict[str, str]:
    return {
        "cite": _("Cite this abstract"),
        "contents": _("Contents"),
        "keyword_index": _("Index of keywords"),
        "author_index": _("Index of authors"),
        "page": _("page"),
    }


def abstract_entry(record: Record) -> dict:
    """Return an abstract as both templates need it, in the language of its text."""
    with translation.override(labels_language(record.language)):
        kind, keywords_label = str(record.abstract.get_kind_display()), _("Keywords")
    return {
        "id": f"abstract-{record.abstract.pk}",
        "lang": record.language,
        "title": spaced(record.title, record.language),
        "kind": kind,
        "authors": [author_entry(author) for author in record.authors],
        "paragraphs": [spaced(line, record.language) for line in record.paragraphs],
        "keywords": record.keywords,
        "keywords_label": keywords_label,
        "url": record.link,
    }


def labels_language(text_language: str) -> str:
    """Return the language of the labels of a text: the reader's, unless they run opposite ways."""
    language = translation.get_language()
    return language if (language == "ar") == (text_language == "ar") else text_language


def citation_entry(record: Record) -> dict:
    """Return the citation in ISO 690, or in APA for an English text.

    `parts` are its texts in order, each with whether a space follows it; an isolated text and the
    address are parts of their own.
    """
    language, write = ("en", apa) if record.language == "en" else ("fr", iso690)
    text = write(record).removesuffix(escape(record.link))
    parts = [unescape(strip_tags(part)) for part in re.split(r"<bdi>(.*?)</bdi>", text)]
    parts = [part for part in [*parts, record.link] if part]
    return {
        "lang": language,
        "parts": [
            (part.strip(" "), part.endswith(" ") or after.startswith(" "))
            for part, after in zip(parts, [*parts[1:], ""], strict=True)
        ],
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
    """Return the (label, value) pairs shown below the text in the PDF of one abstract."""
    abstract = record.abstract
    pairs = [
        (_("Published"), dates.long_date(record.issued)),
        (_("Version"), str(abstract.version_number)),
        (_("Licence"), abstract.get_licence_display() if abstract.licence else ""),
    ]
    return [(label, said) for label, said in pairs if said]


def section_key(abstract: Abstract) -> tuple:
    """Return the key that groups abstracts into sections: their session, or else their kind."""
    return (abstract.session_id, "" if abstract.session_id else abstract.kind)


def section_entry(records: list[Record]) -> dict:
    """Return a section of the book: a session with its abstracts.

    `title` is empty without a session, and if the only abstract has the title of the session.
    """
    abstract = records[0].abstract
    title, language = "", records[0].language
    if abstract.session and not is_alone(records):
        title, language = localized_text(abstract.session, "title")
    with translation.override(labels_language(language)):
        when = session_time(abstract)
    return {
        "title": spaced(title, language),
        "lang": language,
        "when": when,
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
    if not session or session.is_draft:
        return ""
    title = localized_text(session, "title", language)[0]
    return " · ".join(filter(None, [title, session_time(abstract)]))


def session_time(abstract: Abstract) -> str:
    """Return the day and time of the abstract's session, and its status if it is cancelled.

    Times are in the time zone of the edition.
    """
    session, zone = abstract.session, abstract.edition.zone
    parts = []
    if session and session.starts_at:
        starts_at, ends_at = (at.astimezone(zone) for at in (session.starts_at, session.ends_at))
        parts = [dates.weekday(starts_at.date()), f"{starts_at:%H:%M}–{ends_at:%H:%M}"]
    if session and session.is_cancelled:
        parts.append(session.status_label)
    return " · ".join(parts)


def name_index(pairs: Iterable[tuple[str, Record]]) -> list[dict]:
    """Return each `name` once, in alphabetical order, with the `ids` of its abstracts."""
    found: dict[str, list[str]] = {}
    for name, record in pairs:
        ids = found.setdefault(name, [])
        if (id_ := f"abstract-{record.abstract.pk}") not in ids:
            ids.append(id_)
    return [{"name": name, "ids": found[name]} for name in sorted(found, key=sort_key)]
