import re
import threading
import unicodedata
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import typst

from symposium.core.documents import pdf
from tests.helpers.pdf_files import (
    ADDRESS,
    CODE,
    WORDS,
    badges,
    certificate,
    document,
    elements,
    opened,
    person,
    pictures,
    roles,
    scanned,
    sizes_mm,
    texts,
    ticket,
)

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENTS = {
    "ticket": ticket,
    "badges": lambda language: badges(person(), person("Łukasz Ağaoğlu"), language=language),
    "certificate": certificate,
}
FONTS = {"Inter", "NotoSansArabic", "DejaVuSansMono"}
each_document = pytest.mark.parametrize("name", DOCUMENTS)
each_language = pytest.mark.parametrize("language", ["fr", "ar"])


# Standards


@each_document
@each_language
def test_document_declares_pdf_ua(name, language):
    file = opened(DOCUMENTS[name](language))
    title = f"{WORDS[language]['ticket']} 2021"
    metadata = file.open_metadata()
    assert metadata["pdfuaid:part"] == "1"
    assert metadata["dc:title"] == title
    assert metadata["dc:language"] == {language}
    assert str(file.Root.Lang) == language
    assert bool(file.Root.MarkInfo.Marked) is True
    assert bool(file.Root.ViewerPreferences.DisplayDocTitle) is True
    direction = {"fr": "/L2R", "ar": "/R2L"}[language]
    assert str(file.Root.ViewerPreferences.Direction) == direction
    assert str(file.docinfo.Title) == title
    assert str(file.docinfo.Author) == document(language)["edition"]["name"]
    assert str(file.docinfo.CreationDate) == "D:20210609080000Z"


@each_document
@each_language
def test_fonts_are_bundled_and_embedded(name, language):
    used = set()
    for page in opened(DOCUMENTS[name](language)).pages:
        for font in page.Resources.Font.values():
            [descendant] = font.DescendantFonts
            descriptor = descendant.FontDescriptor
            assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys())
            assert "/ToUnicode" in font
            used.add(str(font.BaseFont).partition("+")[2].partition("-")[0])
    assert used - FONTS == set()
    assert {"Inter", "NotoSansArabic"} - used == set()


def test_ticket_is_tagged():
    found = roles(ticket(sessions=2))
    assert [role for role in found if re.fullmatch(r"H\d", role)] == ["H1", "H2"]
    assert found.count("Figure") == 1
    assert (found.count("TR"), found.count("TH"), found.count("TD")) == (3, 4, 8)


@each_document
def test_qr_code_has_alternative_text(name):
    found = elements(DOCUMENTS[name]("fr"))
    assert {one["alt"] for one in found if one["role"] == "/Figure"} == {"Code QR"}


def test_name_in_arabic_is_marked_as_arabic():
    document = opened(ticket("fr"))
    marks = [
        marked.operands[1]
        for marked in pikepdf.parse_content_stream(document.pages[0])
        if str(marked.operator) == "BDC"
    ]
    assert {str(mark.Lang) for mark in marks if "/Lang" in mark} == {"fr", "ar"}


# Content


def test_ticket_contains_all_check_in_details():
    file = ticket("fr")
    [text] = texts(file)
    for said in ("Salma Medina", "سلمى المدينة", "Université fictive", "Étudiante", CODE,
                 "9 et 10 juin 2021", "Casablanca", "1, rue Fictive", "dès 08:30", "Ouverture",
                 "09:00–09:30", "Auditorium", "À présenter à l’accueil."):  # fmt: skip
        assert said in text
    assert scanned(pictures(file)[0]) == [CODE]


def test_ticket_without_session_or_arabic_name_is_rendered():
    [text] = texts(ticket("fr", sessions=0, name_ar="", affiliation="", lines=[]))
    assert WORDS["fr"]["sessions"] not in text
    assert "Salma Medina" in text


def test_ticket_of_many_sessions_repeats_its_table_heading():
    pages = texts(ticket("fr", sessions=40))
    assert [page.count("Auditorium") > 0 for page in pages] == [True] * len(pages)
    assert [page.count("Séance Jour Heure Salle") for page in pages] == [1] * len(pages)
    assert sum(page.count("Auditorium") for page in pages) == 40


@pytest.mark.parametrize(("number", "pages"), [(1, 1), (4, 1), (5, 2), (9, 3)])
def test_badges_are_four_to_a_page(number, pages):
    file = badges(*[person(f"Salma Medina {place}") for place in range(number)])
    found = [code for picture in pictures(file) for code in scanned(picture)]
    assert (len(texts(file)), found) == (pages, [CODE] * number)


