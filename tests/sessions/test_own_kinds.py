"""Kinds of sessions in the edition’s own words: where they are said, the desk, spreadsheets."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from symposium.core import revision
from symposium.editions import copying
from symposium.sessions.models import Session, SessionKind
from symposium.spreadsheets import imports, workbooks
from tests.factories import (
    make_edition,
    make_organiser,
    make_participation,
    make_room,
    make_session,
    make_session_kind,
    make_speaker,
    refreshed,
)
from tests.helpers.admin_forms import admin_url, errors_of, form_of, save
from tests.helpers.database_errors import execute, faults, refused_by
from tests.helpers.page_html import main, texts
from tests.helpers.spreadsheets import faults as cell_faults

pytestmark = pytest.mark.django_db

ORCID = "0000-0002-1825-0097"
NAMES = {"name_fr": "Dispute", "name_en": "Debate", "name_ar": "مناظرة"}
ADD = "/admin/symposium_sessions/session/add/"
LIST = "/admin/symposium_sessions/session/"


@pytest.fixture
def edition():
    return make_edition("2021", is_current=True, embed_origins="https://example.org")


@pytest.fixture
def debate(edition):
    return make_session_kind(edition, standard="panel", **NAMES)


@pytest.fixture
def session(edition, debate):
    """A session of the edition’s own kind, with a speaker."""
    session = make_session(edition, own_kind=debate, slug="ville", room=make_room(edition))
    make_participation(session, make_speaker(edition, slug="salma"))
    return session


@pytest.fixture
def desk(client):
    client.force_login(make_organiser(language="en"))
    return client


# The rules


def test_own_kind_is_of_the_edition_of_its_session(session):
    foreign = make_session_kind(standard="panel")
    with refused_by("session_own_kind_same_edition"):
        Session.objects.filter(pk=session.pk).update(own_kind=foreign)
    session.own_kind = foreign
    assert faults(session) == {"__all__": ["Choose an item from this edition."]}


def test_session_behaves_as_its_own_kind(session, debate):
    with refused_by("session_own_kind_same_edition"):
        Session.objects.filter(pk=session.pk).update(kind="talk")
    debate.standard = "workshop"
    debate.save()
    assert refreshed(session).kind == "workshop"


@pytest.mark.parametrize("how", ["desk", "sql"])
def test_session_of_a_deleted_kind_keeps_the_standard_one(session, debate, how):
    if how == "desk":
        debate.delete()
    else:
        execute("UPDATE symposium_sessions_session SET own_kind_id = NULL")
        execute("DELETE FROM symposium_sessions_sessionkind")
    found = refreshed(session)
    with translation.override("en"):
        assert (found.own_kind, found.get_kind_display()) == (None, "Panel")


@pytest.mark.parametrize("name", ["DISPUTE", " dispute"])
def test_names_are_unique_in_an_edition(edition, debate, name):
    with refused_by("session_kinds_name_fr_once"):
        make_session_kind(edition, name_fr=name)
    assert make_session_kind(name_fr=name).pk


def test_name_of_a_standard_kind_is_refused(edition):
    kind = SessionKind(edition=edition, name_fr="ATELIER", name_en="Lab")
    assert faults(kind) == {"name_fr": ["This name already exists as a standard one."]}


# Pages and files that show the kind


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize("page", ["programme/", "programme/ville/", "speakers/salma/"])
def test_pages_say_the_own_kind(client, session, language, page):
    said = "".join(main(client.get(f"/{language}/2021/{page}")).itertext())
    assert NAMES[f"name_{language}"] in said


@pytest.mark.django_db(transaction=True)
def test_new_name_of_a_kind_moves_the_pages_of_its_people():
    years = [make_edition(slug) for slug in ("2021", "2022", "2023")]
    person = make_speaker(years[0], orcid=ORCID)
    make_speaker(years[1], orcid=ORCID)
    kind = make_session_kind(years[0])
    make_participation(make_session(years[0], own_kind=kind), person)
    before = [revision.current(edition.slug) for edition in years]
    kind.name_fr = "Dispute"
    kind.save()
    after = [revision.current(edition.slug) for edition in years]
    assert [old != new for old, new in zip(before, after, strict=True)] == [True, True, False]


def test_name_in_another_language_is_marked(client, edition):
    make_session(edition, own_kind=make_session_kind(edition, name_fr="Dispute"), slug="ville")
    page = main(client.get("/ar/2021/programme/ville/"))
    [word] = [one for one in page.iter("span") if one.text == "Dispute"]
    assert (word.get("lang"), word.get("dir")) == ("fr", "ltr")


def test_talk_of_an_own_kind_says_it(client, edition):
    make_session(edition, own_kind=make_session_kind(edition, name_fr="Causerie"))
    assert "Causerie" in "".join(main(client.get("/fr/2021/programme/")).itertext())


def test_schedules_give_the_own_kind(client, session):
    make_session(session.edition, at="12:00", kind="workshop")
    content = json.loads(client.get("/2021/schedule.json?lang=ar").content)
    rooms = content["schedule"]["conference"]["days"][0]["rooms"].values()
    assert {event["type"] for room in rooms for event in room} == {"مناظرة", "workshop"}
    assert "<type>Debate</type>" in client.get("/2021/schedule.xml?lang=en").content.decode()


def test_filter_finds_the_own_kind_alone(client, session, debate):
    panel = make_session(session.edition, at="12:00", kind="panel")
    page = main(client.get(f"/en/2021/programme/?kind={debate.choice}"))
    assert texts(page, ".//h4") == [session.title]
    page = main(client.get("/en/2021/programme/?kind=panel"))
    assert texts(page, ".//h4") == [panel.title]
    assert "Debate" in "".join(page.itertext())  # still offered


@pytest.mark.parametrize("kind", ["own-0", "own-", "own-x", "own-99999999999999999999"])
def test_unknown_own_kind_is_no_filter(client, session, kind):
    assert texts(main(client.get(f"/en/2021/programme/?kind={kind}")), ".//h4") == [session.title]


ADDRESSES = [
    "/fr/2021/", "/fr/2021/programme/", "/fr/2021/programme/ville/", "/fr/2021/speakers/salma/",
    "/fr/2021/search/?q=seance", "/2021/schedule.json", "/2021/schedule.xml",
    "/2021/programme.ics", "/fr/2021/embed/programme/", LIST,
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_queries_do_not_grow_with_own_kinds(desk, edition, session, address):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(address).status_code == 200
        return len(asked)

    speaker = edition.speakers.get()
    counts = []
    for hours in ((10, 11), (12, 13, 14)):
        for hour in hours:
            kind = make_session_kind(edition)
            other = make_session(edition, own_kind=kind, at=f"{hour}:00", room=session.room)
            make_participation(other, speaker)
        queries()
        counts.append(queries())
    assert counts[0] >= counts[1]


# The desk


def test_form_offers_standard_and_own_kinds(desk, edition, debate):
    make_session_kind(name_fr="Ailleurs")
    choices = desk.get(ADD).context["adminform"].form.fields["kind"].choices
    (_standard, standards), (group, own) = choices
    assert len(standards) == 9
    assert (str(group), own) == ("Of this edition", [(debate.choice, "Debate")])


def test_form_keeps_changes_and_takes_off_an_own_kind(desk, edition, debate):
    save(desk, ADD, title_fr="Ville", kind=debate.choice)
    session = Session.objects.get()
    assert (session.own_kind, session.kind) == (debate, "panel")
    page = admin_url(session)
    assert form_of(desk.get(page))["kind"] == debate.choice
    save(desk, page, title_fr="Villes")
    assert refreshed(session).own_kind == debate
    save(desk, page, kind="workshop")
    assert (refreshed(session).own_kind, refreshed(session).kind) == (None, "workshop")


def test_form_refuses_a_kind_of_another_edition(desk, edition):
    foreign = make_session_kind()
    room = make_room(edition)
    make_session(edition, room=room)
    times = {"starts_at_0": "2021-06-09", "starts_at_1": "12:00", "ends_at_0": "2021-06-09",
             "ends_at_1": "13:00"}  # fmt: skip
    response = save(desk, ADD, title_fr="Ville", kind=foreign.choice, room=room.pk, **times)
    assert list(errors_of(response)) == ["kind"]


def test_form_offers_the_standard_kinds_alone_where_there_are_no_others(desk, edition):
    choices = desk.get(ADD).context["adminform"].form.fields["kind"].choices
    assert list(choices) == Session.Kind.choices


def test_list_says_and_filters_own_kinds(desk, session, debate):
    panel = make_session(session.edition, at="12:00", kind="panel")
    for value, found in ((debate.choice, [session]), ("panel", [panel]), ("own-x", [])):
        page = desk.get(LIST, {"kind__exact": value})
        assert list(page.context["cl"].result_list) == found
    assert "Debate" in desk.get(LIST).content.decode()


def test_kind_is_written_in_three_languages(desk, edition):
    add = admin_url(SessionKind, "add")
    save(desk, add, standard="workshop", **NAMES)
    kind = SessionKind.objects.get()
    assert {name: getattr(kind, name) for name in NAMES} == NAMES
    response = save(desk, add, name_fr="dispute")
    assert errors_of(response) == {"__all__": ["This name already exists in this edition."]}
    assert "Debate" in desk.get(admin_url(SessionKind, "changelist")).content.decode()


def test_kind_whose_sessions_share_a_room_stays_a_poster_session(desk, edition):
    kind, room = make_session_kind(edition, standard="poster_session"), make_room(edition)
    for _number in range(2):
        make_session(edition, own_kind=kind, room=room)
    response = save(desk, admin_url(kind), standard="panel")
    assert errors_of(response) == {"__all__": ["This room is already in use at this time."]}
    assert refreshed(kind).standard == "poster_session"


def test_history_tells_the_own_kind(desk, session, debate):
    save(desk, admin_url(session), kind="talk")
    assert session.history.latest().own_kind_id is None
    assert session.history.earliest().own_kind == debate
    assert desk.get(admin_url(session, "history")).status_code == 200
    debate.delete()
    assert desk.get(admin_url(session, "history")).status_code == 200


# The next edition, and spreadsheets


def test_next_edition_has_the_same_kinds(edition, debate):
    draft = copying.draft_of(edition, edition.starts_on.replace(year=2022), ["kinds"])
    draft.slug, draft.name_fr, draft.short_name_fr = "2022", "Symposium", "2022"
    copying.copy_edition(edition, draft, ["kinds"])
    [copied] = draft.session_kinds.all()
    assert {name: getattr(copied, name) for name in NAMES} == NAMES
    assert copied.standard == "panel"


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_spreadsheet_round_trip_keeps_own_kinds(session, language):
    with translation.override(language):
        content = workbooks.csv_bytes("sessions", session.edition)
        file = SimpleUploadedFile("x.csv", content)
        made = imports.start(session.edition, make_organiser(), "sessions", file)
    assert NAMES[f"name_{language}"] in content.decode()
    assert (cell_faults(made), made.preview["counts"]["same"]) == ([], 1)


@pytest.mark.parametrize("word", NAMES.values())
def test_spreadsheet_gives_an_own_kind(session, word):
    talk = make_session(session.edition, at=None, slug="expose")
    user = make_organiser()
    for text, kind in ((word, ("panel", session.own_kind)), ("Atelier", ("workshop", None))):
        content = f"Identifiant;Type\nexpose;{text}\n".encode()
        file = SimpleUploadedFile("x.csv", content)
        assert imports.apply(imports.start(session.edition, user, "sessions", file), user)
        assert (refreshed(talk).kind, refreshed(talk).own_kind) == kind


def test_spreadsheet_names_the_kinds_that_it_knows(session):
    content = "Identifiant;Type\nville;Rodéo\n".encode()
    with translation.override("en"):
        file = SimpleUploadedFile("x.csv", content)
        made = imports.start(session.edition, make_organiser(), "sessions", file)
    [fault] = cell_faults(made)
    assert "Closing, Debate" in str(fault)
