"""Round trip: an export that comes back changes nothing, and changed cells change those fields."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from symposium.sessions.models import Session
from symposium.spreadsheets import imports, tables, workbooks
from symposium.spreadsheets.registry import SHEETS
from symposium.spreadsheets.states import fields_of
from tests.factories import (
    make_abstract,
    make_author,
    make_edition,
    make_keyword,
    make_organiser,
    make_participation,
    make_partner,
    make_room,
    make_session,
    make_speaker,
    make_track,
)
from tests.helpers.spreadsheets import faults

pytestmark = pytest.mark.django_db
KINDS = ["rooms", "tracks", "speakers", "sessions", "keywords", "abstracts", "partners"]
# Letters that spreadsheets, CSV and formulas are touchy about.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("=+-@'\";\t\n\r ,()[]_x0041é\u0301\u00a0\u202fعا1"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=60,
)
NAMES = TEXTS.filter(lambda text: tables.plain(text).strip("'") and text.strip())


def uploaded(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def changes(made) -> list[tuple[str, str]]:
    return [
        (row["label"], column)
        for row in made.preview["rows"]
        for _cell, column, _old, _new in row["changes"]
    ]


@pytest.fixture
def edition():
    edition = make_edition("2021", is_current=True)
    room, track = make_room(edition, capacity=20, name_ar="القاعة"), make_track(edition)
    session = make_session(edition, room=room, track=track, languages=["fr", "ar"])
    make_participation(session, make_speaker(edition), role="chair")
    make_participation(session, make_speaker(edition, given_name_fr="Ali", family_name_fr="Ali"))
    make_participation(session, make_speaker(edition, given_name_fr="Ali", family_name_fr="Ali"))
    make_session(edition, at=None, title_fr="", title_ar="جلسة")
    abstract = make_abstract(session=session)
    make_keyword(abstract)
    make_author(abstract, affiliation_fr="Université A")
    make_author(abstract, speaker=session.speakers.first())
    make_partner(edition, url="https://example.org/?a=1&b=2")
    return edition


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_export_that_comes_back_changes_nothing(edition, kind, ending):
    content = (
        workbooks.xlsx_bytes([kind], edition)
        if ending == "xlsx"
        else workbooks.csv_bytes(kind, edition)
    )
    made = imports.start(edition, make_organiser(), kind, uploaded(content, f"x.{ending}"))
    assert (faults(made), changes(made), made.preview["missing"]) == ([], [], {})
    assert made.preview["counts"]["same"] == SHEETS[kind].objects(edition).count()


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=NAMES, text=TEXTS, other=NAMES, ending=st.sampled_from(["xlsx", "csv"]))
def test_changed_cell_changes_its_field_and_nothing_else(edition, title, text, other, ending):
    session = edition.sessions.filter(starts_at__isnull=False).get()
    Session.objects.filter(pk=session.pk).update(title_fr=title, title_en="", description_fr=text)
    user = make_organiser()
    content = exported(edition, ending)
    made = imports.start(edition, user, "sessions", uploaded(content, f"x.{ending}"))
    assert (faults(made), changes(made)) == ([], [])
    changed = with_cell(content, ending, tables.clean(other))
    made = imports.start(edition, user, "sessions", uploaded(changed, f"x.{ending}"))
    before = fields_of(Session.objects.get(pk=session.pk))
    assert imports.apply(made, user)
    after = fields_of(Session.objects.get(pk=session.pk))
    # The columns without a language mirror the French ones when an object is saved.
    different = {name for name in after if after[name] != before[name]}
    assert different - {"title", "description"} == {"title_en"}
    assert after["title_en"] == tables.plain(other)


def exported(edition, ending: str) -> bytes:
    if ending == "xlsx":
        return workbooks.xlsx_bytes(["sessions"], edition)
    return workbooks.csv_bytes("sessions", edition)


def with_cell(content: bytes, ending: str, text: str) -> bytes:
    """Return the file with `text` as the English title of the first session, as an export."""
    if ending == "csv":
        rows = tables.read(io.BytesIO(content), "x.csv", len(content))[0].rows
        rows[1] += [""] * (len(rows[0]) - len(rows[1]))
        rows[1][2] = workbooks.escaped(text)
        return workbooks.csv_text(rows)
    book = load_workbook(io.BytesIO(content))
    cell = book.worksheets[0].cell(2, 3)
    cell.value = workbooks.CODED.sub("_x005F_", workbooks.escaped(text))
    cell.data_type = "s"
    changed = io.BytesIO()
    book.save(changed)
    return changed.getvalue()
