"""The check-in pages: permissions, and responses with and without JavaScript."""

import datetime
import re
import uuid
import zoneinfo

import html5lib
import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from symposium.accounts.models import User
from symposium.registrations.checkin import scans, views
from symposium.registrations.models import CheckIn, Registration
from symposium.registrations.models.registrations import State
from tests.factories import (
    make_category,
    make_edition,
    make_organiser,
    make_registration,
    make_user,
    make_workshop,
    open_edition,
    where_it_is_noon,
)

pytestmark = pytest.mark.django_db

DOOR = "/en/2021/desk/check-in/"
SCAN, UNDO, SEARCH, COUNTS, LIST = (
    f"{DOOR}{name}" for name in ("scan", "undo", "search", "counts", "list/")
)
JSON = {"Accept": "application/json"}
DAY = datetime.timedelta(days=1)


@pytest.fixture
def edition():
    now = timezone.now()
    zone = where_it_is_noon(now)
    today = now.astimezone(zoneinfo.ZoneInfo(zone)).date()
    return make_edition(
        "2021", starts_on=today, ends_on=today + DAY, time_zone=zone, is_current=True,
        name_en="Smart City", registration_opens_at=now - DAY,
    )  # fmt: skip


@pytest.fixture
def ticket(edition):
    return make_registration(
        make_category(edition, name_en="On site"), given_name="Salma", family_name="Médina",
        given_name_ar="سلمى", affiliation="École <d'architecture>",
    )  # fmt: skip


@pytest.fixture
def nadia():
    user = make_user(name="Nadia")
    user.user_permissions.add(Permission.objects.get(codename="check_in"))
    return user


@pytest.fixture
def door(client, nadia):
    client.force_login(nadia)
    return client


def send(client, code, **data):
    data = {"code": code, "nonce": uuid.uuid4()} | data
    return client.post(SCAN, data, headers=JSON)


def text_of(html: bytes | str, css_class: str) -> str:
    """Return the text of the first element with a class, on one line; "" if there is none.

    The content of `<template>` elements is ignored.
    """
    page = html if isinstance(html, str) else html.decode()
    page = re.sub("<template.*?</template>", "", page, flags=re.DOTALL)
    for element in html5lib.parse(page, namespaceHTMLElements=False).iter():
        if css_class in element.get("class", "").split():
            return " ".join("".join(element.itertext()).split())
    return ""


# Permissions


@pytest.mark.parametrize("address", [DOOR, SEARCH, COUNTS, LIST])
def test_anonymous_visitor_is_redirected_to_login(client, edition, address):
    answer = client.get(address)
    assert (answer.status_code, answer.url) == (302, f"/en/accounts/login/?next={address}")
    answer = client.get(address, headers=JSON)
    assert (answer.status_code, answer.json()) == (401, {"error": "signed_out"})


@pytest.mark.parametrize("address", [SCAN, UNDO])
def test_anonymous_post_is_redirected_to_login_and_back_to_check_in(client, ticket, address):
    answer = client.post(address, {"code": ticket.code})
    assert (answer.status_code, answer.url) == (302, f"/en/accounts/login/?next={DOOR}")
    answer = client.post(address, {"code": ticket.code}, headers=JSON)
    assert (answer.status_code, answer.json()) == (401, {"error": "signed_out"})
    assert CheckIn.objects.count() == 0


def test_account_without_permission_gets_404(client, ticket):
    client.force_login(make_user(is_staff=True))
    for address in (DOOR, SEARCH, COUNTS, LIST):
        assert client.get(address).status_code == 404
    assert client.post(SCAN, {"code": ticket.code}).status_code == 404
    answer = send(client, ticket.code)
    assert (answer.status_code, answer.json()) == (404, {"error": "not_allowed"})
    assert CheckIn.objects.count() == 0


@pytest.mark.parametrize("address", [DOOR, SEARCH, COUNTS, LIST])
def test_read_only_page_refuses_post(door, edition, address):
    assert door.post(address).status_code == 405


@pytest.mark.parametrize("address", [SCAN, UNDO])
def test_write_endpoint_refuses_get(door, edition, address):
    assert door.get(address).status_code == 405


def test_form_of_another_site_is_refused(nadia, ticket):
    client = Client(enforce_csrf_checks=True)
    client.force_login(nadia)
    assert client.post(SCAN, {"code": ticket.code}).status_code == 403
    assert CheckIn.objects.count() == 0


