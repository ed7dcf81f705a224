"""Pages of imports: who may see and do what, and the whole way by the forms."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from symposium.accounts.groups import ORGANISERS, WELCOME_TEAM
from symposium.editions.models import Edition
from symposium.registrations.models import Registration
from symposium.sessions.models import Room, Session
from symposium.speakers.models import Speaker
from symposium.spreadsheets import imports
from symposium.spreadsheets.models import Import
from symposium.spreadsheets.registry import SHEETS
from tests.factories import make_edition, make_organiser, make_room, make_user
from tests.helpers.spreadsheets import started, states, workbook

pytestmark = pytest.mark.django_db
NEW = "admin:symposium_spreadsheets_import_new"
CHANGE = "admin:symposium_spreadsheets_import_change"
UNDO = "admin:symposium_spreadsheets_import_undo"
LIST = "admin:symposium_spreadsheets_import_changelist"
TEMPLATE = "admin:symposium_spreadsheets_import_template"
EXPORT = "admin:symposium_spreadsheets_import_export"
PHOTOS = "admin:symposium_spreadsheets_import_photos"
KINDS = [kind for kind in SHEETS if kind != "categories"]


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


def user_with(*names: str, group: str = ""):
    user = make_user(is_staff=True, language="en")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    if group:
        user.groups.add(Permission._meta.apps.get_model("auth", "Group").objects.get(name=group))
    return user


ROOMS = workbook({"Rooms": [["Name", "Seats"], ["Amphi A", 300]]}).read()


def rooms_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("rooms.xlsx", ROOMS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_page_template_and_export(desk, edition, kind):
    for name, args in ((NEW, [kind]), (TEMPLATE, [kind]), (EXPORT, [kind, "xlsx"]),
                       (EXPORT, [kind, "csv"])):  # fmt: skip
        assert desk.get(reverse(name, args=args)).status_code == 200
    model = SHEETS[kind].model._meta
    page = desk.get(reverse(f"admin:{model.app_label}_{model.model_name}_changelist"))
    assert reverse(NEW, args=[kind]) in page.content.decode()


def test_unknown_kind_is_not_found(desk, edition):
    assert desk.get(reverse(NEW, args=["editions"])).status_code == 404
    assert desk.get(reverse(NEW, args=["categories"])).status_code == 403


@pytest.mark.parametrize(
    ("names", "group", "answers"),
    [
        ((), ORGANISERS, [200, 200, 200, 200]),
        ((), WELCOME_TEAM, [403, 403, 403, 403]),
        ((), "", [403, 403, 403, 403]),
        (("add_room",), "", [200, 403, 200, 403]),
        (("change_room", "change_speaker"), "", [200, 403, 200, 200]),
        (("view_room",), "", [403, 403, 403, 403]),
    ],
)
def test_roles(client, edition, names, group, answers):
    client.force_login(user_with(*names, group=group))
    pages = [reverse(NEW, args=["rooms"]), reverse(NEW, args=["sessions"]), reverse(LIST),
             reverse(PHOTOS)]  # fmt: skip
    assert [client.get(page).status_code for page in pages] == answers


def test_stranger_signs_in_first(client, edition):
    assert client.get(reverse(NEW, args=["rooms"])).status_code == 302


def test_preview_is_its_owner_s(client, edition):
    made = started(edition, make_organiser(), "rooms", ["Nom"], ["Amphi A"])
    client.force_login(make_organiser())
    page = reverse(CHANGE, args=[made.pk])
    assert (client.get(page).status_code, client.post(page, {"apply": "yes"}).status_code) == (
        403,
        403,
    )
    imports.apply(made, made.user)
    assert client.get(page).status_code == 200
    client.force_login(user_with("add_session"))
    assert client.get(page).status_code == 403
    assert client.post(reverse(UNDO, args=[made.pk])).status_code == 403
    assert Room.objects.exists()


@pytest.mark.parametrize(
    ("names", "new", "changed"),
    [(("add_room",), "new", "refused"), (("change_room",), "refused", "changed")],
)
def test_right_to_add_or_to_change_decides_for_each_row(edition, names, new, changed):
    make_room(edition, name_fr="Amphi B", capacity=1)
    rows = ["Nom", "Places"], ["Amphi A", "300"], ["Amphi B", "200"]
    made = started(edition, user_with(*names), "rooms", *rows)
    assert states(made) == [new, changed]


def test_missing_things_need_the_right_to_add_them(edition):
    made = started(edition, user_with("add_session"), "sessions", ["Titre", "Salle"], ["Un", "A"])
    assert states(made) == ["refused"]
    made.choices["decisions"]["missing:rooms:a"] = "make"
    imports.refresh(made)
    assert states(made) == ["refused"]


def test_export_of_registrations_needs_its_permission(client, edition):
    page = reverse(EXPORT, args=["registrations", "csv"])
    client.force_login(user_with("change_registration"))
    assert client.get(page).status_code == 403
    client.force_login(user_with("export_registration"))
    assert client.get(page).status_code == 200


def test_whole_way_by_the_forms(desk, edition):
    page = reverse(NEW, args=["rooms"])
    answer = desk.post(page, {"file": rooms_file(), "edition": edition.pk}, follow=True)
    [made] = Import.objects.all()
    assert "Amphi A" in answer.content.decode()
    preview = reverse(CHANGE, args=[made.pk])
    answer = desk.post(preview, {"apply": "yes"}, follow=True)
    assert "Undo this import" in answer.content.decode()
    assert Room.objects.get().capacity == 300
    assert desk.get(reverse(UNDO, args=[made.pk])).status_code == 405
    desk.post(reverse(UNDO, args=[made.pk]))
    assert not Room.objects.exists()


def test_bad_file_is_told_on_its_page(desk, edition):
    file = SimpleUploadedFile("rooms.pdf", b"%PDF")
    answer = desk.post(reverse(NEW, args=["rooms"]), {"file": file})
    assert "Choose an XLSX workbook or a CSV file." in answer.content.decode()
    answer = desk.post(reverse(NEW, args=["rooms"]), {})
    assert "Choose a file." in answer.content.decode()


def test_choices_of_the_form_are_read_again(desk, edition):
    user = make_organiser(language="en")
    desk.force_login(user)
    made = started(edition, user, "sessions", ["Titre", "Salle"], ["Un", "A"], ["", "B"])
    page = reverse(CHANGE, args=[made.pk])
    desk.post(page, {"missing:rooms:a": "refuse", "check": "yes"})
    made.refresh_from_db()
    assert states(made) == ["refused", "refused"]
    desk.post(page, {"map-0-1": "", "check": "yes"})
    desk.post(page, {"without": "yes"})
    desk.post(page, {"apply": "yes"})
    assert [one.title_fr for one in Session.objects.all()] == ["Un"]


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize("show", ["new", "changed", "same", "refused"])
def test_preview_in_each_language(client, edition, language, show):
    user = make_organiser(language=language)
    client.force_login(user)
    make_room(edition, name_fr="Amphi B", capacity=1)
    made = started(
        edition, user, "rooms", ["Nom", "Places"], ["Amphi A", "x"], ["Amphi B", "2"],
        ["Amphi C", "3"],
    )  # fmt: skip
    answer = client.get(reverse(CHANGE, args=[made.pk]), {"show": show})
    assert answer.status_code == 200
    made.refresh_from_db()
    assert made.preview["language"] == language


def test_queries_of_the_preview_do_not_grow(client, edition):
    user = make_organiser(language="fr")
    client.force_login(user)
    few = started(edition, user, "rooms", ["Nom"], ["A"])
    many = started(edition, user, "rooms", ["Nom"], *([f"Salle {n}"] for n in range(30)))
    client.get(reverse(CHANGE, args=[few.pk]))
    counts = []
    for made in (few, many):
        with CaptureQueriesContext(connection) as counted:
            client.get(reverse(CHANGE, args=[made.pk]))
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_schedule_of_pretalx(edition):
    event = {
        "title": "Villes", "type": "Talk", "date": "2021-06-09T09:00:00+01:00", "start": "09:00",
        "duration": "00:30", "track": None, "language": "fr", "abstract": "Un texte.",
        "persons": [{"public_name": "Salma Boussole", "biography": "Chercheuse."}],
    }  # fmt: skip
    days = [{"rooms": {"Amphi A": [event]}}]
    content = json.dumps({"schedule": {"conference": {"days": days}}}).encode()
    user = make_organiser()
    file = SimpleUploadedFile("schedule.json", content)
    assert imports.apply(imports.start(edition, user, "sessions", file), user)
    session = Session.objects.get()
    assert f"{session.ends_at.astimezone(edition.zone):%H:%M}" == "09:30"
    assert (session.room.name_fr, session.languages) == ("Amphi A", ["fr"])
    assert Speaker.objects.get().biography_fr == "Chercheuse."


def test_contributions_of_indico(edition):
    user = make_organiser()
    made = started(
        edition, user, "sessions",
        ["Id", "Title", "Description", "Date", "Duration", "Type", "Session", "Track", "Presenters",
         "Materials"],
        ["12", "Villes", "Un texte.", "2021-06-09 09:00", "0:20:00", "Talk", "S1", "Gouvernance",
         "Salma Boussole; Reda Oasis", ""],
    )  # fmt: skip
    assert imports.apply(made, user)
    session = Session.objects.get()
    assert (session.title_fr, session.speakers.count()) == ("Villes", 2)
    assert f"{session.ends_at.astimezone(edition.zone):%H:%M}" == "09:20"


def test_submissions_of_easychair(edition):
    user = make_organiser()
    made = started(
        edition, user, "abstracts",
        ["#", "title", "authors", "submitted", "keywords", "decision", "abstract"],
        ["7", "Villes", "Salma Boussole, Reda Oasis and Nora Rivage", "2021-01-01",
         "eau\nrésilience", "ACCEPT", "Un texte."],
    )  # fmt: skip
    assert imports.apply(made, user)
    abstract = Edition.objects.get().abstracts.get()
    assert (abstract.authors.count(), abstract.keywords.count()) == (3, 2)
    assert (abstract.text_fr, abstract.status) == ("Un texte.", "draft")


def test_registrations_are_not_made_by_a_preview(edition):
    started(
        edition, make_organiser(), "registrations", ["Nom", "E-mail"], ["Oasis", "r@example.org"]
    )
    assert not Registration.objects.exists()