BACKGROUND = {"drawing": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 105 148">'
              '<path fill="#c81e1e" d="M0 0h105v148H0z"/></svg>'}  # fmt: skip
PAPERS = {"four": (210, 297), "single": (105, 148), "label": (100, 62)}
each_layout = pytest.mark.parametrize("layout", PAPERS)
each_background = pytest.mark.parametrize("background", [None, BACKGROUND], ids=["plain", "own"])
ARABIC_NAME = "عبد الرحمن بن محمد بن عبد الله الإدريسي الحسني التطواني المراكشي الفاسي"
LONG_NAMES = [
    ("Maximiliana-Alexandrina El Ouazzani " * 7)[:250],
    "Donaudampfschifffahrts" * 8 + "gesellschaften",
    ARABIC_NAME,
]


@each_layout
@each_background
@pytest.mark.parametrize("number", [1, 4, 5])
def test_badges_are_on_their_paper(layout, background, number):
    people = [person(f"Salma Medina {place}") for place in range(number)]
    file = badges(*people, layout=layout, background=background)
    pages = {1: 1, 4: 1, 5: 2}[number] if layout == "four" else number
    assert sizes_mm(file) == [PAPERS[layout]] * pages
    found = [code for picture in pictures(file) for code in scanned(picture)]
    assert found == [CODE] * number


@each_layout
@each_background
@each_language
@pytest.mark.parametrize("name", LONG_NAMES, ids=["words", "word", "arabic"])
def test_long_texts_stay_on_their_badge(layout, background, language, name):
    """Nothing is cut by the edge of the badge, and nothing goes over the QR code."""
    category = {"name": f"{name} {name}"[:80], "colour": "amber"}
    everything = person(name, name_ar=ARABIC_NAME, affiliation=name, role=name, category=category)
    file = badges(everything, language=language, layout=layout, background=background)
    assert sizes_mm(file) == [PAPERS[layout]]
    [picture] = pictures(file)
    assert scanned(picture) == [CODE]
    width, height = PAPERS["single" if layout == "four" else layout]
    # The first badge of an Arabic sheet is on the right.
    start = 105 if (layout, language) == ("four", "ar") else 0
    outside = [
        (left, top, right, bottom)
        for left, top, right, bottom in text_boxes_mm(file)
        if left < start + 2 or right > start + width - 2 or top < 2 or bottom > height - 2
    ]
    assert outside == []


def text_boxes_mm(file: bytes) -> list[tuple[float, ...]]:
    """Return the left, top, right and bottom edge of each piece of text of the first page."""
    document = pypdfium2.PdfDocument(file)
    height = document[0].get_height()
    found = [
        piece.get_bounds()
        for piece in document[0].get_objects()
        if piece.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT
    ]
    document.close()
    return [
        tuple(edge / 72 * 25.4 for edge in (left, height - top, right, height - bottom))
        for left, bottom, right, top in found
    ]


def test_label_is_black_on_white():
    [picture] = pictures(badges(person(), layout="label", background=BACKGROUND))
    colours = {pixel for _number, pixel in picture.getcolors(1_000_000)}
    assert {max(pixel[:3]) - min(pixel[:3]) < 3 for pixel in colours} == {True}


@pytest.mark.parametrize("layout", ["four", "single"])
def test_texts_of_a_badge_are_on_a_white_panel(layout):
    [picture] = pictures(badges(person(), layout=layout, background=BACKGROUND))
    dots = 150 / 25.4
    at = {place: picture.getpixel((int(x * dots), int(y * dots)))
          for place, x, y in (("top", 52, 20), ("edge", 2, 80), ("panel", 7, 80))}  # fmt: skip
    assert at == {"top": (200, 30, 30), "edge": (200, 30, 30), "panel": (255, 255, 255)}


def test_each_badge_has_the_pattern_of_the_symposium():
    [picture] = pictures(badges(*[person()] * 3))
    dots = picture.width / 210
    strips = [(int(x * dots), int(y * dots)) for y in (9, 157) for x in (40, 145)]
    blues = [picture.getpixel(place)[2] - picture.getpixel(place)[0] for place in strips]
    assert [blue > 40 for blue in blues] == [True, True, True, False]


def test_badges_without_people_are_one_blank_page():
    assert texts(badges()) == [""]


