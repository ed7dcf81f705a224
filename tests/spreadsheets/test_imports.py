"""Imports of spreadsheets: what a preview says, what is written, what is refused."""

import datetime
import io

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from symposium.abstracts.models import Abstract, Keyword
from symposium.accounts.models import User
from symposium.privacy import erasure
from symposium.registrations.models import Registration
from symposium.sessions.models import Participation, Room, Session, Track
from symposium.speakers.models import Speaker
from symposium.spreadsheets import imports, undo
from symposium.spreadsheets.models import Import, delete_expired_imports
from symposium.spreadsheets.tables import plain
from tests.factories import (
    make_category,
    make_edition,
    make_organiser,
    make_participation,
    make_room,
    make_session,
    make_session_kind,
    make_speaker,
    refreshed,
)
from tests.helpers.messy_workbooks import MESSY, talks
from tests.helpers.spreadsheets import faults, started, states, workbook

pytestmark = pytest.mark.django_db
HEAD = ["Intitulé", "Date", "H. début", "H. fin", "Lieu", "Nature", "Thème", "Orateurs"]
FIRST = ["Ouverture", "09/06/2021", "9h00", "9h30", "Amphi A", "ouverture", "Gouvernance",
         "Pr. BOUSSOLE Salma ; Reda Oasis (modérateur)"]  # fmt: skip


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


@pytest.fixture
def user():
    return make_organiser()


def local(session: Session) -> tuple[str, str]:
    zone = session.edition.zone
    start, end = (at.astimezone(zone) for at in (session.starts_at, session.ends_at))
    return f"{start:%d %H:%M}", f"{end:%d %H:%M}"


def test_preview_writes_nothing(edition, user):
    made = started(edition, user, "sessions", HEAD, FIRST)
    assert (faults(made), states(made)) == ([], ["new"])
    assert list(made.preview["missing"]) == [
        "missing:rooms:amphi a",
        "missing:tracks:gouvernance",
        "missing:speakers:boussole salma",
        "missing:speakers:reda oasis",
    ]
    assert not Session.objects.exists()
    assert not Room.objects.exists()


def test_import_adds_session_with_what_it_names(edition, user):
    made = started(edition, user, "sessions", HEAD, FIRST)
    assert imports.apply(made, user)
    session = Session.objects.get()
    assert (session.title_fr, session.kind, session.status) == ("Ouverture", "opening", "draft")
    assert local(session) == ("09 09:00", "09 09:30")
    assert (session.room.name_fr, session.track.name_fr) == ("Amphi A", "Gouvernance")
    people = [(one.speaker.name_fr, one.role) for one in session.participations.all()]
    assert people == [("Salma Boussole", "speaker"), ("Reda Oasis", "moderator")]
    made.refresh_from_db()
    assert (made.content, made.preview, made.choices) == ([], {}, {})
    assert [one["kind"] for one in made.written] == [
        "rooms", "tracks", "speakers", "speakers", "sessions",
    ]  # fmt: skip


def test_second_import_of_the_same_file_changes_nothing(edition, user):
    imports.apply(started(edition, user, "sessions", HEAD, FIRST), user)
    made = started(edition, user, "sessions", HEAD, FIRST)
    assert states(made) == ["same"]


def test_change_shows_old_and_new(edition, user):
    imports.apply(started(edition, user, "sessions", HEAD, FIRST), user)
    moved = [*FIRST[:2], "10h00", "10h30", *FIRST[4:]]
    made = started(edition, user, "sessions", HEAD, moved)
    assert made.preview["rows"][0]["changes"] == [
        ["C2", "start", "09:00", "10:00"],
        ["D2", "end", "09:30", "10:30"],
    ]


def test_sessions_may_swap_in_one_file(edition, user):
    room = make_room(edition, name_fr="Amphi A")
    one = make_session(edition, room=room, title_fr="Un", at="09:00", lasting=60)
    two = make_session(edition, room=room, title_fr="Deux", at="10:00", lasting=60)
    made = started(
        edition, user, "sessions", ["Titre", "Début", "Fin"],
        ["Un", "10:00", "11:00"], ["Deux", "09:00", "10:00"],
    )  # fmt: skip
    assert imports.apply(made, user)
    assert [local(refreshed(one)), local(refreshed(two))] == [
        ("09 10:00", "09 11:00"),
        ("09 09:00", "09 10:00"),
    ]


