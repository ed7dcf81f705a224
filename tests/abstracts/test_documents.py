"""PDF files of abstracts: extracted text, standards, the book, and the cache."""

import statistics
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pikepdf
import pypdfium2
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone, translation

from symposium.abstracts import documents
from symposium.abstracts.citation.styles import Record
from symposium.abstracts.models import Abstract
from symposium.core.documents import file_cache as kept_files
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_main_abstract,
    make_session,
    make_speaker,
)
from tests.helpers import page_html
from tests.helpers.database_errors import execute
from tests.helpers.hard_records import HARD, ORCID, make_hard_record
from tests.helpers.page_html import main
from tests.helpers.pdf_files import opened, texts

pytestmark = pytest.mark.django_db
each_language = pytest.mark.parametrize(
    ("language", "direction"), [("fr", "/L2R"), ("en", "/L2R"), ("ar", "/R2L")]
)


@pytest.fixture
def edition():
    return make_edition("2021", name_fr="Symposium fictif", name_ar="ندوة خيالية")


def read(client, path: str) -> bytes:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return response.content


def stored(name: str) -> list[str]:
    return sorted(map(str, Path(settings.MEDIA_ROOT).glob(f"prints/{name}*/*")))


def outline(file: pikepdf.Pdf) -> list[str]:
    with file.open_outline() as found:
        return [item.title for item in found.root]


# PDF of one abstract


@each_language
def test_abstract_pdf_conforms_to_pdf_ua_and_pdf_a(client, edition, language, direction):
    make_abstract(
        edition, slug="ville", title_fr="Ville", title_ar="مدينة", text_ar="نص", title_en="City",
        text_en="Text.",
    )  # fmt: skip
    file = opened(read(client, f"/{language}/2021/abstracts/ville/abstract.pdf"))
    metadata = file.open_metadata()
    title = {"fr": "Ville", "en": "City", "ar": "مدينة"}[language]
    assert [metadata[name] for name in ("pdfuaid:part", "pdfaid:part", "pdfaid:conformance")] == [
        "1", "2", "A",
    ]  # fmt: skip
    assert (metadata["dc:title"], metadata["dc:language"]) == (title, {language})
    assert str(file.Root.Lang) == language
    assert str(file.Root.ViewerPreferences.Direction) == direction
    assert bool(file.Root.MarkInfo.Marked) is True


def test_abstract_pdf_contains_all_page_content(client, edition):
    session = make_session(edition, title_fr="Mobilités", at="14:00", lasting=45)
    abstract = make_abstract(
        session=session, slug="ville", title_fr="Ville", text_fr="Un : deux.\nTrois.",
        licence="CC-BY-4.0", doi="10.1234/ville",
    )  # fmt: skip
    make_author(
        abstract, given_name_fr="Nora", family_name_fr="Rivage", affiliation_fr="Labo", orcid=ORCID
    )
    make_keyword(abstract, name_fr="eau")
    make_keyword(abstract, name_fr="air")
    [page] = texts(read(client, "/en/2021/abstracts/ville/abstract.pdf"))
    assert page == (
        "Symposium fictif 2021 9 and 10 June 2021 · Casablanca PAPER Ville"
        f" Nora Rivage · Labo orcid.org/{ORCID} Un : deux. Trois. Keywords · eau · air"
        " Mobilités · Wednesday 9 June · 14:00–14:45"
        " Published 1 June 2021 · Version 1 · Licence CC BY 4.0 Cite this abstract"
        " RIVAGE, Nora, 2021. Ville. In : Symposium fictif 2021, Casablanca, 9 et 10 juin 2021"
        " [en ligne]. Symposium fictif 2021. 1er juin 2021."
        " Disponible à l’adresse : doi.org/10.1234/ville"
        " Symposium fictif 2021 1"
    )


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_abstract_of_usual_length_is_one_page(client, edition, language):
    text = "La ville apprend de ses crises passées. " * 62
    abstract = make_abstract(edition, slug="ville", text_fr=text, text_ar="تتعلم المدينة. " * 160)
    for name in ("Un", "Deux", "Trois"):
        make_author(abstract, given_name_fr="Nora", family_name_fr=name, affiliation_fr="Labo")
    file = opened(read(client, f"/{language}/2021/abstracts/ville/abstract.pdf"))
    [page] = file.pages
    addresses = {str(note.A.URI) for note in page.Annots}
    assert addresses == {f"{settings.SITE_URL}/{language}/2021/abstracts/ville/"}


