"""Every character that scholars write is printed as itself in every PDF, not as the empty arch."""

import ctypes

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from django.utils import translation

from symposium.abstracts import documents
from symposium.core.documents import pdf
from symposium.sessions.programme_pdf import render_programme_pdf
from tests.factories import make_abstract, make_author, make_edition, make_session
from tests.helpers.pdf_files import badges, certificate, person, ticket

SIGNS = {
    "superscripts": "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ",
    "subscripts": "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₙ",
    "relations": "≤≥≠≈≡≅∼≃≪≫∝±∓×÷−⊂⊃⊆⊇∈∉∋∪∩∅∧∨¬∀∃∄⊥∥∠",
    "operators": "∂∫∬∮∑∏√∛∞∇∆∘∙⊕⊗⌈⌉⌊⌋⟨⟩",
    "arrows": "←→↑↓↔↕⇐⇒⇑⇓⇔↦↗↘↙↖⟶",
    "Greek": "αβγδεζηθικλμνξοπρςστυφχψωΓΔΘΛΞΠΣΦΨΩϑϕϵἀὐῆᾳ",
    "Cyrillic": "АБВЖЩЫЯабвжщыяЄєЇїҐґ",
    "fractions": "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⁄",
    "currency": "$¢£¥€₣₤₦₩₪₫₭₮₱₲₴₵₸₹₺₽₿¤ƒ",
    "Roman numerals": "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫⅬⅭⅮⅯⅰⅱⅲⅳⅴ",
    "punctuation": "‐‑‒–—―‖‘’‚‛“”„‟†‡•‣…‰‱′″‴‹›«»‽⁂¿¡§¶·⁎",
    "marks": "✓✔✗✘★☆✦▪▫■□▲△▼▽◆◇○●◦☐☑☒♀♂☎✉⚠♥",
    "letters of science": "ℓℕℤℚℝℂℏℵ℃℉№℗®©™ªº°µÅ℮",
    "Latin": "ÀÉÎÕÜŒœÆæÇçĞğİıŁłØøŠšŻżĐđÞþßẞƏəʔʿʾʼḤḥṢṣṬṭẒẓḌḍĀāĪīŪūẾế",
    "phonetics": "ɑɛɔɣɦɲŋʃʒʁðˈː",
    "Tifinagh": "ⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵄⵅⵇⵉⵊⵍⵎⵏⵓⵔⵕⵖⵙⵚⵛⵜⵟⵡⵢⵣⵥⵯ",
    "Hebrew": "אבגדהוזחטיכךלמםנןסעפףצץקרשת",
    "Armenian and Georgian": "ԱԲաբႠაბგ",
    "Chinese, Japanese, Korean": "王李陳张劉城市東京橋あアん김이박한",
    "Arabic": "ﷲﷺ﷽؟،؛٪٠١٢٣ءأپچگڤٱ﴾﴿",
}
SEVERAL = "".join(SIGNS.values())
# Typographic forms, printed as their letters, which can be searched and copied.
DRAWN = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬆ": "st", "ﻻ": "لا", "ﺱ": "س"}
SPELT_OUT = "ﷲﷺ"  # copied from the PDF as words
FALLBACK = "SymposiumFallback"


def pieces(text: str, words: int = 10) -> list[str]:
    """Split `text` into words that fit the narrowest column, in names that fit a badge."""
    short = [text[place : place + 6] for place in range(0, len(text), 6)]
    return [" ".join(short[place : place + words]) for place in range(0, len(short), words)]


def of_tickets(text: str, language: str) -> list[bytes]:
    return [ticket(language, affiliation=one, name=one, lines=[]) for one in pieces(text)]


def of_badges(text: str, language: str) -> list[bytes]:
    people = [person(one, affiliation=one) for one in pieces(text)]
    return [badges(*people, language=language)]


def of_certificates(text: str, language: str) -> list[bytes]:
    return [certificate(language, name=one) for one in pieces(text)]


def record(text: str):
    edition = make_edition("2021", name_fr="Symposium fictif", name_ar="ندوة خيالية")
    session = make_session(edition, title_fr="Ouverture")
    abstract = make_abstract(
        edition, session=session, title_fr=text[:40], title_ar=text[:40], text_fr=text, text_ar=text
    )
    make_author(abstract, family_name_fr=text[40:80], affiliation_fr=text[80:160])
    return abstract


def of_abstract(text: str, language: str) -> list[bytes]:
    data = documents.abstract_data(record(text), language)
    return [pdf.render("typst/abstract.typ", data, language, longest=20_000)]


def of_book(text: str, language: str) -> list[bytes]:
    abstract = record(text)
    data = documents.book_data(abstract.edition, [abstract], language)
    return [pdf.render("typst/book.typ", data, language, longest=20_000)]


def of_programme(text: str, language: str) -> list[bytes]:
    edition = make_edition("2021", name_fr="Symposium fictif", name_ar="ندوة خيالية")
    for hour, piece in enumerate(pieces(text)):
        make_session(edition, title_fr=piece, at=f"{hour // 2:02}:{hour % 2 * 30:02}", lasting=30)
    return [render_programme_pdf(edition, edition.sessions.published(), language, large=False)]


DOCUMENTS = {
    "tickets": of_tickets, "badges": of_badges, "certificates": of_certificates,
    "abstract": of_abstract, "book": of_book, "programme": of_programme,
}  # fmt: skip


def letters(files: list[bytes]) -> dict[str, set[str]]:
    """Return the characters of the files, by the font that draws them."""
    found: dict[str, set[str]] = {}
    for file in files:
        document = pypdfium2.PdfDocument(file)
        for page in document:
            text = page.get_textpage()
            for place in range(text.count_chars()):
                found.setdefault(font_of(text, place), set()).add(text.get_text_range(place, 1))
        document.close()
    return found


def font_of(text: pypdfium2.PdfTextPage, place: int) -> str:
    name, flags = ctypes.create_string_buffer(100), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text, place, name, len(name), flags)
    return name.value.decode().partition("+")[2].partition("-")[0]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_character_is_printed_in_a_bundled_font(document, language):
    with translation.override(language):
        found = letters(DOCUMENTS[document](SEVERAL, language))
    assert found.get(FALLBACK, set()) == set()
    if language == "fr":  # pdfium reorders symbols in lines that run from right to left
        assert set(SEVERAL) - set().union(*found.values()) == set(SPELT_OUT)


def test_unsupported_character_is_printed_in_the_fallback_font():
    """Negative control: the test above finds a character of the fallback font."""
    assert letters(of_tickets("aሀ₂", "fr"))[FALLBACK] == {"ሀ"}


def test_character_list_has_over_120_distinct_characters():
    assert len(set(SEVERAL)) == len(SEVERAL) > 120


@pytest.mark.parametrize(("drawn", "spelt"), DRAWN.items())
def test_typographic_forms_are_printed_as_plain_letters(drawn, spelt):
    assert pdf.printable(f"{drawn} ﷺ ² Ⅳ ½") == f"{spelt} ﷺ ² Ⅳ ½"
