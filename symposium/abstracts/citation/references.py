"""Citations for reference managers: BibTeX, RIS, CSL-JSON.

http://www.bibtex.org/Format/ (in UTF-8), the RIS of Reference Manager, and
https://docs.citationstyles.org/en/stable/specification.html
"""

import datetime
import json
import re
from typing import ClassVar

import rispy
from pybtex.database import BibliographyData, Entry
from pybtex.database import Person as BibtexPerson
from pybtex.database.output.bibtex import Writer

from symposium.abstracts.citation.styles import Person, Record

LANGID = {"fr": "french", "en": "english", "ar": "arabic"}
LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "{": r"\{",
        "}": r"\}",
        **{character: rf"\{character}" for character in "&%$#_"},
    }
)
# Separators of names and of keywords in BibTeX.
NAME_SEPARATORS = r",|\band\b"
LIGATURE = re.compile(r"([-'`,<>])(?=\1)")


class Utf8Writer(Writer):
    """Writer of texts that are already escaped: pybtex does not escape backslashes and braces."""

    def _encode(self, text: str) -> str:
        return text

    def quote(self, text: str) -> str:
        self.check_braces(text)
        return f"{{{text}}}"


def bibtex(record: Record) -> str:
    fields = {
        "title": f"{{{latex(record.title)}}}",  # braces keep the capitals, which styles lower
        "booktitle": f"{{{latex(record.conference)}}}",
        "year": str(record.issued.year),
        "date": record.issued.isoformat(),
        "eventdate": f"{record.edition.starts_on}/{record.edition.ends_on}",
        "venue": latex(record.city),
        "publisher": protect(record.publisher),
        "language": LANGID[record.language],
        "langid": LANGID[record.language],
        "doi": record.doi,
        "url": record.url,
        "abstract": latex("\n\n".join(record.paragraphs)),
        "keywords": ", ".join(map(protect, record.keywords)),
    }
    entry = Entry(
        "inproceedings",
        fields={name: text for name, text in fields.items() if text},
        persons={"author": [bibtex_person(author) for author in record.authors]},
    )
    return Utf8Writer().to_string(BibliographyData({record.key: entry}))


def bibtex_person(author: Person) -> BibtexPerson:
    if not author.given:
        return BibtexPerson(last=f"{{{latex(author.family)}}}")
    surname, suffix = author.surname_and_suffix
    return BibtexPerson(
        first=protect(author.given), last=protect(surname, rf"\s|{NAME_SEPARATORS}"), lineage=suffix
    )


def protect(text: str, apart: str = NAME_SEPARATORS) -> str:
    """Return `text` as LaTeX, in braces if BibTeX would split it at `apart`."""
    return f"{{{latex(text)}}}" if re.search(apart, text, re.IGNORECASE) else latex(text)


def latex(text: str) -> str:
    """Return `text` escaped, so that LaTeX prints it character by character.

    BibTeX counts every brace, even an escaped one: unbalanced braces become LaTeX commands.
    """
    escaped = LIGATURE.sub(r"\1{}", text.translate(LATEX))
    if braces_pair(text):
        return escaped
    return escaped.replace(r"\{", r"$\lbrace$").replace(r"\}", r"$\rbrace$")


def braces_pair(text: str) -> bool:
    depth = 0
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def ris(record: Record) -> str:
    """Return one reference, with one keyword per line and CRLF line ends."""
    reference = {
        "type_of_reference": "CPAPER",
        "id": record.key,
        "title": record.title,
        "authors": [author.inverted for author in record.authors],
        "secondary_title": record.conference,
        "place_published": record.city,
        "publisher": record.publisher,
        "year": str(record.issued.year),
        "date": f"{record.issued:%Y/%m/%d}/",
        "language": record.language,
        "abstract": " ".join(record.paragraphs),
        "keywords": record.keywords,
        "urls": [record.url],
    } | ({"doi": record.doi} if record.doi else {})
    return rispy.dumps([reference], implementation=RisWriter)


class RisWriter(rispy.RisWriter):
    NEWLINE = "\r\n"
    DEFAULT_DELIMITER_MAPPING: ClassVar[dict] = {}

    def set_header(self, count: int) -> str:
        return ""


def csl_json(record: Record) -> str:
    issued = record.issued
    item = {
        "id": record.key,
        "type": "paper-conference",
        "title": record.title,
        "author": [csl_person(author) for author in record.authors],
        "container-title": record.conference,
        "event-title": record.conference,
        "event-place": record.city,
        "event-date": {
            "date-parts": [date_parts(record.edition.starts_on), date_parts(record.edition.ends_on)]
        },
        "publisher": record.publisher,
        "issued": {"date-parts": [date_parts(issued)]},
        "language": record.language,
        "abstract": "\n".join(record.paragraphs),
        "keyword": ", ".join(record.keywords),
        "DOI": record.doi,
        "URL": record.url,
    }
    filled = {name: value for name, value in item.items() if value}
    return json.dumps([filled], ensure_ascii=False, indent=2) + "\n"


def csl_person(author: Person) -> dict[str, str]:
    if not author.given:
        return {"literal": author.family}
    surname, suffix = author.surname_and_suffix
    name = {"family": surname, "given": author.given}
    return name | {"suffix": suffix} if suffix else name


def date_parts(day: datetime.date) -> list[int]:
    return [day.year, day.month, day.day]