def test_clash_names_the_other_session(edition, user):
    second = ["Table ronde", "mercredi 9", "9 h 15", "10 h", "Amphi A", "", "", ""]
    made = started(edition, user, "sessions", HEAD, FIRST, second)
    assert [(cell, plain(text)) for cell, text in faults(made)] == [
        ("E2", "Amphi A accueille déjà « Table ronde », 9 juin 2021 09:15–10:00."),
        ("E3", "Amphi A accueille déjà « Ouverture », 9 juin 2021 09:00–09:30."),
    ]
    assert not imports.apply(made, user)
    assert not Session.objects.exists()


def test_undo_puts_everything_back(edition, user):
    session = make_session(edition, title_fr="Ouverture", at="08:00", lasting=30)
    speaker = make_speaker(edition, given_name_fr="Nora", family_name_fr="Rivage")
    make_participation(session, speaker)
    before = (local(session), session.kind)
    made = started(edition, user, "sessions", HEAD, FIRST)
    assert imports.apply(made, user)
    assert Speaker.objects.count() == 3
    undo.undo(made, user)
    session = refreshed(session)
    assert (local(session), session.kind) == before
    assert list(Participation.objects.values_list("speaker", flat=True)) == [speaker.pk]
    assert not Room.objects.exists()
    assert not Track.objects.exists()
    assert Speaker.objects.get() == speaker


def test_undo_says_what_has_changed_since(edition, user):
    made = started(edition, user, "sessions", HEAD, FIRST)
    imports.apply(made, user)
    Session.objects.update(title_fr="Autre titre")
    with pytest.raises(ValidationError) as refused:
        undo.undo(made, user)
    assert "Ouverture" in refused.value.messages[0]
    assert Session.objects.count() == 1


@pytest.mark.parametrize("is_own", [False, True], ids=["standard", "own"])
def test_undo_knows_an_import_of_before_own_kinds_and_roles(edition, user, is_own):
    made = started(edition, user, "sessions", HEAD, [*FIRST[:5], "panel", *FIRST[6:]])
    assert imports.apply(made, user)
    made.refresh_from_db()
    [session] = [one for one in made.written if one["kind"] == "sessions"]
    for row in (session["after"]["fields"], *session["after"]["parts"]["participations"]):
        row.pop("own_kind_id", None)
        row.pop("own_role_id", None)
    made.save()
    if is_own:
        debate = make_session_kind(edition, standard="panel")
        Session.objects.update(own_kind=debate)
        with pytest.raises(ValidationError):
            undo.undo(made, user)
    else:
        undo.undo(made, user)
    assert Session.objects.exists() is is_own


def test_undo_says_what_uses_a_new_room(edition, user):
    made = started(edition, user, "rooms", ["Nom", "Capacité"], ["Amphi A", "300"])
    imports.apply(made, user)
    make_session(edition, room=Room.objects.get())
    with pytest.raises(ValidationError) as refused:
        undo.undo(made, user)
    assert plain(refused.value.messages[0]).endswith("sessions (1).")


def test_apply_after_a_change_shows_the_preview_again(edition, user):
    made = started(edition, user, "rooms", ["Nom", "Capacité"], ["Amphi A", "300"])
    make_room(edition, name_fr="Amphi A", capacity=20)
    with pytest.raises(imports.Changed):
        imports.apply(made, user)
    assert states(made) == ["changed"]
    assert Room.objects.get().capacity == 20


def test_similar_names_wait_for_a_decision(edition, user):
    known = make_speaker(edition, given_name_fr="Amal", family_name_fr="Vigie")
    made = started(edition, user, "speakers", ["Nom complet"], ["A. Vigie"])
    assert list(made.preview["doubles"]) == ["double:a vigie"]
    assert not imports.apply(made, user)
    made.choices["decisions"]["double:a vigie"] = known.slug
    imports.refresh(made)
    assert states(made) == ["changed"]
    made.choices["decisions"]["double:a vigie"] = "new"
    imports.refresh(made)
    assert imports.apply(made, user)
    assert Speaker.objects.count() == 2


