"""The spreadsheet export of registrations: its content, its escaping, its audit log."""

import csv
import io

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.utils import translation

from symposium.registrations import spreadsheet_export
from symposium.registrations.models import CheckIn, Registration
from tests.factories import (
    make_category,
    make_organiser,
    make_question,
    make_registration,
    make_user,
    make_workshop,
    open_edition,
)

pytestmark = pytest.mark.django_db

EXPORT = "/admin/symposium_registrations/registration/export/"


@pytest.fixture
def edition():
    return open_edition(is_current=True, name_en="Casablanca")


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def taken(client, format: str = "csv", query: str = "", **data) -> list[list]:
    """Return the rows of the file that the desk exports."""
    response = client.post(f"{EXPORT}?{query}", {"format": format} | data)
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    if format == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def answer(registration, question, *, text: str = "", labels: tuple = ()):
    for label in labels:
        option = question.options.get(label_fr=label)
        registration.answers.create(question=question, option=option)
    if text:
        registration.answers.create(question=question, text=text)


def somebody(edition, **fields) -> Registration:
    category = make_category(edition, name_en="On site")
    fields = {"given_name": "Salma", "family_name": "Médina"} | fields
    return make_registration(category, user=make_user("salma@example.org", language="ar"), **fields)


def row_of(rows: list[list]) -> dict:
    heading, row = rows
    return dict(zip(heading, row, strict=True))


def test_export_row_has_person_category_and_dates(desk, edition):
    full, free = make_workshop(edition, places=0, title_en="Mapping"), make_workshop(
        edition, title_en="Data", day=2
    )  # fmt: skip
    person = somebody(
        edition, family_name_ar="المدينة", affiliation="Université Hassan II", sessions=[full, free]
    )
    noon = edition.starts_on
    CheckIn.objects.create(
        edition=edition, registration=person, day=noon, scanned_at=person.created_at
    )
    row = row_of(taken(desk))
    registered = f"{person.created_at.astimezone(edition.zone):%Y-%m-%d %H:%M}"
    assert row == {
        "Ticket code": person.code,
        "State": "Confirmed",
        "Category": "On site",
        "Registered": registered,
        "Given name": "Salma",
        "Family name": "Médina",
        "Given name in Arabic script": "",
        "Family name in Arabic script": "المدينة",
        "Email address": "salma@example.org",
        "Language": "ar",
        "Affiliation": "Université Hassan II",
        "Profile": "Research and teaching",
        "Country": "Morocco",
        "On the public list": "No",
        "Sessions booked": "Mapping (On the waiting list); Data",
        "Days checked in": f"{noon:%Y-%m-%d}",
    }


def test_answers_are_export_columns(desk, edition):
    text = make_question(edition, label_en="Anything else?", order=1)
    many = make_question(
        edition, ("Lundi", "Mardi"), label_en="Which days?", kind="choices", order=2
    )
    yes = make_question(edition, label_en="Dinner?", kind="yes_no", order=3)
    person = somebody(edition)
    answer(person, text, text="+212 600 000000")
    answer(person, many, labels=("Lundi", "Mardi"))
    answer(person, yes, text="yes")
    row = row_of(taken(desk))
    assert [row[name] for name in ("Anything else?", "Which days?", "Dinner?")] == [
        "+212 600 000000", "Lundi; Mardi", "Yes",
    ]  # fmt: skip


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_export_escapes_formulas_and_preserves_arabic(desk, edition, format):
    question = make_question(edition, label_en="=1+1")
    person = somebody(edition, given_name="=cmd|' /C calc'!A1", family_name_ar="المدينة")
    answer(person, question, text="@SUM(A1)")
    row = row_of(taken(desk, format))
    assert row["Given name"] == "'=cmd|' /C calc'!A1"
    assert row["'=1+1"] == "'@SUM(A1)"
    assert row["Family name in Arabic script"] == "المدينة"