@each_language
def test_certificate_is_one_page_with_its_verification_url(language):
    file = certificate(language)
    [picture] = pictures(file)
    assert scanned(picture) == [ADDRESS]
    assert picture.width > picture.height
    document = opened(file)
    assert [str(note.A.URI) for note in document.pages[0].Annots] == [ADDRESS]
    [text] = texts(file)
    assert "سلمى المدينة" in text


def test_arabic_letters_are_joined():
    joined = pictures(badges(person(name_ar="سلمى")))
    apart = pictures(badges(person(name_ar="\u200c".join("سلمى"))))
    assert joined != apart


def test_arabic_name_is_extractable_from_pdf():
    """Browsers extract letters drawn apart from their dots twice: see scripts/pdf_fonts.py."""
    [text] = texts(badges(person(name_ar="بثينة تاشفين")))
    assert "بثينة تاشفين" in text


# Names and other input


@pytest.mark.parametrize(
    "name",
    [
        '#eval("1+1")', "#panic()", "*bold* _it_", "$x^2$", "=1+1", "= Title", "{{7*7}}", "- item",
        "<img onerror=x>", "<label> @ref", "\\", '"', "// no", "/* no", "```raw```", "[x](y)",
        "https://example.org", "Łukasz Ağaoğlu", "Nguyễn Thị Hạnh", "Erdős Őry", "O’Neill",
        "Ελένη", "Фёдор", "fi ffl", "Jose\u0301", "\u2067", "-- ---",
    ],
)  # fmt: skip
def test_hostile_name_is_rendered_as_text(name):
    [text] = texts(ticket(name=name, name_ar="", affiliation=name))
    written = unicodedata.normalize("NFC", name).replace("\u2067", "")
    before, after = "SYMPOSIUM FICTIF 2021", "Étudiante"
    between = text.partition(before)[2].partition(after)[0]
    assert between.split() == f"{written} {written}".split()


SIGNS = [
    "🎉", "👩🏽‍🚀 Salma 🇲🇦", "李明", "ⵙⴰⵍⵎⴰ", "\U0001fae8", "❤️", "\U000e0041", "\u0378", "\ufdd0",
    "مُحَمَّدٌ لا إلٰه ـــ ٱلله ﷲ", "Z̷̢͙͌a̸l̵g̶o̴", "\u0301", "\ufeff", "\x00\x1b[2J", "\ud800", "\ue000",
    "a\nb\u2028c", "\u202eevil\u202c", " ", "",
]  # fmt: skip


def test_every_character_renders_in_documents():
    """A badge has one character; the other documents have all of them in one name, or none."""
    everybody = [person(name, name_ar=name) for name in SIGNS]
    assert len(texts(badges(*everybody))) == len(SIGNS) / 4
    for name in (" ".join(SIGNS), " ", ""):
        for file in (ticket(name=name), certificate(name=name)):
            assert len(texts(file)) == 1


@pytest.mark.parametrize("letter", ["A", "m", "م", "é ", "\u0301", "🎉", "\n"])
def test_ten_thousand_characters_fit_on_one_page(letter):
    long = letter * 10_000
    person_data = person(long, name_ar=long, affiliation=long, role=long)
    person_data["category"] = {"name": long, "colour": long}
    for file in (
        ticket(name=long, name_ar=long, affiliation=long),
        badges(person_data),
        certificate(name=long, name_ar=long),
    ):
        assert len(texts(file)) == 1


def test_bidi_override_in_a_name_is_removed():
    [text] = texts(ticket(name="\u202eanid\u202c Salma", name_ar=""))
    assert "anid Salma Université" in text


@pytest.mark.parametrize(
    "name",
    ["Maximiliana-Alexandrina Benabdeljalil El Ouazzani Touhami Id", "D" + "onaudampf" * 4 + "sch"],
)
def test_long_name_is_complete_on_a_badge(name):
    [text] = texts(badges(person(name)))
    assert name.replace(" ", "") in re.sub(r"[\s\u200b]", "", text)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Anne-Marie Charbonneau-Bertrand-Lafayette",
         ["Anne-Marie", "Charbonneau-", "Bertrand-", "Lafayette"]),
        ("Leutheusser-Schnarrenberger", ["Leutheusser-", "Schnarrenberger"]),
        ("Jean-Paul Saint-Exupéry", ["Jean-Paul", "Saint-Exupéry"]),
        ("Donaudampfschifffahrtsgesellschaft", ["Donaudampfschifff", "ahrtsgesellschaft"]),
    ],
)  # fmt: skip
def test_long_name_is_broken_at_its_hyphens_first(name, lines):
    document = pypdfium2.PdfDocument(badges(person(name, name_ar="", affiliation="")))
    text = document[0].get_textpage().get_text_bounded().replace("\u200b", "").splitlines()
    document.close()
    # pdfium writes a hyphen at the end of a line as U+0002
    found = [line.replace("\x02", "-").strip() for line in text]
    start = found.index(lines[0])
    assert found[start : start + len(lines)] == lines