def test_orcid_finds_a_speaker_of_another_name(edition, user):
    known = make_speaker(edition, family_name_fr="Vigie", orcid="0000-0002-1825-0097")
    made = started(
        edition, user, "speakers", ["Prénom", "Nom", "ORCID"],
        ["Salma", "Vigie-Rivage", "https://orcid.org/0000-0002-1825-0097"],
    )  # fmt: skip
    assert imports.apply(made, user)
    assert refreshed(known).family_name_fr == "Vigie-Rivage"


def test_person_in_two_rows_is_one_speaker(edition, user):
    made = started(
        edition, user, "speakers", ["Nom complet", "Institution", "Fonction"],
        ["BOUSSOLE Salma", "Université A", ""], ["Salma Boussole", "", "Professeure"],
    )  # fmt: skip
    assert imports.apply(made, user)
    speaker = Speaker.objects.get()
    assert (speaker.affiliation_fr, speaker.position_fr) == ("Université A", "Professeure")


def test_missing_room_can_be_refused_or_another(edition, user):
    room = make_room(edition, name_fr="Auditorium")
    made = started(edition, user, "sessions", ["Titre", "Salle"], ["Ouverture", "Amphi A"])
    made.choices["decisions"]["missing:rooms:amphi a"] = "refuse"
    imports.refresh(made)
    assert [cell for cell, _text in faults(made)] == ["B2"]
    made.choices["decisions"]["missing:rooms:amphi a"] = room.slug
    imports.refresh(made)
    assert imports.apply(made, user)
    assert Session.objects.get().room == room


def test_one_refused_row_keeps_all_out(edition, user):
    made = started(
        edition, user, "sessions", ["Titre", "Jour", "Début", "Fin"],
        ["Ouverture", "9 juin", "9h", "10h"], ["Clôture", "12 juin", "9h", "10h"],
        ["Atelier", "jeudi 10", "15h30", "14h30"],
    )  # fmt: skip
    assert [cell for cell, _text in faults(made)] == ["C3", "D4"]
    assert not imports.apply(made, user)
    assert not Session.objects.exists()


def test_workbook_of_several_sheets_is_taken_whole(edition, user):
    file = workbook(
        {
            "Programme": [
                ["Titre", "Salle", "Intervenants"],
                ["Ouverture", "Amphi A", "Reda Oasis"],
            ],
            "Intervenants": [["Prénom", "Nom", "Affiliation"], ["Reda", "Oasis", "Université A"]],
            "Salles": [["Nom", "Capacité"], ["Amphi A", 300]],
            "Résumés": [
                ["Titre", "Auteurs", "Mots clés", "Session", "Résumé"],
                ["La ville", "Reda Oasis; Nora Rivage (Institut B)", "résilience; eau", "Ouverture",
                 "Un texte."],
            ],
            "Notes": [["à voir avec le doyen"]],
        }
    )  # fmt: skip
    made = imports.start(edition, user, "sessions", file)
    assert faults(made) == []
    assert imports.apply(made, user)
    session = Session.objects.get()
    assert (session.room.capacity, session.speakers.get().affiliation) == (300, "Université A")
    abstract = session.abstracts.get()
    assert [(one.name, one.affiliation or "") for one in abstract.people] == [
        ("Reda Oasis", "Université A"),
        ("Nora Rivage", "Institut B"),
    ]
    assert [one.keyword.name_fr for one in abstract.ordered_keywords.all()] == ["résilience", "eau"]
    undo.undo(made, user)
    assert [model.objects.count() for model in (Session, Abstract, Keyword)] == [0, 0, 0]


def test_cells_of_known_rows_can_be_emptied_others_cannot(edition, user):
    room = make_room(edition, name_fr="Amphi A", capacity=20)
    made = started(edition, user, "rooms", ["Nom", "Capacité"], ["Amphi A", None])
    assert states(made) == ["same"]
    made = started(
        edition, user, "rooms", ["Identifiant", "Nom", "Capacité"], [room.slug, "Amphi A", None]
    )
    assert imports.apply(made, user)
    assert refreshed(room).capacity is None