def test_workbook_has_no_formula_and_follows_text_direction(desk, edition):
    somebody(edition, given_name="=1+1")
    with translation.override("ar"):
        file = io.BytesIO()
        columns = spreadsheet_export.columns([edition], with_needs=False)
        lines = spreadsheet_export.lines(Registration.objects.all())
        assert spreadsheet_export.write_xlsx(spreadsheet_export.rows(columns, lines), file) == 1
    sheet = openpyxl.load_workbook(file).active
    assert sheet.sheet_view.rightToLeft is True
    assert [cell for row in sheet for cell in row if cell.data_type == "f"] == []


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_unstorable_characters_do_not_stop_the_export(desk, edition, format):
    person = somebody(edition)
    Registration.objects.filter(pk=person.pk).update(family_name="Mé\ufffedina\uffff")
    assert row_of(taken(desk, format))["Family name"] == "Médina"


def test_csv_formulas_after_semicolons_are_escaped(desk, edition):
    somebody(edition, given_name="a;=1+1;b")
    cells = [cell for row in taken(desk, "csv") for name in row for cell in name.split(";")]
    assert [cell for cell in cells if cell.endswith("1+1")] == ["'=1+1"]


def test_export_contains_the_filtered_list(desk, edition):
    somebody(edition)
    make_registration(make_category(edition, places=0), family_name="Rivage")
    make_registration(family_name="Ailleurs")
    waiting = taken(desk, query="state__exact=waiting")
    assert [row[5] for row in waiting[1:]] == ["Rivage"]
    assert [row[5] for row in taken(desk, query="q=medina")[1:]] == ["Médina"]
    everybody = taken(desk, query="edition=all")
    assert everybody[0][0] == "Edition"
    assert sorted(row[6] for row in everybody[1:]) == ["Ailleurs", "Médina", "Rivage"]


def test_empty_export_has_headings_only(desk, edition):
    assert len(taken(desk)) == 1
    assert len(taken(desk, "xlsx")) == 1


def test_export_is_logged_without_personal_data(desk, edition):
    somebody(edition)
    words = "state__exact=confirmed&q=medina&family_name__istartswith=M"
    taken(desk, "xlsx", query=words)
    entry = LogEntry.objects.select_related("user").get()
    assert entry.user.is_superuser
    assert entry.change_message == (
        "1 registration exported as XLSX. "
        f"Filter: {edition}, state__exact = confirmed, q = …, family_name__istartswith = …."
    )
    page = desk.get("/admin/admin/logentry/").content.decode()
    assert "1 registration exported as XLSX." in page


def test_needs_column_requires_the_permission_and_is_logged(client, desk, edition):
    somebody(edition, accessibility_needs="Boucle magnétique")
    assert "Accessibility needs" not in row_of(taken(desk))
    assert row_of(taken(desk, needs="on"))["Accessibility needs"] == "Boucle magnétique"
    said = list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))
    assert [text.endswith("Includes accessibility needs.") for text in said] == [False, True]
    user = make_user(is_staff=True, language="en")
    codenames = ["view_registration", "export_registration"]
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    assert "Accessibility needs" not in row_of(taken(client, needs="on"))


def test_invalid_export_format_is_refused(desk, edition):
    page = desk.post(EXPORT, {"format": "pdf"})
    assert list(page.context["form"].errors) == ["format"]
    assert LogEntry.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_export_query_count_is_constant(
    edition, count, django_assert_num_queries
):  # fmt: skip
    question = make_question(edition, ("Lundi",), kind="choice")
    category, workshop = make_category(edition), make_workshop(edition)
    for _number in range(count):
        answer(make_registration(category, sessions=[workshop]), question, labels=("Lundi",))
    with django_assert_num_queries(8):
        columns = spreadsheet_export.columns([edition], with_needs=True)
        assert len(
            list(
                spreadsheet_export.rows(
                    columns, spreadsheet_export.lines(Registration.objects.all())
                )
            )
        ) == (count + 1)