def test_check_in_page_is_not_cached_and_alone_allows_wasm(door, edition):
    answer = door.get(DOOR)
    assert "no-store" in answer["Cache-Control"]
    assert "script-src 'self' 'wasm-unsafe-eval'" in answer["Content-Security-Policy"].split("; ")
    assert "wasm" not in door.get(LIST)["Content-Security-Policy"]
    assert "wasm" not in door.get("/en/2021/")["Content-Security-Policy"]


# With JavaScript


def test_scan_response_names_the_checked_in_person(door, ticket, nadia):
    nonce = uuid.uuid4()
    answer = send(door, ticket.code, nonce=nonce)
    assert answer.status_code == 200
    said = answer.json()
    assert {name: said[name] for name in ("nonce", "outcome", "reason")} == {
        "nonce": str(nonce), "outcome": "in", "reason": None,
    }  # fmt: skip
    assert text_of(said["html"], "result-ok") == (
        "Checked in Salma Médina سلمى On site · École <d'architecture> Next ticket"
    )
    assert text_of(said["row"], "checkin-who") == "Salma Médina On site"
    assert text_of(said["counts"], "scan-count") == "Checked in1 Expected1"
    assert CheckIn.objects.get().by == nadia


def test_repeated_scan_response_states_check_in_time_and_author(door, ticket, nadia):
    send(door, ticket.code)
    CheckIn.objects.update(scanned_at=timezone.now().replace(hour=0, minute=12))
    said = send(door, ticket.code).json()
    assert said["outcome"] == "already"
    assert text_of(said["html"], "why") == "Since 00:12 · Nadia"


def test_refused_scan_response_states_the_reason(door, ticket):
    Registration.objects.update(state=State.CANCELLED)
    said = send(door, ticket.code).json()
    assert (said["outcome"], said["reason"]) == ("refused", "cancelled")
    assert text_of(said["html"], "result-bad") == (
        "Not valid This registration is cancelled. Salma Médina سلمى On site · École "
        "<d'architecture> Send this person to the welcome desk. Next ticket"
    )


def test_unknown_code_is_shown_escaped_as_typed(door, edition):
    said = send(door, "<b>7K4Q</b>").json()
    assert (said["outcome"], said["reason"]) == ("refused", "unknown")
    assert text_of(said["row"], "checkin-who") == "<b>7K4Q</b> Code not recognised."


def test_scan_response_shows_needs_only_with_the_permission(door, ticket, nadia):
    Registration.objects.update(accessibility_needs="Hearing loop")
    assert "ccessib" not in send(door, ticket.code).json()["html"]
    nadia.user_permissions.add(Permission.objects.get(codename="view_accessibility_needs"))
    html = send(door, ticket.code).json()["html"]
    assert text_of(html, "needs") == "Accessibility needs: Hearing loop"


@pytest.mark.parametrize(
    ("language", "word", "booked"),
    [
        ("fr", "Autre jour", "Réservations du 9 juin 2021 :"),
        ("en", "Another day", "Booked on 9 June 2021:"),
        ("ar", "يوم آخر", "الحجوزات ليوم 9 يونيو 2021:"),
    ],
)
def test_ticket_of_another_day_shows_a_warning_with_the_day(door, language, word, booked):
    first, now = datetime.date(2021, 6, 9), timezone.now()
    edition = make_edition(
        "2021", starts_on=first, ends_on=first + DAY, time_zone="UTC", is_demonstration=True,
        registration_opens_at=now - DAY, registration_closes_at=now + DAY,
        registration_after_end=True,
    )  # fmt: skip
    person = make_registration(make_category(edition))
    for day in (1, 2):
        session = make_workshop(edition, day=day)
        person.bookings.create(edition=edition, session=session, state=State.CONFIRMED)
    scan = SCAN.replace("/en/", f"/{language}/")
    said = door.post(scan, {"code": person.code, "nonce": uuid.uuid4()}, headers=JSON).json()
    assert said["outcome"] == "other_day"
    answer = text_of(said["html"], "result-warn").replace("\xa0", " ")
    assert answer.startswith(word)
    assert booked in answer
    assert said["html"].count("<li>") == 1
    assert "#calendar3" in said["html"]
    assert text_of(said["row"], "tag-full") == word
    undone = door.post(UNDO, {"nonce": said["nonce"]}, headers=JSON).json()
    assert text_of(undone["row"], "tag") == "Check-in undone"