def test_citation_keeps_its_texts_apart(edition):
    abstract = make_abstract(edition, slug="ville", title_fr="<Ville> & rive ?", text_fr="Texte.")
    make_author(abstract, given_name_fr="Nora", family_name_fr="Rivage")
    make_author(abstract, given_name_fr="", family_name_fr="ندوة")
    with translation.override("fr"):
        found = documents.citation_entry(Record(abstract, "fr"))
    assert found == {
        "lang": "fr",
        "parts": [
            ("RIVAGE, Nora", True), ("et", True), ("ندوة", False), (", 2021.", True),
            ("<Ville> & rive ?", True), ("In\u00a0:", True), ("Symposium fictif 2021", False),
            (",", True), ("Casablanca", False), (", 9 et 10 juin 2021 [en ligne].", True),
            ("Symposium fictif 2021.", True),
            ("1er juin 2021. Disponible à l’adresse\u00a0:", True),
            (f"{settings.SITE_URL}/fr/2021/abstracts/ville/", False),
        ],
    }  # fmt: skip


def test_cancelled_session_is_marked_cancelled(client, edition):
    cancelled = {"title_fr": "Mobilités", "status": "cancelled"}
    make_abstract(session=make_session(edition, at="14:00", lasting=45, **cancelled), slug="ville")
    make_abstract(session=make_session(edition, at=None, **cancelled), slug="port")
    said = "Mobilités · mercredi 9 juin · 14:00–14:45 · Annulée"
    assert f" {said} " in texts(read(client, "/fr/2021/abstracts/ville/abstract.pdf"))[0]
    assert " Mobilités · Annulée " in texts(read(client, "/fr/2021/abstracts/port/abstract.pdf"))[0]
    book = " ".join(texts(read(client, "/fr/2021/abstracts.pdf")))
    assert " MERCREDI 9 JUIN · 14:00–14:45 · ANNULÉE " in book
    assert book.count("ANNULÉE") == 2
    page = main(client.get("/fr/2021/abstracts/ville/"))
    assert page_html.texts(page, ".//span[@class='tag tag-bad']") == ["Annulée"]


@pytest.mark.parametrize("text", HARD, ids=range(len(HARD)))
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_hostile_text_renders_a_valid_pdf(client, text, language):
    abstract = make_hard_record(text)
    slug = abstract.edition.slug
    for path in ("abstracts/ville/abstract.pdf", "abstracts.pdf"):
        file = read(client, f"/{language}/{slug}/{path}")
        assert opened(file).open_metadata()["pdfaid:part"] == "2"


def test_hostile_latin_title_is_preserved_in_pdf(client):
    abstract = make_hard_record(HARD[0])
    file = read(client, f"/fr/{abstract.edition.slug}/abstracts/ville/abstract.pdf")
    assert opened(file).open_metadata()["dc:title"] == HARD[0]
    assert f" {HARD[0]} " in " ".join(texts(file)[0].split())


def test_long_text_is_not_truncated(client, edition):
    words = [f"mot{number}" for number in range(2500)]
    make_abstract(edition, slug="long", text_fr=" ".join(words))
    read_back = " ".join(texts(read(client, "/fr/2021/abstracts/long/abstract.pdf"))).split()
    assert [word for word in read_back if word.startswith("mot")] == words


# Book of abstracts


def test_book_has_contents_sessions_and_indexes(client, edition):
    make_main_abstract(edition, title_fr="Argument")
    session = make_session(edition, title_fr="Atelier", at="10:00")
    for name in ("Deux", "Trois"):
        abstract = make_abstract(session=session, title_fr=name)
        make_author(abstract, given_name_fr="Nora", family_name_fr="Rivage")
        abstract.ordered_keywords.create(keyword=make_keyword(name_fr=f"mot {name}"))
    alone = make_session(edition, title_fr="Quatre", at="11:00")
    make_abstract(session=alone, title_fr="Quatre")
    file = read(client, "/en/2021/abstracts.pdf")
    cover, contents, *_body, authors = texts(file)
    assert cover.endswith("Symposium fictif 2021 Casablanca")
    assert outline(opened(file)) == [
        "Argument", "Atelier", "Quatre", "Index of keywords", "Index of authors",
    ]  # fmt: skip
    assert "Argument" in contents
    assert authors.startswith("Index of authors Rivage, Nora · 3 ")


def lines(file: bytes) -> list[list[str]]:
    """Return the lines of each page."""
    document = pypdfium2.PdfDocument(file)
    pages = [page.get_textpage().get_text_bounded().splitlines() for page in document]
    document.close()
    return pages


