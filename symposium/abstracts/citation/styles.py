"""The data of a citation of an abstract, and the citation in four styles.

citeproc-py 0.11 was tried: its APA and Chicago repeat the title of a text without an author, break
Arabic given names and lose words. One kind of work in four styles takes less code than it needs.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import takewhile

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from symposium.abstracts.models import Abstract, Author
from symposium.core.i18n import dates
from symposium.core.i18n.localized import LANGUAGES, localized_text
from symposium.core.i18n.typography import normalize_letters, strip_controls, strip_invisible
from symposium.editions.models import Partner
from symposium.speakers.models import Speaker

SUFFIX = re.compile(r"(.+), ((?:Jr|Sr)\.?|I{2,3}|IV|fils|père)")
HYPHENS = re.compile("[\u2010\u2011]")
GIVEN_NAME_SEPARATORS = re.compile(r"([\s-]+|\b[dl]['’](?=[^\W\d_a-zà-ÿ]))")
BLANKS = re.compile(r"[^\S\u00a0\u202f]+")


@dataclass(frozen=True)
class Person:
    """Author of a record. An organisation has only `family`, no given name."""

    family: str
    given: str = ""
    affiliation: str = ""
    orcid: str = ""
    ror: str = ""

    @property
    def orcid_url(self) -> str:
        return f"https://orcid.org/{self.orcid}" if self.orcid else ""

    @property
    def ror_url(self) -> str:
        """URL of the ROR ID of the affiliation, or of the author if it is an organisation."""
        return f"https://ror.org/{self.ror}" if self.ror else ""

    @property
    def surname_and_suffix(self) -> tuple[str, str]:
        """Family name split at its suffix, as in “King, Jr.”; the suffix may be empty."""
        found = SUFFIX.fullmatch(self.family) if self.given else None
        return (found[1], found[2]) if found else (self.family, "")

    @property
    def inverted(self) -> str:
        surname, suffix = self.surname_and_suffix
        return ", ".join(filter(None, [surname, self.given, suffix]))

    @property
    def natural(self) -> str:
        return f"{self.given} {self.family}".strip()

    @property
    def shortened(self) -> str:
        """Family name with initials. A given name in a script other than Latin stays whole.

        So do articles and particles: Abd el-Krim is A. el-K.
        """
        given = HYPHENS.sub("-", self.given)
        *parts, last = GIVEN_NAME_SEPARATORS.split(given)
        kept = set() if given.islower() else {part for part in parts if part.islower()}
        letters = [part if part in kept else initial(part) for part in parts]
        return replace(self, given="".join([*letters, initial(last)])).inverted


def initial(word: str) -> str:
    """Return the first letter of a Latin `word` with its combining accents and a period."""
    if not is_latin(word):
        return word
    accents = takewhile(unicodedata.combining, word[1:])
    return f"{word[0]}{''.join(accents)}."


class Record:
    """Published abstract as it is cited in one of its languages.

    `language` is used only if the abstract has a text in it, because a citation refers to a text
    that exists; otherwise the language is the abstract's own.
    """

    def __init__(self, abstract: Abstract, language: str = ""):
        translated = bool(getattr(abstract, f"text_{language}", ""))
        self.abstract = abstract
        self.edition = abstract.edition
        self.language = language if translated else abstract.language

    def localized_text(self, thing: object, field: str) -> tuple[str, str]:
        """Return the text and its language: the record's, or the first fallback that has a text."""
        text, language = localized_text(thing, field, self.language)
        return clean_line(text), language

    def text_of(self, thing: object, field: str) -> str:
        return self.localized_text(thing, field)[0]

    @property
    def key(self) -> str:
        """Citation key, which does not change with the title, the address or the authors."""
        return f"{self.edition.slug}-{self.abstract.guid.hex[:8]}"

    @property
    def url(self) -> str:
        return localized_page_url(self.abstract, self.language)

    @property
    def doi(self) -> str:
        return self.abstract.doi

    @property
    def doi_url(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else ""

    @property
    def link(self) -> str:
        """URL given in citations: of the DOI if there is one, else of the page."""
        return self.doi_url or self.url

    @property
    def pdf_url(self) -> str:
        return localized_pdf_url(self.abstract, self.language)

    @property
    def title(self) -> str:
        return self.text_of(self.abstract, "title")

    @property
    def paragraphs(self) -> list[str]:
        return paragraphs(self.abstract, self.language)

    @cached_property
    def authors(self) -> list[Person]:
        return [self.person(author) for author in self.abstract.authors.all()]

    def person(self, author: Author) -> Person:
        """Return `author` as a Person.

        Affiliation and ORCID iD missing on the author line come from the speaker's public page.
        """
        speaker = author.speaker
        public = speaker if speaker and speaker.is_published else None
        family, given = full_name(speaker or author, self.language)
        return Person(
            family=family,
            given=given,
            affiliation=self.text_of(author, "affiliation")
            or (self.text_of(public, "affiliation") if public else ""),
            orcid=author.orcid or (public.orcid if public else ""),
            ror=author.ror,
        )

    @cached_property
    def keywords(self) -> list[str]:
        return [self.text_of(use.keyword, "name") for use in self.abstract.ordered_keywords.all()]

    @property
    def issued(self) -> datetime.date:
        return self.abstract.published_at.astimezone(self.edition.zone).date()

    @property
    def conference(self) -> str:
        return self.conference_and_language[0]

    @property
    def conference_and_language(self) -> tuple[str, str]:
        name, language = self.localized_text(self.edition, "name")
        return f"{name} {self.edition.slug}", language

    @property
    def city(self) -> str:
        return self.text_of(self.edition, "city")

    @property
    def publisher(self) -> str:
        return self.publisher_and_language[0]

    @cached_property
    def publisher_and_language(self) -> tuple[str, str]:
        """Names of the edition's organisers, or of the edition if it has none, and their language.

        The language is empty if the names are in several languages.
        """
        organisers = [
            self.localized_text(partner, "name")
            for partner in self.edition.partners.all()
            if partner.kind == Partner.Kind.ORGANISER
        ]
        if not organisers:
            return self.conference_and_language
        names, languages = zip(*organisers, strict=True)
        return "; ".join(names), languages[0] if len({*languages}) == 1 else ""


def full_name(named: Author | Speaker, language: str) -> tuple[str, str]:
    """Return (family name, given name) in `language`, or else in the first language with both.

    An organisation has no given name in any language: its family name is enough.
    """
    names = {
        code: (
            clean_line(getattr(named, f"family_name_{code}")),
            clean_line(getattr(named, f"given_name_{code}")),
        )
        for code in (language, *LANGUAGES)
    }
    is_body = not any(given for _family, given in names.values())
    families = [name for name in names.values() if name[0]]
    return next((name for name in families if name[1] or is_body), families[0])


def clean_line(text: str) -> str:
    """Return `text` on one line, cleaned for records and reference managers (see `typography`)."""
    return BLANKS.sub(" ", normalize_letters(strip_invisible(strip_controls(text)))).strip()


def paragraphs(abstract: Abstract, language: str) -> list[str]:
    lines = (getattr(abstract, f"text_{language}") or "").splitlines()
    return [line for line in map(clean_line, lines) if line]


def localized_page_url(thing: Abstract, language: str) -> str:
    """Return the absolute URL of the page of `thing` in `language`."""
    with translation.override(language):
        return f"{settings.SITE_URL}{thing.get_absolute_url()}"


def localized_pdf_url(abstract: Abstract, language: str) -> str:
    with translation.override(language):
        return f"{settings.SITE_URL}{abstract.get_pdf_url()}"


# The styles. Each returns HTML, with names and titles in <bdi>, since they may be in Arabic.


def iso690(record: Record) -> SafeString:
    """Cite in ISO 690:2021, name and date system, with the usual French wording."""
    edition, year = record.edition, record.issued.year
    names = [
        replace(author, family=author.family.upper()).inverted if author.given else author.family
        for author in record.authors
    ]
    with translation.override("fr"):
        days = dates.span(edition.starts_on, edition.ends_on)
        issued = dates.long_date(record.issued)
    return format_html(
        "{} In\u00a0: <i>{}</i>, {}, {} [en ligne]. {} {}. Disponible à l’adresse\u00a0: {}",
        format_html(
            "{}, {}. {}", join_names(names, " et "), year, bidi_isolated(ended(record.title))
        )
        if names
        else format_html("{}, {}.", bidi_isolated(record.title), year),
        bidi_isolated(record.conference), bidi_isolated(record.city), days,
        bidi_isolated(ended(record.publisher)), issued, record.link,
    )  # fmt: skip


APA_KINDS: dict[str, str] = {
    Abstract.Kind.KEYNOTE: "Keynote address",
    Abstract.Kind.PAPER: "Paper presentation",
    Abstract.Kind.PANEL: "Panel discussion",
    Abstract.Kind.WORKSHOP: "Workshop",
    Abstract.Kind.POSTER: "Poster presentation",
}


def apa(record: Record) -> SafeString:
    """Cite in APA, 7th edition, section 10.5: conference sessions and presentations."""
    names = [author.shortened for author in record.authors]
    days = american_dates(record.edition.starts_on, record.edition.ends_on)
    when = f"({record.edition.starts_on.year}, {days})."
    kind = APA_KINDS.get(record.abstract.kind, "Abstract")
    title = format_html("<i>{}</i> [{}].", bidi_isolated(record.title), kind)
    by = (
        join_names([*names[:19], names[-1]], ", … ")
        if len(names) > 20
        else join_names(names, ", & ")
    )
    return format_html(
        "{} {}, {}. {}",
        format_html("{}{} {} {}", by, end_with_period(names[-1]), when, title)
        if names
        else format_html("{} {}", title, when),
        bidi_isolated(record.conference), bidi_isolated(record.city), record.link,
    )  # fmt: skip


CHICAGO_KINDS: dict[str, str] = {
    Abstract.Kind.KEYNOTE: "Keynote address, ",
    Abstract.Kind.PAPER: "Paper presented at ",
    Abstract.Kind.PANEL: "Panel discussion, ",
    Abstract.Kind.WORKSHOP: "Workshop, ",
    Abstract.Kind.POSTER: "Poster presented at ",
}


def chicago(record: Record) -> SafeString:
    """Cite in Chicago, 18th edition, bibliography: papers given at meetings."""
    first, others = record.authors[:1], record.authors[1:]
    names = [author.inverted for author in first] + [author.natural for author in others]
    names = [*names[:3], "et al."] if len(names) > 6 else names
    by = join_names(names, ", " if "et al." in names else ", and ")
    days = american_dates(record.edition.starts_on, record.edition.ends_on, years=True)
    return format_html(
        "{}“{}” {}{}, {}, {}. {}.",
        format_html("{}{} ", by, end_with_period(names[-1])) if names else "",
        bidi_isolated(ended(record.title)), CHICAGO_KINDS.get(record.abstract.kind, ""),
        bidi_isolated(record.conference), bidi_isolated(record.city), days, record.link,
    )  # fmt: skip


def asrdlf(record: Record) -> SafeString:
    """Cite in the style of the Association de science régionale de langue française, 2016.

    Its style sheet gives no URL for a paper. The URL is added at the end, since the text is there.
    """
    names = [author.shortened for author in record.authors]
    by = join_names([*names[:6], names[-1]], ", … ") if len(names) > 7 else join_names(names, " & ")
    title = bidi_isolated(record.title)
    return format_html(
        "{}, In\u00a0: <i>{}</i>, {}, {}. {}",
        format_html("{} ({}), {}", by, record.issued.year, title)
        if names
        else format_html("{} ({})", title, record.issued.year),
        bidi_isolated(record.conference), bidi_isolated(record.publisher),
        bidi_isolated(record.city), record.link,
    )  # fmt: skip


@dataclass(frozen=True)
class Style:
    """Citation style; `language` is the language of its fixed words."""

    code: str
    name: str
    language: str
    write: Callable[[Record], SafeString]


STYLES = (
    Style("iso690", "ISO 690", "fr", iso690),
    Style("apa", "APA", "en", apa),
    Style("chicago", "Chicago", "en", chicago),
    Style("asrdlf", "ASRDLF", "fr", asrdlf),
)


def citations(record: Record) -> list[tuple[Style, SafeString]]:
    return [(style, style.write(record)) for style in STYLES]


def bidi_isolated(text: str) -> SafeString:
    return format_html("<bdi>{}</bdi>", text)


def join_names(names: list[str], last: str) -> SafeString:
    """Join names with commas, with `last` before the last name."""
    *others, end = map(bidi_isolated, names) if names else [SafeString()]
    if not others:
        return end
    return format_html("{}{}{}", format_html_join(", ", "{}", ((o,) for o in others)), last, end)


def end_with_period(text: str) -> str:
    return "" if text.endswith((".", "?", "!", "…", "؟")) else "."


def ended(text: str) -> str:
    return text + end_with_period(text)


def is_latin(word: str) -> bool:
    return unicodedata.name(word[:1] or " ", "").startswith("LATIN")


def american_dates(first: datetime.date, last: datetime.date, years: bool = False) -> str:
    """Return “June 9–10” or “June 30–July 2”; with `years`, “June 9–10, 2021”."""
    with translation.override("en"):
        start, end = date_format(first, "F j"), date_format(last, "F j")
    if first.year != last.year and years:
        return f"{start}, {first.year}–{end}, {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        end = str(last.day)
    days = start if first == last else f"{start}–{end}"
    return f"{days}, {last.year}" if years else days