def test_scan_response_lists_bookings_of_today(door, edition):
    workshop = make_workshop(edition, title_en="Mobility", at="14:00")
    tomorrow = make_workshop(edition, day=2)
    ticket = make_registration(make_category(edition), sessions=[workshop, tomorrow])
    html = send(door, ticket.code).json()["html"]
    assert text_of(html, "result").count("Mobility") == 1
    assert html.count("<li>") == 1


def test_resent_scan_gets_the_same_response(door, ticket):
    nonce = uuid.uuid4()
    first, second = (send(door, ticket.code, nonce=nonce).json() for _ in range(2))
    assert (first["outcome"], second["outcome"]) == ("in", "in")
    assert text_of(first["html"], "result") == text_of(second["html"], "result")
    assert CheckIn.objects.count() == 1


def test_scan_of_another_account_is_refused(door, ticket):
    answer = send(door, ticket.code, user=make_user().pk)
    assert (answer.status_code, answer.json()) == (409, {"error": "other_user"})
    assert CheckIn.objects.count() == 0


def test_malformed_scan_is_refused_with_its_fields(door, ticket):
    elsewhere = make_workshop()
    wrong = [
        {"nonce": "7"}, {"session": "nowhere"}, {"session": elsewhere.guid},
        {"scanned_at": "noon"}, {"user": "x"},
    ]  # fmt: skip
    for data in wrong:
        answer = send(door, ticket.code, **data)
        assert (answer.status_code, answer.json()["fields"]) == (400, [*data])
    nonce = uuid.uuid4()
    send(door, ticket.code, nonce=nonce)
    other = make_registration(ticket.category)
    answer = send(door, other.code, nonce=nonce)
    assert (answer.status_code, answer.json()["fields"]) == (400, ["nonce"])
    assert CheckIn.objects.count() == 1


@pytest.mark.parametrize(
    "since", [{"slug": "another"}, {"status": "cancelled"}, {"status": "draft"}]
)
def test_stored_scan_is_accepted_after_its_session_changed(door, ticket, since):
    session = make_workshop(ticket.edition, places=None, slug="mobility")
    type(session).objects.filter(pk=session.pk).update(**since)
    said = send(door, ticket.code, session=session.guid).json()
    assert said["outcome"] == "in"
    assert CheckIn.objects.get().session == session


def test_scan_at_a_cancelled_session_links_to_the_entrance(door, ticket):
    session = make_workshop(ticket.edition, places=None, slug="mobility", status="cancelled")
    html = send(door, ticket.code, session=session.guid).json()["html"]
    assert f'href="{DOOR}"' in html


def test_check_in_page_carries_its_session_for_scripts_and_forms(door, ticket):
    session = make_workshop(ticket.edition, slug="mobility")
    html = door.get(DOOR, {"session": "mobility", "q": "medina"}).content.decode()
    assert f'data-session="mobility" data-guid="{session.guid}"' in html
    assert f'<input type="hidden" name="session" value="{session.guid}">' in html


def test_resent_scan_of_an_undone_check_in_shows_it_undone(door, ticket):
    sent = {"code": ticket.code, "nonce": uuid.uuid4()}
    send(door, **sent)
    door.post(UNDO, {"nonce": sent["nonce"]})
    said = send(door, **sent).json()
    assert (said["outcome"], said["reason"]) == ("undone", "undone")
    assert text_of(said["html"], "result-warn") == (
        "Check-in undone This check-in was undone. Scan the ticket again to check them in. Salma "
        "Médina سلمى On site · École <d'architecture> Next ticket"
    )
    assert text_of(said["row"], "tag") == "Check-in undone"


def test_scan_time_of_the_device_is_stored(door, ticket):
    at = timezone.now().replace(hour=0, minute=1, second=0, microsecond=0)
    send(door, ticket.code, scanned_at=at.isoformat().replace("+00:00", "Z"))
    assert CheckIn.objects.get().scanned_at == at


def test_check_in_is_undone(door, ticket, nadia):
    nonce = uuid.uuid4()
    send(door, ticket.code, nonce=nonce)
    said = door.post(UNDO, {"nonce": nonce}, headers=JSON).json()
    assert said["nonce"] == str(nonce)
    assert text_of(said["row"], "tag") == "Check-in undone"
    assert text_of(said["counts"], "scan-count") == "Checked in0 Expected1"
    assert CheckIn.objects.get().undone_by == nadia


@pytest.mark.parametrize("nonce", ["", "x", "6f1c0f4e-0f8b-4b57-9a7e-3f2f6f0a1b2c"])
def test_undoing_an_unknown_check_in_is_404(door, ticket, nonce):
    assert door.post(UNDO, {"nonce": nonce}, headers=JSON).status_code == 404