@each_language
def test_ticket_table_rules_span_the_full_width(language):
    document = pypdfium2.PdfDocument(ticket(language, sessions=3))
    widths = [
        (bounds[2] - bounds[0]) / 72 * 25.4
        for bounds in (
            piece.get_bounds()
            for piece in document[0].get_objects([pypdfium2.raw.FPDF_PAGEOBJ_PATH])
        )
        if bounds[3] - bounds[1] < 3 and bounds[1] < 400
    ]
    document.close()
    assert [width > 173 for width in widths] == [True] * 4


def test_longest_day_fits_on_one_line():
    session = {"title": "Ouverture", "lang": "fr", "day": "mercredi 30 septembre",
               "times": "09:00–09:30", "room": "Auditorium"}  # fmt: skip
    file = pypdfium2.PdfDocument(ticket_with(session))
    lines = file[0].get_textpage().get_text_bounded().splitlines()
    file.close()
    assert any("mercredi 30 septembre" in line for line in lines)


def ticket_with(session: dict) -> bytes:
    data = {**document(), **person(), "lines": [], "sessions": [session]}
    return pdf.render("typst/ticket.typ", data, "fr")


def test_short_name_on_a_badge_is_legible_at_three_metres():
    """A letter is legible at 250 times its height: capitals of 12 mm at 3 m."""
    document = pypdfium2.PdfDocument(badges(person("Salma Medina", name_ar="")))
    heights = [
        piece.get_bounds()[3] - piece.get_bounds()[1]
        for piece in document[0].get_objects()
        if piece.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT
    ]
    document.close()
    assert max(heights) / 72 * 25.4 > 11


def test_long_text_is_truncated_and_qr_data_is_not():
    long = "x" * 10_000
    assert pdf.printable({"name": long, "lines": [[long]], "qr": long, "number": 3}) == {
        "name": "x" * 599 + "…",
        "lines": [["x" * 599 + "…"]],
        "qr": long,
        "number": 3,
    }


def test_no_break_spaces_are_preserved():
    assert pdf.printable("  a\u202f:\u00a0b \n c\u00ad ") == "a\u202f:\u00a0b c"


# Rendering


@each_document
def test_same_data_renders_identical_files(name):
    assert DOCUMENTS[name]("ar") == DOCUMENTS[name]("ar")


def test_creation_time_may_be_a_string():
    assert ticket(created="2021-06-09T10:00:00+02:00") == ticket()


def test_concurrent_threads_render_separate_documents():
    names = [f"Salma {place}" for place in range(12)]
    made = {}

    def work(mine):
        made.update({name: ticket(name=name) for name in mine})

    threads = [threading.Thread(target=work, args=(names[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == {name: ticket(name=name) for name in names}


def test_data_not_matching_the_template_is_refused():
    with pytest.raises(typst.TypstError):
        pdf.render("typst/ticket.typ", document(), "fr")


def test_template_outside_its_folder_is_refused():
    with pytest.raises(RuntimeError, match="must be contained in project root"):
        pdf.render("base.html", document(), "fr")


# Colours


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def shared() -> str:
    return (PROJECT / "templates/typst/_symposium.typ").read_text()


def test_pdf_colours_are_light_theme_tokens():
    css = (PROJECT / "static/css/portal.css").read_text()
    tokens = set(re.findall(r"#[0-9a-f]{6}", css.partition("@media (prefers-color-scheme")[0]))
    assert set(re.findall(r'rgb\("(#[0-9a-f]{6})"\)', shared())) - tokens == set()


def test_category_colours_have_sufficient_contrast():
    written = r'#let ([\w-]+) = (?:rgb\(|own\("[\w-]+", )"(#\w{6})"\)'
    named = dict(re.findall(written, shared()))
    pairs = re.findall(r"  (\w+): \(fill: (.+?), on: (.+?)\),", shared())
    assert [name for name, _, _ in pairs] == ["sea", "green", "amber", "terra", "ink"]
    for _, fill, on in pairs:
        fill, on = (named.get(colour, colour[5:12]) for colour in (fill, on))
        assert contrast(fill, on) >= 4.5