def test_journal_names_import_and_objects(edition, user):
    made = started(edition, user, "rooms", ["Nom", "Capacité"], ["Amphi A", "300"])
    imports.apply(made, user)
    entries = LogEntry.objects.order_by("pk").values_list("object_repr", "action_flag", "user")
    assert list(entries) == [("programme.xlsx", 2, user.pk), ("Amphi A", 1, user.pk)]


def test_history_names_the_file(edition, user):
    imports.apply(started(edition, user, "sessions", HEAD, FIRST), user)
    assert Session.history.get().history_change_reason == "programme.xlsx"


def test_chosen_columns_are_remembered(edition, user):
    rows = ["Étiquette", "Capacité"], ["Amphi A", "300"]
    made = started(edition, user, "rooms", *rows)
    made.choices["tables"][0]["columns"][0] = "name_fr"
    imports.refresh(made)
    assert imports.apply(made, user)
    again = started(make_edition("2022"), user, "rooms", *rows)
    assert again.choices["tables"][0]["columns"] == ["name_fr", "capacity"]


def test_two_columns_of_one_meaning_are_refused_by_name(edition, user):
    made = started(edition, user, "rooms", ["Nom", "Salle"], ["Amphi A", "B"])
    assert made.choices["tables"][0]["columns"] == ["name_fr", ""]
    assert "A1" in made.choices["tables"][0]["notes"][0]
    made.choices["tables"][0]["columns"][1] = "name_fr"
    imports.refresh(made)
    assert "A1, B1" in made.preview["problem"]


def test_expired_imports_are_deleted(edition, user):
    old = started(edition, user, "rooms", ["Nom"], ["Amphi A"])
    done = started(edition, user, "rooms", ["Nom"], ["Amphi B"])
    imports.apply(done, user)
    now = done.applied_at
    assert delete_expired_imports(now + datetime.timedelta(hours=23)) == 0
    assert delete_expired_imports(now + datetime.timedelta(hours=25)) == 1
    assert not Import.objects.filter(pk=old.pk).exists()
    assert delete_expired_imports(now + datetime.timedelta(days=8)) == 1


def test_people_are_registered_by_the_rules_of_places(edition, user):
    category = make_category(edition, name_fr="Sur place", places=1)
    made = started(
        edition, user, "registrations", ["Prénom", "Nom", "E-mail", "Catégorie", "Pays"],
        ["Reda", "Oasis", "Reda@Example.org", "Sur place", "Maroc"],
        ["Nora", "Rivage", "nora@example.org", "Sur place", "FR"],
    )  # fmt: skip
    assert faults(made) == []
    assert not Registration.objects.exists()
    assert imports.apply(made, user)
    found = Registration.objects.order_by("pk").values_list("user__email", "state", "country")
    assert list(found) == [
        ("reda@example.org", "confirmed", "MA"),
        ("nora@example.org", "waiting", "FR"),
    ]
    assert category.registrations.count() == 2
    undo.undo(made, user)
    assert set(Registration.objects.values_list("state", flat=True)) == {"cancelled"}


def test_erased_person_leaves_what_an_import_has_written(edition, user):
    make_category(edition)
    made = started(edition, user, "registrations", ["Nom", "E-mail"], ["Oasis", "r@example.org"])
    imports.apply(made, user)
    erasure.erase(User.objects.get(email="r@example.org"))
    assert refreshed(made).written == []


@pytest.mark.parametrize("name", MESSY)
def test_messy_workbooks_have_no_fault(edition, user, name):
    content = io.BytesIO()
    MESSY[name]().save(content)
    file = SimpleUploadedFile("programme.xlsx", content.getvalue())
    made = imports.start(edition, user, "sessions", file)
    made.choices["decisions"]["double:a vigie"] = "amal-vigie"
    imports.refresh(made)
    assert faults(made) == []
    assert imports.apply(made, user)
    times = Session.objects.values_list("starts_at", "ends_at", "room__name_fr", "track__name_fr")
    expected = [
        (
            datetime.datetime.combine(talk.day, talk.start, edition.zone),
            datetime.datetime.combine(talk.day, talk.end, edition.zone),
            talk.room,
            talk.track,
        )
        for talk in talks()
    ]
    assert sorted(times) == sorted(expected)
    assert Speaker.objects.count() == 60