def test_undoing_a_check_in_of_another_edition_is_404(door, ticket, nadia):
    entry = scans.check_in(
        edition=ticket.edition, code=ticket.code, by=nadia, nonce=uuid.uuid4()
    ).check_in
    make_edition("2023")
    answer = door.post("/en/2023/desk/check-in/undo", {"nonce": entry.nonce}, headers=JSON)
    assert answer.status_code == 404
    assert CheckIn.objects.active().count() == 1


def test_search_lists_matching_people_or_shows_a_notice(door, ticket):
    html = door.get(SEARCH, {"q": "medina"}, headers=JSON).json()["html"]
    assert text_of(html, "checkin-who") == "Salma Médina سلمى On site · École <d'architecture>"
    for words in ("", "nobody"):
        html = door.get(SEARCH, {"q": words}, headers=JSON).json()["html"]
        assert text_of(html, "notice") == "No ticket or person found."
    assert "Type more letters." in door.get(SEARCH, {"q": "m"}, headers=JSON).json()["html"]


def test_search_results_contain_no_ticket_code(door, ticket):
    """130 searches once revealed the ticket codes of 109 people."""
    for address in (f"{SEARCH}?q=medina", f"{SEARCH}?q={ticket.code}", DOOR, LIST):
        page = door.get(address, headers=JSON if "q=" in address else {}).content.decode()
        assert ticket.code not in page.replace(f'value="{ticket.code}"', "")
    html = door.get(SEARCH, {"q": "medina"}, headers=JSON).json()["html"]
    assert ticket.code not in html
    assert ticket.code_in_groups not in html


def test_person_found_by_name_is_checked_in_by_the_search_token(door, ticket):
    html = door.get(SEARCH, {"q": "medina"}, headers=JSON).json()["html"]
    token = re.search(r'name="person" value="([^"]+)"', html)[1]
    said = send(door, "", person=token).json()
    assert (said["outcome"], text_of(said["row"], "checkin-who")) == ("in", "Salma Médina On site")
    assert CheckIn.objects.get().registration == ticket
    form = {"person": token, "nonce": uuid.uuid4()}
    assert text_of(door.post(SCAN, form).content, "result-warn").startswith("Already checked in")


@pytest.mark.parametrize("wrong", ["x", "forged", "other"])
def test_invalid_or_foreign_person_token_is_refused(door, ticket, wrong):
    other = make_registration(make_category(open_edition("2023")))
    token = {
        "x": "x", "forged": scans.token_of(ticket)[:-1], "other": scans.token_of(other),
    }[wrong]  # fmt: skip
    answer = send(door, "", person=token)
    assert (answer.status_code, answer.json()["fields"]) == (400, ["person"])
    assert CheckIn.objects.count() == 0


def test_check_in_searches_are_rate_limited(door, ticket, settings):
    for _ in range(views.MAX_SEARCHES_PER_MINUTE):
        views.count_search(User.objects.get(name="Nadia"))
    html = door.get(SEARCH, {"q": "medina"}, headers=JSON).json()["html"]
    assert text_of(html, "notice").startswith("Too many searches in one minute.")
    assert "Salma" not in html


def test_counts_endpoint_returns_current_counts(door, ticket):
    said = door.get(COUNTS, headers=JSON).json()
    assert text_of(said["counts"], "scan-count") == "Checked in0 Expected1"


# Without JavaScript


def test_form_post_shows_the_scan_result(door, ticket):
    answer = door.post(SCAN, {"code": ticket.code_in_groups.lower(), "nonce": uuid.uuid4()})
    assert answer.status_code == 200
    assert text_of(answer.content, "result-ok").startswith("Checked in Salma Médina")
    assert text_of(answer.content, "checkin-who") == "Salma Médina On site"


def test_reposted_scan_form_still_shows_checked_in(door, ticket):
    sent = {"code": ticket.code, "nonce": uuid.uuid4()}
    door.post(SCAN, sent)
    assert text_of(door.post(SCAN, sent).content, "result-ok").startswith("Checked in")


def test_posted_name_lists_matching_people(door, ticket):
    answer = door.post(SCAN, {"code": "medina"})
    assert text_of(answer.content, "checkin-who").startswith("Salma Médina")
    assert CheckIn.objects.count() == 0