def test_pdf_lines_have_about_seventy_five_characters(client, edition):
    make_abstract(edition, slug="ville", text_fr="La ville apprend de ses crises passées. " * 40)
    [page] = lines(read(client, "/fr/2021/abstracts/ville/abstract.pdf"))
    widths = [len(line) for line in page if "apprend" in line]
    assert 65 <= statistics.median(widths) <= max(widths) <= 85


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_book_has_no_page_break_between_title_and_third_line(edition, language):
    abstracts = []
    codes = [f"{tens}{ones}" for tens in "abcd" for ones in "abcdefghij"]
    for number, code in enumerate(codes):
        session = make_session(edition, title_fr=f"Séance {code}", at=None)
        text = f"Texte{code} " + "mot " * (50 + 37 * number % 190)
        abstract = make_abstract(edition, session=session, title_fr=f"Titre{code}", text_fr=text)
        for name in ("Un", "Deux"):
            make_author(abstract, given_name_fr="Nora", family_name_fr=f"{name}{code}")
        abstracts.append(abstract)
    with translation.override(language):
        pages = lines(documents.render_book_pdf(edition, abstracts, language))
    for code in codes:
        [page] = [page for page in pages if f"Texte{code}" in " ".join(page)]
        for before in ("Titre", "Un", "Deux"):
            assert f"{before}{code}" in " ".join(page)
        [first] = [number for number, line in enumerate(page) if f"Texte{code}" in line]
        assert ["mot" in line for line in page[first : first + 3]] == [True] * 3


def line_ends(page: pypdfium2.PdfPage) -> list[tuple[int, int]]:
    """Return the left and right end of each line, in points, from the top of the page."""
    text = page.get_textpage()
    boxes = [text.get_charbox(n, loose=True) for n in range(text.count_chars())]
    rows: dict[int, list] = {}
    for left, bottom, right, top in sorted(boxes, key=lambda box: -box[1] - box[3]):
        if right > left:
            middle = (bottom + top) / 2
            row = next((row for row in rows if abs(row - middle) < 7), round(middle))
            rows.setdefault(row, []).append((left, right))
    return [
        (round(min(left for left, _ in row)), round(max(right for _, right in row)))
        for row in rows.values()
    ]


def test_arabic_entry_of_french_book_starts_at_the_right(client, edition):
    abstract = make_abstract(
        edition, title_fr="", text_fr="", language="ar", title_ar="ذاكرة: GIS والمدينة",
        text_ar="تتعلم المدينة من أزماتها.",
    )  # fmt: skip
    author = {"given_name_fr": "Nora", "family_name_fr": "Rivage", "affiliation_fr": "Labo"}
    make_author(abstract, **author, orcid=ORCID)
    abstract.ordered_keywords.create(keyword=make_keyword(name_fr="eau"))
    file = read(client, "/fr/2021/abstracts.pdf")
    document = pypdfium2.PdfDocument(file)
    *entry, _footer = line_ends(document[2])
    document.close()
    assert [right for _left, right in entry] == [pytest.approx(493, abs=3)] * len(entry)
    words = texts(file)[2]
    assert ("الكلمات المفتاحية" in words, "Mots clés" in words) == (True, False)


def test_book_of_empty_or_unpublished_edition_is_404(client, edition):
    make_abstract(make_edition("2020"))
    assert client.get("/fr/2021/abstracts.pdf").status_code == 404
    make_abstract(make_edition("2019", is_published=False))
    assert client.get("/fr/2019/abstracts.pdf").status_code == 404


def test_book_excludes_hidden_abstracts(client, edition):
    make_abstract(edition, title_fr="Visible")
    make_abstract(edition, title_fr="Brouillon", status="draft")
    make_abstract(edition, title_fr="Retiré", status="withdrawn")
    make_abstract(edition, title_fr="Demain", published_at=timezone.now() + timezone.timedelta(1))
    draft = make_session(edition, status="draft")
    make_abstract(session=draft, title_fr="En attente")
    file = opened(read(client, "/fr/2021/abstracts.pdf"))
    assert outline(file) == ["Visible"]


@pytest.mark.parametrize("number", [1, 3])
def test_book_query_count_is_constant(client, edition, django_assert_num_queries, number):
    for _place in range(number):
        abstract = make_abstract(session=make_session(edition))
        make_author(abstract, speaker=make_speaker(edition))
        make_keyword(abstract)
    with django_assert_num_queries(9):  # three for the lock under which the file is rendered
        client.get("/fr/2021/abstracts.pdf")


# The cache of files


def test_pdf_is_rendered_once_and_again_when_content_changes(client, edition):
    abstract = make_abstract(edition, slug="ville", title_fr="Ville")
    path = "/fr/2021/abstracts/ville/abstract.pdf"
    first = read(client, path)
    [kept] = stored(abstract.guid)
    assert read(client, path) == first
    assert stored(abstract.guid) == [kept]
    make_author(abstract, family_name_fr="Nouvelle")
    second = read(client, path)
    [remade] = stored(abstract.guid)
    assert remade != kept
    assert "Nouvelle" in texts(second)[0]


def test_truncated_cached_pdf_is_rendered_again(client, edition):
    abstract = make_abstract(edition, slug="ville")
    whole = read(client, "/fr/2021/abstracts/ville/abstract.pdf")
    [kept] = stored(abstract.guid)
    with open(kept, "wb") as file:
        file.write(whole[:100])
    assert read(client, "/fr/2021/abstracts/ville/abstract.pdf") == whole


