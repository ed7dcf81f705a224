"""Files as they come: odd workbooks and CSV files, and those that are refused."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from symposium.sessions.models import Session
from symposium.spreadsheets import imports, tables
from tests.factories import make_edition, make_organiser
from tests.helpers.spreadsheets import faults, started, states, workbook

pytestmark = pytest.mark.django_db
HEAD = ["Titre", "Jour", "Début", "Fin"]


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


@pytest.fixture
def user():
    return make_organiser()


def read(content: bytes, name: str = "programme.csv") -> list[tables.Table]:
    return tables.read(io.BytesIO(content), name, len(content))


def csv_import(edition, user, text: str, encoding: str):
    file = SimpleUploadedFile("programme.csv", text.encode(encoding))
    return imports.start(edition, user, "sessions", file)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1256"])
def test_csv_in_arabic_of_any_encoding(edition, user, encoding):
    text = "العنوان;اليوم;البداية;النهاية\nافتتاح الندوة;09/06/2021;9:00;9:30\n"
    made = csv_import(edition, user, text, encoding)
    assert imports.apply(made, user)
    assert Session.objects.get().title_ar == "افتتاح الندوة"


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_csv_with_any_separator(edition, user, sign):
    text = (
        f'Titre{sign}Jour{sign}Début{sign}Fin\n"Ouverture{sign} accueil"{sign}9/6{sign}9h{sign}10h'
    )
    assert imports.apply(csv_import(edition, user, text, "cp1252"), user)
    assert Session.objects.get().title_fr == tables.plain(f"Ouverture{sign} accueil")


def test_two_rows_of_headings_and_a_title_above(edition, user):
    made = started(
        edition, user, "sessions", ["Programme provisoire v4"], [],
        ["Intitulé", "Date", "Horaire", None], [None, None, "Début", "Fin"],
        ["Ouverture", "09/06/2021", "9h00", "9h30"],
    )  # fmt: skip
    assert made.choices["tables"][0]["columns"] == ["title_fr", "day", "start", "end"]
    assert states(made) == ["new"]


def test_days_between_the_rows_and_merged_days(edition, user):
    def merge(book):
        book.worksheets[0].merge_cells("B3:B4")

    rows = [HEAD, ["Mercredi 9 juin"], ["Un", "10 juin", "9h", "10h"], ["Deux", None, "10h", "11h"]]
    made = imports.start(edition, user, "sessions", workbook({"Programme": rows}, merge))
    assert imports.apply(made, user)
    days = Session.objects.order_by("starts_at").values_list("starts_at__day", flat=True)
    assert list(days) == [10, 10]


def test_hidden_rows_are_told(edition, user):
    def hide(book):
        book.worksheets[0].row_dimensions[2].hidden = True

    file = workbook({"Programme": [HEAD, ["Un", "9 juin", "9h", "10h"]]}, hide)
    made = imports.start(edition, user, "sessions", file)
    assert made.choices["tables"][0]["notes"][0].endswith("2.")
    assert states(made) == ["new"]


def test_formula_without_a_result_is_refused_by_its_cell(edition, user):
    made = started(edition, user, "sessions", HEAD, ["=A1", "9 juin", "9h", "10h"])
    assert [cell for cell, _text in faults(made)] == ["A2"]


def test_days_from_1904(edition, user):
    def count_from_1904(book):
        book.epoch = CALENDAR_MAC_1904

    day = Session._meta.apps.get_model("symposium_editions", "Edition").objects.get().starts_on
    file = workbook({"Programme": [HEAD, ["Un", day, "9h", "10h"]]}, count_from_1904)
    made = imports.start(edition, user, "sessions", file)
    assert (faults(made), made.preview["rows"][0]["changes"][1][3]) == ([], "2021-06-09")


def test_letters_of_two_codes_are_one(edition, user):
    made = started(
        edition, user, "sessions", ["Intitule\u0301", "De\u0301but"], ["E\u0301tude", ""]
    )
    assert imports.apply(made, user)
    assert Session.objects.get().title_fr == "Étude"


def test_million_empty_rows_cost_nothing(edition, user):
    file = workbook({"Programme": [HEAD, ["Un", "9 juin", "9h", "10h"]]})
    content = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename.startswith("xl/worksheets/"):
                empty = b"".join(b'<row r="%d"/>' % n for n in range(3, 1_000_000))
                data = data.replace(b"</sheetData>", empty + b"</sheetData>")
            new.writestr(part, data)
    made = imports.start(
        edition, user, "sessions", SimpleUploadedFile("p.xlsx", content.getvalue())
    )
    assert states(made) == ["new"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "programme.csv"),
        (b"PK\x03\x04broken", "programme.xlsx"),
        (b"%PDF-1.7", "programme.pdf"),
        (b"\xd0\xcf\x11\xe0", "programme.xls"),
        (b"a;b\n" * 4000, "programme.csv"),
        (b"a" * 40_000, "programme.csv"),
    ],
)
def test_other_files_are_refused_with_a_sentence(content, name):
    with pytest.raises(ValidationError) as refused:
        read(content, name)
    assert len(refused.value.messages) == 1


def test_file_of_100_megabytes_is_not_opened():
    with pytest.raises(ValidationError):
        tables.read(None, "programme.xlsx", 100 * 1024 * 1024)


def test_bomb_is_not_unpacked():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b" " * 100_000_000)
    with pytest.raises(ValidationError):
        read(content.getvalue(), "programme.xlsx")
