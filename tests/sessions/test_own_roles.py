"""Roles in sessions in the edition’s own words: where they are said, the desk, spreadsheets."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from symposium.editions import copying
from symposium.sessions import planning
from symposium.sessions.models import Participation, Session, SpeakerRole
from symposium.spreadsheets import imports, workbooks
from tests.factories import (
    make_edition,
    make_organiser,
    make_participation,
    make_session,
    make_session_kind,
    make_speaker,
    make_speaker_role,
    make_talk,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, errors_of, form_of, save
from tests.helpers.database_errors import faults, refused_by
from tests.helpers.desk_roles import DESK_ROLES, desk_statuses
from tests.helpers.page_html import main
from tests.helpers.spreadsheets import faults as cell_faults

pytestmark = pytest.mark.django_db

NAMES = {"name_fr": "Grand témoin", "name_en": "Respondent", "name_ar": "معقّب"}


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True)


@pytest.fixture
def respondent(edition):
    return make_speaker_role(edition, standard="panellist", **NAMES)


@pytest.fixture
def part(edition, respondent):
    """A person with the edition’s own role, in a session with a talk."""
    session = make_session(edition, slug="ville", lasting=90)
    make_talk(session)
    speaker = make_speaker(edition, slug="salma", family_name_fr="Boussole")
    return make_participation(session, speaker, own_role=respondent)


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


# The rules


def test_own_role_is_of_the_edition_of_the_session(part):
    foreign = make_speaker_role(standard="panellist")
    with refused_by("participation_own_role_same_edition"):
        Participation.objects.filter(pk=part.pk).update(own_role=foreign)
    part.own_role = foreign
    assert faults(part) == {"role": ["Choose an item from this edition."]}


def test_participation_behaves_as_its_own_role(part, respondent):
    with refused_by("participation_own_role_same_edition"):
        Participation.objects.filter(pk=part.pk).update(role="chair")
    respondent.standard = "moderator"
    respondent.save()
    assert refreshed(part).role == "moderator"


def test_whoever_had_a_deleted_role_keeps_the_standard_one(part, respondent):
    respondent.delete()
    with translation.override("en"):
        assert refreshed(part).get_role_display() == "Panellist"


@pytest.mark.parametrize("name", ["Jury (interne)", "Jury; membre", "Jury [2]"])
def test_role_has_no_sign_that_stands_between_people(edition, name):
    role = SpeakerRole(edition=edition, name_fr=name)
    assert faults(role) == {"__all__": ["A role can’t contain brackets or semicolons."]}
    with refused_by("speaker_roles_without_brackets"):
        role.save()


def test_names_are_unique_and_not_standard(edition, respondent):
    with refused_by("speaker_roles_name_ar_once"):
        make_speaker_role(edition, name_ar=NAMES["name_ar"])
    role = SpeakerRole(edition=edition, name_en="chair")
    assert faults(role) == {"name_en": ["This name already exists as a standard one."]}


# Pages and files that show the role


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize("page", ["programme/", "programme/ville/"])
def test_pages_say_the_own_role(client, part, language, page):
    said = "".join(main(client.get(f"/{language}/2021/{page}")).itertext())
    assert NAMES[f"name_{language}"] in said


def test_calendar_says_the_own_role(client, part):
    calendar = client.get("/2021/programme.ics?lang=en").content.decode().replace("\r\n ", "")
    assert "Boussole (Respondent)" in calendar


def test_speaker_of_an_own_role_is_named_with_it(client, edition):
    role = make_speaker_role(edition, name_fr="Conteuse")
    make_participation(make_session(edition, slug="ville"), own_role=role)
    assert "Conteuse" in "".join(main(client.get("/fr/2021/programme/ville/")).itertext())


@pytest.mark.parametrize(
    "address",
    ["/fr/2021/programme/", "/fr/2021/programme/ville/", "/2021/programme.ics",
     "/fr/2021/embed/programme/"],
)  # fmt: skip
def test_queries_do_not_grow_with_own_roles(client, part, edition, address):
    edition.embed_origins = "https://example.org"
    edition.save()

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    counts = []
    for number in (2, 3):
        for _place in range(number):
            make_participation(part.session, own_role=make_speaker_role(edition))
        queries()
        counts.append(queries())
    assert counts[0] == counts[1]


# The desk


def test_form_of_a_new_session_offers_the_roles_of_the_working_edition(desk, edition, respondent):
    make_speaker_role(name_fr="Ailleurs")
    speaker = make_speaker(edition)
    row = {"speaker": speaker.pk, "role": respondent.choice, "order": 0}
    add = "/admin/symposium_sessions/session/add/"
    save(desk, add, rows={"participations": row}, title_fr="Ville")
    found = Participation.objects.get()
    assert (found.own_role, found.role) == (respondent, "panellist")
    choices = desk.get(add).context["inline_admin_formsets"][0].formset.empty_form.fields["role"]
    assert choices.choices[1][1] == [(respondent.choice, "Respondent")]


def test_form_keeps_changes_and_takes_off_an_own_role(desk, part, respondent):
    page = admin_url(part.session)
    name = "participations-0-role"
    assert form_of(desk.get(page))[name] == respondent.choice
    save(desk, page, title_fr="Villes")
    assert refreshed(part).own_role == respondent
    save(desk, page, **{name: "chair"})
    assert (refreshed(part).own_role, refreshed(part).role) == (None, "chair")
    save(desk, page, **{name: respondent.choice})
    assert refreshed(part).own_role == respondent


def test_form_refuses_a_role_of_another_edition(desk, part):
    foreign = make_speaker_role()
    response = save(desk, admin_url(part.session), **{"participations-0-role": foreign.choice})
    assert list(errors_of(response)) == ["participations-0-role"]


def test_copy_of_a_session_keeps_own_roles(part, respondent):
    copy = planning.duplicate(part.session)
    assert [one.own_role for one in copy.participations.all()] == [respondent]


def test_role_is_written_in_three_languages(desk, edition):
    save(desk, admin_url(SpeakerRole, "add"), standard="chair", **NAMES)
    role = SpeakerRole.objects.get()
    assert {name: getattr(role, name) for name in NAMES} == NAMES
    assert "Respondent" in desk.get(admin_url(SpeakerRole, "changelist")).content.decode()


@pytest.mark.parametrize("role", DESK_ROLES)
@pytest.mark.parametrize("make", [make_session_kind, make_speaker_role])
def test_desk_pages_by_role(edition, make, role):
    views = ("changelist", "add", "change", "history", "delete")
    assert desk_statuses(make(edition), views, role) == {DESK_ROLES[role]}


def test_list_counts_a_session_once(desk, part, respondent):
    make_participation(part.session, own_role=respondent)
    [row] = desk.get(admin_url(SpeakerRole, "changelist")).context["cl"].result_list
    assert row.session_count == 1


# The next edition, and spreadsheets


def test_next_edition_has_the_same_roles(edition, respondent):
    draft = copying.draft_of(edition, edition.starts_on.replace(year=2022), ["roles"])
    draft.slug, draft.name_fr, draft.short_name_fr = "2022", "Symposium", "2022"
    copying.copy_edition(edition, draft, ["roles"])
    [copied] = draft.speaker_roles.all()
    assert {name: getattr(copied, name) for name in NAMES} == NAMES
    assert copied.standard == "panellist"


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_spreadsheet_round_trip_keeps_own_roles(part, language):
    with translation.override(language):
        content = workbooks.csv_bytes("sessions", part.session.edition)
        file = SimpleUploadedFile("x.csv", content)
        made = imports.start(part.session.edition, make_organiser(), "sessions", file)
    assert f"({NAMES[f'name_{language}']})" in content.decode()
    assert (cell_faults(made), made.preview["counts"]["same"]) == ([], 2)


@pytest.mark.parametrize("word", NAMES.values())
def test_spreadsheet_gives_an_own_role(part, respondent, word):
    edition, user = part.session.edition, make_organiser()
    ali = make_speaker(edition, given_name_fr="Ali", family_name_fr="Oasis")
    make_session(edition, at=None, slug="expose")
    for text, roles in ((word, ("panellist", respondent)), ("Modérateur", ("moderator", None))):
        content = f"Identifiant;Intervenants\nexpose;Ali Oasis ({text})\n".encode()
        file = SimpleUploadedFile("x.csv", content)
        assert imports.apply(imports.start(edition, user, "sessions", file), user)
        found = Session.objects.get(slug="expose").participations.get(speaker=ali)
        assert (found.role, found.own_role) == roles