def test_missing_cached_file_reads_as_empty():
    assert kept_files.read("prints/nowhere/at-all.pdf") == b""
    assert kept_files.delete_folder("prints/nowhere") == 0


@pytest.mark.parametrize("status", ["draft", "withdrawn", "deleted"])
def test_cached_pdfs_of_hidden_abstracts_are_deleted(client, edition, settings, tmp_path, status):
    settings.MEDIA_ROOT = tmp_path
    gone, stays = (make_abstract(edition, slug=slug) for slug in ("ville", "port"))
    for path in ("abstracts/ville/abstract.pdf", "abstracts/port/abstract.pdf", "abstracts.pdf"):
        read(client, f"/fr/2021/{path}")
    assert [documents.delete_stale_files(), documents.delete_stale_files()] == [1, 0]  # the book
    book = read(client, "/fr/2021/abstracts.pdf")
    if status == "deleted":
        gone.delete()
    else:
        withdrawn = {"withdrawn_at": timezone.now(), "withdrawal_reason_fr": "Erreur."}
        fields = withdrawn if status == "withdrawn" else {}
        Abstract.objects.filter(pk=gone.pk).update(status=status, **fields)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert documents.delete_stale_files() == 2
    assert [len(stored(name)) for name in (gone.guid, stays.guid, "book")] == [0, 1, 0]
    assert read(client, "/fr/2021/abstracts.pdf") != book


@pytest.mark.django_db(transaction=True)
def test_concurrent_requests_render_pdf_once(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_abstract(make_edition("2021"))
    data = documents.abstract_data(Abstract.objects.with_reference().get(), "fr")
    made, render, together = [], kept_files.pdf.render, Barrier(4)

    def counted(*arguments, **options):
        made.append(1)
        return render(*arguments, **options)

    def ask(_reader):
        try:
            together.wait()
            return documents.get_or_render("a", "typst/abstract.typ", data, "fr")
        finally:
            connection.close()

    monkeypatch.setattr(kept_files.pdf, "render", counted)
    with ThreadPoolExecutor(4) as readers:
        answers = set(readers.map(ask, range(4)))
    assert (len(answers), len(made), len(stored("a"))) == (1, 1, 1)


def test_cached_pdf_has_no_public_url(client, edition):
    abstract = make_abstract(edition, slug="ville")
    read(client, "/fr/2021/abstracts/ville/abstract.pdf")
    [kept] = stored(abstract.guid)
    name = kept.removeprefix(str(settings.MEDIA_ROOT)).lstrip("/")
    assert client.get(f"/media/{name}").status_code == 404


def test_same_data_renders_identical_bytes(edition):
    make_abstract(edition)
    abstract = Abstract.objects.with_reference().get()
    with translation.override("fr"):
        data = documents.abstract_data(abstract, "fr")
        first = documents.get_or_render("a", "typst/abstract.typ", data, "fr")
        documents.delete_folder(f"{documents.FOLDER}/a-fr")
        assert documents.get_or_render("a", "typst/abstract.typ", data, "fr") == first


def test_conditional_request_returns_304_without_body(client, edition):
    make_abstract(edition, slug="ville")
    path = "/fr/2021/abstracts/ville/abstract.pdf"
    answer = client.get(path)
    again = client.get(path, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("slug", "status"), [("draft", 404), ("withdrawn", 410)])
def test_pdf_of_hidden_abstract_is_404_or_410(client, edition, slug, status):
    make_abstract(edition, slug=slug, status=slug, text_fr="Secret.")
    answer = client.get(f"/fr/2021/abstracts/{slug}/abstract.pdf")
    assert answer.status_code == status
    assert b"Secret." not in answer.content


def test_former_pdf_address_redirects_to_current_one(client, edition):
    abstract = make_abstract(edition, slug="ancien")
    abstract.slug = "nouveau"
    abstract.save()
    answer = client.get("/en/2021/abstracts/ancien.pdf")
    assert (answer.status_code, answer["Location"]) == (
        301, "/en/2021/abstracts/ancien/abstract.pdf",
    )  # fmt: skip
    answer = client.get(answer["Location"])
    assert (answer.status_code, answer["Location"]) == (
        301, "/en/2021/abstracts/nouveau/abstract.pdf",
    )  # fmt: skip


def test_main_abstract_pdf_is_under_its_page_url(client, edition):
    make_main_abstract(edition, title_fr="Argument")
    answer = client.get("/ar/2021/abstract.pdf")
    assert (answer.status_code, answer["Location"]) == (301, "/ar/2021/abstract/abstract.pdf")
    file = opened(read(client, "/fr/2021/abstract/abstract.pdf"))
    assert file.open_metadata()["dc:title"] == "Argument"