def test_check_in_is_undone_by_form(door, ticket):
    workshop = make_workshop(ticket.edition, places=None, slug="mobility")
    send(door, ticket.code, session=workshop.guid)
    answer = door.post(UNDO, {"nonce": CheckIn.objects.get().nonce})
    assert (answer.status_code, answer.url) == (302, f"{DOOR}?session=mobility")
    assert CheckIn.objects.get().session == workshop
    assert text_of(door.get(answer.url).content, "tag") == "Check-in undone"


def test_form_without_a_code_redirects_to_check_in(door, edition):
    answer = door.post(SCAN, {"code": ""})
    assert (answer.status_code, answer.url) == (302, DOOR)


def test_unknown_session_or_day_is_404(door, edition):
    for address in (f"{DOOR}?session=nowhere", f"{LIST}?day=2020-01-01", f"{LIST}?day=x"):
        assert door.get(address).status_code == 404


# The list


@pytest.mark.parametrize("number", [1, 3])
def test_check_in_list_query_count_is_constant(
    client, edition, nadia, django_assert_num_queries, number
):
    category = make_category(edition, name_en="On site")
    people = [make_registration(category) for _ in range(number)]
    for person in people:
        scans.check_in(edition=edition, code=person.code, by=nadia, nonce=uuid.uuid4())
    client.force_login(make_organiser())
    client.get(LIST)
    with django_assert_num_queries(9):
        answer = client.get(LIST)
    assert [entry.registration for entry in answer.context["entries"]] == people[::-1]
    assert text_of(answer.content, "scan-count") == f"Checked in{number} Expected{number}"
    assert "checkin-pages" not in answer.content.decode()


def test_long_check_in_list_is_paginated(door, edition, nadia, django_assert_num_queries):
    crowd(edition, nadia, 250)
    day = f"?day={edition.starts_on}"
    with django_assert_num_queries(11):  # nine, and two for Nadia's permissions
        first = door.get(LIST + day)
    second, last = (door.get(f"{LIST}{day}&page={number}") for number in (2, 3))
    names = [
        [entry.registration.family_name for entry in answer.context["entries"]]
        for answer in (first, second, last)
    ]
    assert [len(page) for page in names] == [100, 100, 50]
    assert (names[0][0], names[1][0], names[2][-1]) == ("N249", "N149", "N0")
    assert {text_of(answer.content, "scan-count") for answer in (first, second, last)} == {
        "Checked in250 Expected250"
    }
    assert [text_of(answer.content, "checkin-pages") for answer in (first, second, last)] == [
        "Page 1 of 3 Next page", "Previous page Page 2 of 3 Next page", "Previous page Page 3 of 3",
    ]  # fmt: skip
    assert f'href="{day}&amp;page=3"' in second.content.decode()
    assert door.get(f"{LIST}?page=x").context["entries"].number == 1
    assert door.get(f"{LIST}?page=99").context["entries"].number == 3


def test_pagination_links_preserve_the_session(door, edition, nadia):
    session = make_workshop(edition, places=None, slug="mobility")
    crowd(edition, nadia, 101, session=session)
    html = door.get(LIST, {"session": "mobility"}).content.decode()
    assert 'href="?session=mobility&amp;page=2"' in html


def crowd(edition, by, number: int, **fields) -> None:
    """Check in `number` people, one millisecond apart."""
    category = make_category(edition)
    users = User.objects.bulk_create(User(email=f"u{n}@example.org") for n in range(number))
    people = Registration.objects.bulk_create(
        Registration(
            edition=edition, category=category, user=user, family_name=f"N{n}", role="other",
            state=State.CONFIRMED,
        )
        for n, user in enumerate(users)
    )  # fmt: skip
    CheckIn.objects.bulk_create(
        CheckIn(
            edition=edition, registration=person, day=edition.starts_on, by=by, **fields,
            scanned_at=timezone.now() + n * datetime.timedelta(milliseconds=1),
        )
        for n, person in enumerate(people)
    )  # fmt: skip


def test_check_in_list_is_filtered_by_day_or_session(door, ticket):
    session = make_workshop(ticket.edition, places=None, slug="mobility")
    send(door, ticket.code, session=session.guid)
    assert list(door.get(LIST).context["entries"]) == []
    assert list(door.get(LIST, {"session": "mobility"}).context["entries"]) == [
        CheckIn.objects.get()
    ]
    tomorrow = door.get(LIST, {"day": str(ticket.edition.ends_on)})
    assert text_of(tomorrow.content, "scan-count") == "Checked in0 Expected1"
