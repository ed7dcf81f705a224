"""The content of tickets and badges, and of their QR codes."""

import pytest

from symposium.registrations import places
from symposium.registrations.documents import tickets
from symposium.registrations.models import Registration
from symposium.sessions.models import Session
from tests.factories import (
    make_booking,
    make_category,
    make_edition,
    make_registration,
    make_room,
    make_session,
    make_workshop,
    open_edition,
)
from tests.helpers import pdf_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return open_edition(
        slug="2031", name_fr="Villes", name_en="Cities", name_ar="مدن", venue_fr="Campus Atlas",
        address_fr="1, rue Fictive", time_zone="America/St_Johns",
    )  # fmt: skip


@pytest.fixture
def registration(edition):
    category = make_category(edition, name_fr="Étudiante", name_ar="طالبة", colour="green")
    return make_registration(
        category, given_name="Salma", family_name="Médina", given_name_ar="سلمى",
        family_name_ar="المدينة", affiliation="Université fictive",
    )  # fmt: skip


def titles(registration) -> list[str]:
    return [session["title"] for session in tickets.ticket_data(registration, "fr")["sessions"]]


def test_ticket_states_person_and_place(registration, edition):
    data = tickets.ticket_data(registration, "fr")
    assert data["edition"] == {
        "name": "Villes",
        "dates": edition.dates,
        "place": "Campus Atlas, Casablanca",
        "address": "1, rue Fictive",
        "palette": {},
    }
    names = ["name", "name_ar", "affiliation", "category", "code", "created", "lines", "sessions"]
    assert [data[name] for name in names] == [
        "Salma Médina", "سلمى المدينة", "Université fictive",
        {"name": "Étudiante", "colour": "green"},
        registration.code_in_groups, registration.updated_at, [], [],
    ]  # fmt: skip


def test_ticket_times_use_the_edition_time_zone(registration, edition):
    """The edition is in Newfoundland; the clock of the server does not matter."""
    make_session(edition, at="09:00")
    room = make_room(edition, name_fr="Auditorium")
    workshop = make_workshop(edition, at="14:30", lasting=90, room=room, title_ar="ورشة")
    make_booking(registration, workshop)
    data = tickets.ticket_data(registration, "ar")
    [session] = data["sessions"]
    assert (session["title"], session["lang"], session["times"], session["room"]) == (
        workshop.title_ar, "ar", "14:30–16:00", "Auditorium",
    )  # fmt: skip
    [[_label, opening]] = data["lines"]
    assert opening.endswith("09:00")


def test_welcome_break_is_shown_instead_of_the_first_session(registration, edition):
    make_session(edition, at="09:00")
    assert [label for label, _at in lines_of(registration)] == ["Première session"]
    make_session(edition, at="08:30", lasting=30, kind="break", title_fr="Accueil des participants")
    [[label, at]] = lines_of(registration)
    assert (label, at[-5:]) == ("Accueil des participants", "08:30")


def lines_of(registration) -> list[list[str]]:
    return tickets.ticket_data(registration, "fr")["lines"]


def test_untranslated_session_title_has_its_language_tag(registration, edition):
    make_booking(registration, make_workshop(edition, title_fr="Atelier"))
    [session] = tickets.ticket_data(registration, "en")["sessions"]
    assert (session["title"], session["lang"]) == ("Atelier", "fr")


def test_ticket_lists_confirmed_held_bookings_only(registration, edition):
    make_booking(registration, make_workshop(edition, title_fr="Tenu", at="09:00"))
    make_booking(registration, make_workshop(edition, title_fr="Complet", at="10:00", places=0))
    make_booking(registration, make_workshop(edition, title_fr="Annulé", at="11:00"))
    make_booking(registration, make_workshop(edition, title_fr="Retiré", at="12:00"))
    places.leave(make_booking(registration, make_workshop(edition, title_fr="Rendu", at="13:00")))
    edition.sessions.filter(title_fr="Annulé").update(status=Session.Status.CANCELLED)
    edition.sessions.filter(title_fr="Retiré").update(status=Session.Status.DRAFT)
    assert titles(registration) == ["Tenu"]


@pytest.mark.parametrize(("language", "name"), [("fr", "Villes"), ("en", "Cities"), ("ar", "مدن")])
def test_ticket_is_in_the_requested_language(registration, language, name):
    file = tickets.ticket_pdf(registration, language)
    document = pdf_files.opened(file)
    assert str(document.Root.Lang) == language
    assert tickets.ticket_data(registration, language)["edition"]["name"] == name
    assert len(document.pages) == 1


def test_qr_code_contains_only_the_ticket_code(registration):
    [picture] = pdf_files.pictures(tickets.ticket_pdf(registration, "fr"))
    assert pdf_files.scanned(picture) == [registration.code]


def test_same_ticket_renders_identical_bytes(registration):
    assert tickets.ticket_pdf(registration, "fr") == tickets.ticket_pdf(registration, "fr")


def test_badge_omits_the_role_other(registration):
    category = registration.category
    other = make_registration(category, role=Registration.Role.OTHER)
    press = make_registration(category, role=Registration.Role.PRESS)
    data = tickets.badges_data([other, press], "en")
    assert [badge["role"] for badge in data["badges"]] == ["", "Press"]


def test_badges_are_printed_four_to_a_page(registration):
    people = [registration, *(make_registration(registration.category) for _ in range(4))]
    first, second = pdf_files.pictures(tickets.badges_pdf(people, "fr"))
    assert pdf_files.scanned(first) == sorted(person.code for person in people[:4])
    assert pdf_files.scanned(second) == [people[4].code]


@pytest.mark.parametrize("count", [1, 3])
def test_ticket_query_count_is_constant(django_assert_num_queries, count):
    edition = open_edition()
    registration = make_registration(make_category(edition))
    for number in range(count):
        make_booking(registration, make_workshop(edition, at=f"{9 + number:02}:00"))
    registration = Registration.objects.with_details().get(pk=registration.pk)
    with django_assert_num_queries(2):
        data = tickets.ticket_data(registration, "fr")
    assert len(data["sessions"]) == count


def test_edition_without_a_venue_shows_city_without_comma():
    edition = make_edition(city_fr="Casablanca")
    assert tickets.edition_data(edition)["place"] == "Casablanca"
