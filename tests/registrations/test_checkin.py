"""Check-in: accepted and refused tickets, reasons, and two devices that scan one ticket at once."""

import datetime
import time
import uuid
import zoneinfo
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Barrier

import pytest
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from symposium.registrations.checkin import scans
from symposium.registrations.checkin.scans import Count, Outcome, Reason
from symposium.registrations.models import Booking, CheckIn, Registration
from symposium.registrations.models.registrations import State
from tests.factories import (
    make_category,
    make_edition,
    make_registration,
    make_session,
    make_user,
    make_workshop,
    refreshed,
    where_it_is_noon,
)
from tests.helpers.admin_forms import somebody_else

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def edition():
    """An edition of today and tomorrow."""
    now = timezone.now()
    zone = where_it_is_noon(now)
    today = now.astimezone(zoneinfo.ZoneInfo(zone)).date()
    return make_edition(
        "2021", starts_on=today, ends_on=today + DAY, time_zone=zone,
        registration_opens_at=now - 30 * DAY,
    )  # fmt: skip


@pytest.fixture
def ticket(edition):
    return make_registration(make_category(edition), family_name="Médina")


@pytest.fixture
def nadia():
    return make_user(name="Nadia")


def scan(ticket, by, **options):
    options = {"edition": ticket.edition, "code": ticket.code, "nonce": uuid.uuid4()} | options
    return scans.check_in(by=by, **options)


def put(registration, state, **fields):
    """Write a state to the database, without the rules of `places.py`."""
    needed = {"queue_number": 1, "offer_expires_at": timezone.now() + DAY}
    Registration.objects.filter(pk=registration.pk).update(state=state, **needed, **fields)
    return refreshed(registration)


# Codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("7K4Q2M9XTB", "7K4Q2M9XTB"),
        ("7k4q-2m9x-tb", "7K4Q2M9XTB"),
        (" 7K4Q 2M9X TB\n", "7K4Q2M9XTB"),
        ("https://symposium.example.org/fr/my/7K4Q2M9XTB/", "7K4Q2M9XTB"),
        ("7K4Q2M9XT", ""),
        ("7K4Q2M9XTBB", ""),
        ("0K4Q2M9XTB", ""),
        ("Salma Médina", ""),
        ("", ""),
    ],
)
def test_code_is_read_as_scanned_or_typed(text, code):
    assert scans.read_code(text) == code


def test_ten_letter_name_is_a_code_only_if_a_ticket_has_it(ticket):
    Registration.objects.filter(pk=ticket.pk).update(code="BENHAMMADE")
    assert scans.is_code("BenHammade")
    assert not scans.is_code("Benhammada")
    assert scans.is_code("7K4Q-2M9X-TB")


# Accepted and refused tickets


def test_confirmed_ticket_is_checked_in_once_a_day(ticket, nadia):
    first = scan(ticket, nadia)
    assert (first.outcome, first.registration, first.check_in.by) == (Outcome.IN, ticket, nadia)
    assert first.check_in.day == ticket.edition.starts_on
    second = scan(ticket, make_user())
    assert (second.outcome, second.check_in) == (Outcome.ALREADY, first.check_in)
    assert CheckIn.objects.count() == 1


@pytest.mark.parametrize(
    "state", [state for state in State if state != State.CONFIRMED], ids=lambda state: state.value
)
def test_ticket_in_any_other_state_is_refused_with_its_reason(ticket, nadia, state):
    result = scan(put(ticket, state), nadia)
    assert (result.outcome, result.reason, result.registration) == (
        Outcome.REFUSED, Reason(state.value), ticket,
    )  # fmt: skip
    assert result.sentence == str(Reason(state.value).label)
    assert CheckIn.objects.count() == 0


def test_ticket_of_another_edition_is_refused_naming_the_edition(ticket, nadia):
    other = make_edition("2023", name_fr="Symposium 2023")
    with translation.override("en"):
        result = scan(ticket, nadia, edition=other)
        assert result.reason == Reason.OTHER_EDITION
        assert result.sentence == "This ticket is for another edition: Symposium 2021 2021."


def test_unknown_code_is_refused(edition, nadia):
    result = scans.check_in(edition=edition, code="hello", by=nadia, nonce=uuid.uuid4())
    assert (result.outcome, result.reason, result.registration) == (
        Outcome.REFUSED, Reason.UNKNOWN, None,
    )  # fmt: skip


def test_online_ticket_is_refused_at_check_in(edition, nadia):
    online = make_registration(make_category(edition, on_site=False, online_access=True))
    assert scan(online, nadia).reason == Reason.ONLINE_ONLY


# Sessions


def test_session_with_limited_places_checks_in_confirmed_bookings_only(ticket, nadia):
    workshop = make_workshop(ticket.edition)
    refused = scan(ticket, nadia, session=workshop)
    assert (refused.reason, refused.registration) == (Reason.NOT_BOOKED, ticket)
    booking = Booking.objects.create(
        edition=ticket.edition, registration=ticket, session=workshop, state=State.CONFIRMED
    )
    result = scan(ticket, nadia, session=workshop)
    assert (result.outcome, result.bookings) == (Outcome.IN, [booking])
    assert scan(ticket, nadia, session=workshop).outcome == Outcome.ALREADY
    assert scan(ticket, nadia).outcome == Outcome.IN


def test_session_with_unlimited_places_checks_in_every_ticket(ticket, nadia):
    session = make_session(ticket.edition)
    result = scan(ticket, nadia, session=session)
    assert (result.outcome, result.check_in.session, result.bookings) == (Outcome.IN, session, [])


# Days and time zones


def moved(edition, first, last, **fields):
    type(edition).objects.filter(pk=edition.pk).update(starts_on=first, ends_on=last, **fields)


@pytest.mark.parametrize(
    ("days", "reason", "sentence"),
    [
        (1, Reason.NOT_TODAY, "The symposium opens on {0.day} {0:%B} {0.year}."),
        (-1, Reason.OVER, "The symposium ended on {0.day} {0:%B} {0.year}."),
    ],
)
def test_check_in_outside_the_edition_days_is_refused(ticket, nadia, days, reason, sentence):
    day = timezone.now().date() + days * DAY
    moved(ticket.edition, day, day)
    result = scan(ticket, nadia, edition=refreshed(ticket.edition))
    with translation.override("en"):
        assert (result.outcome, result.reason, result.sentence) == (
            Outcome.OTHER_DAY, reason, sentence.format(day),
        )  # fmt: skip
    assert CheckIn.objects.count() == 0


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "Essai : cette entrée compte pour le 9 juin 2021."),
        ("en", "A trial: this entry counts for 9 June 2021."),
        ("ar", "تجربة: يُحتسب هذا الدخول ليوم 9 يونيو 2021."),
    ],
)
def test_demonstration_check_in_works_on_any_day_and_states_the_counted_day(
    ticket, nadia, language, sentence
):
    first = datetime.date(2021, 6, 9)
    moved(ticket.edition, first, first + DAY, is_demonstration=True)
    edition, nonce = refreshed(ticket.edition), uuid.uuid4()
    result = scan(ticket, nadia, edition=edition, nonce=nonce)
    assert (result.outcome, result.check_in.day) == (Outcome.OTHER_DAY, first)
    assert timezone.now() - result.check_in.scanned_at < datetime.timedelta(minutes=1)
    assert scan(ticket, nadia, edition=edition, nonce=nonce).outcome == Outcome.OTHER_DAY
    with translation.override(language):
        assert result.sentence.replace("\xa0", " ") == sentence


def test_check_in_at_a_session_of_another_day_is_refused_with_its_day(ticket, nadia):
    tomorrow = make_session(ticket.edition, day=2)
    result = scan(ticket, nadia, session=tomorrow)
    assert (result.outcome, result.reason) == (Outcome.OTHER_DAY, Reason.SESSION_OTHER_DAY)
    assert result.day == timezone.now().date() + DAY
    type(tomorrow).objects.update(starts_at=None, ends_at=None)
    assert scan(ticket, nadia, session=refreshed(tomorrow)).outcome == Outcome.IN


@pytest.mark.parametrize("is_today", [True, False])
def test_check_in_lists_bookings_of_its_day(nadia, is_today):
    first = timezone.now().date() if is_today else datetime.date(2021, 6, 9)
    edition = make_edition(
        starts_on=first, ends_on=first + DAY, time_zone="UTC", is_demonstration=True,
        registration_opens_at=timezone.now() - DAY, registration_closes_at=timezone.now() + DAY,
        registration_after_end=True,
    )  # fmt: skip
    ticket = make_registration(make_category(edition))
    sessions = [make_workshop(edition, day=day) for day in (1, 2)]
    for session in sessions:
        ticket.bookings.create(edition=edition, session=session, state=State.CONFIRMED)
    result = scan(ticket, nadia)
    assert [booking.session for booking in result.bookings] == sessions[:1]
    assert result.is_of_today is is_today


# Search by name


def test_person_found_by_name_is_checked_in_by_a_token_of_the_edition(ticket, nadia):
    edition = ticket.edition
    person = scans.read_token(edition, scans.token_of(ticket))
    result = scans.check_in(edition=edition, person=person, by=nadia, nonce=uuid.uuid4())
    assert (result.outcome, result.registration) == (Outcome.IN, ticket)
    with pytest.raises(signing.BadSignature):
        scans.read_token(make_edition("2023"), scans.token_of(ticket))


def test_person_token_expires(ticket, monkeypatch):
    token = scans.token_of(ticket)
    later = time.time() + scans.TOKEN_MAX_AGE.total_seconds()
    monkeypatch.setattr(signing.time, "time", lambda: later - 60)
    assert scans.read_token(ticket.edition, token) == ticket.pk
    monkeypatch.setattr(signing.time, "time", lambda: later + 60)
    with pytest.raises(signing.SignatureExpired):
        scans.read_token(ticket.edition, token)


def test_stored_scan_counts_for_its_scan_time(ticket, nadia):
    moved(ticket.edition, timezone.now().date() - DAY, timezone.now().date())
    edition, yesterday = refreshed(ticket.edition), timezone.now() - DAY
    result = scan(ticket, nadia, edition=edition, scanned_at=yesterday)
    assert (result.check_in.scanned_at, result.check_in.day) == (yesterday, yesterday.date())
    assert scan(ticket, nadia, edition=edition).outcome == Outcome.IN


@pytest.mark.parametrize("wrong", [datetime.timedelta(minutes=3), -400 * DAY])
def test_implausible_scan_time_is_replaced_by_server_time(ticket, nadia, wrong):
    result = scan(ticket, nadia, scanned_at=timezone.now() + wrong)
    assert abs(timezone.now() - result.check_in.scanned_at) < datetime.timedelta(minutes=1)


def test_check_in_day_uses_the_edition_time_zone(edition):
    type(edition).objects.filter(pk=edition.pk).update(
        starts_on="2021-06-09", ends_on="2021-06-10", time_zone="Pacific/Auckland"
    )
    late = datetime.datetime(2021, 6, 8, 13, tzinfo=datetime.UTC)
    assert scans.counted_day(refreshed(edition), late) == datetime.date(2021, 6, 9)
    assert scans.counted_day(edition, late - datetime.timedelta(hours=2)) is None


# Resent and undone check-ins


def test_resent_scan_gets_the_same_result(ticket, nadia):
    nonce = uuid.uuid4()
    first = scan(ticket, nadia, nonce=nonce)
    assert scan(ticket, nadia, nonce=nonce) == first
    assert CheckIn.objects.count() == 1


def test_reused_scan_number_is_refused(ticket, nadia):
    nonce = uuid.uuid4()
    scan(ticket, nadia, nonce=nonce)
    other = make_registration(ticket.category)
    with pytest.raises(scans.NonceUsed):
        scan(other, nadia, nonce=nonce)
    with pytest.raises(scans.NonceUsed):
        scan(ticket, nadia, nonce=nonce, session=make_session(ticket.edition))


def test_undone_check_in_is_preserved_and_ticket_can_check_in_again(ticket, nadia):
    nonce, omar = uuid.uuid4(), make_user()
    scan(ticket, nadia, nonce=nonce)
    undone = scans.undo(nonce=nonce, by=omar)
    assert undone.undone_by == omar
    assert scans.undo(nonce=nonce, by=nadia).undone_at == undone.undone_at
    assert refreshed(undone).undone_by == omar
    assert scan(ticket, nadia).outcome == Outcome.IN
    assert CheckIn.objects.count() == 2


def test_resent_scan_of_an_undone_check_in_reports_it_undone(ticket, nadia):
    nonce = uuid.uuid4()
    scan(ticket, nadia, nonce=nonce)
    undone = scans.undo(nonce=nonce, by=nadia)
    again = scan(ticket, nadia, nonce=nonce)
    assert (again.outcome, again.reason, again.check_in) == (
        Outcome.UNDONE, Reason.UNDONE, undone,
    )  # fmt: skip
    with translation.override("en"):
        assert again.sentence == (
            "This check-in was undone. Scan the ticket again to check them in."
        )
    assert CheckIn.objects.active().count() == 0


def test_undoing_an_unknown_check_in_is_refused(nadia):
    with pytest.raises(CheckIn.DoesNotExist):
        scans.undo(nonce=uuid.uuid4(), by=nadia)


# Counts and found people


def test_counts_give_checked_in_and_expected_by_category(ticket, nadia, django_assert_num_queries):
    edition, first = ticket.edition, ticket.category
    student = make_category(edition, order=1)
    make_category(edition, on_site=False, online_access=True)
    make_registration(student)
    put(make_registration(student), State.WAITING)
    workshop = make_workshop(edition)
    Booking.objects.create(
        edition=edition, registration=ticket, session=workshop, state=State.CONFIRMED
    )
    scan(ticket, nadia)
    day = edition.starts_on
    with django_assert_num_queries(3):
        counts = scans.counts(edition, day)
    assert counts.rows == [Count(first, 1, 1), Count(student, 0, 1)]
    assert (counts.entered, counts.expected) == (1, 2)
    assert scans.counts(edition, day + DAY).rows == [Count(first, 0, 1), Count(student, 0, 1)]
    at_workshop = scans.counts(edition, day, workshop)
    assert at_workshop.rows == [Count(first, 0, 1), Count(student, 0, 0)]


@pytest.mark.parametrize(
    "words",
    ["médina", "MEDINA sal", "salma", "أحمد", "احمد", "فاطمه", "فاطِمَة", "7K4Q-2M9X-TB"],
)
def test_people_are_found_by_name_in_either_script(edition, words):
    names = {"given_name": "Salma", "family_name": "Médina"}
    arabic = {"given_name_ar": "فاطمة", "family_name_ar": "أحمد"}
    found = make_registration(make_category(edition), **names, **arabic)
    Registration.objects.filter(pk=found.pk).update(code="7K4Q2M9XTB")
    make_registration(found.category, given_name="Omar", family_name="Rivage_100%")
    make_registration(make_category(), **names, **arabic)
    assert list(scans.search(edition, words, edition.starts_on)) == [found]


@pytest.mark.parametrize("words", ["o", "O", "Õ", "salma o"])
def test_family_name_of_one_letter_is_found(edition, words):
    found = make_registration(make_category(edition), given_name="Salma", family_name="O")
    make_registration(found.category, given_name="Nora", family_name="Omar")
    assert list(scans.search(edition, words, edition.starts_on)) == [found]


@pytest.mark.parametrize("words", ["%", "_", "\\", "Salma Rivage"])
def test_search_wildcards_match_no_person(ticket, words):
    assert list(scans.search(ticket.edition, words, ticket.edition.starts_on)) == []


def test_found_person_has_the_active_check_in_of_the_day(ticket, nadia):
    day = ticket.edition.starts_on
    entry = scan(ticket, nadia).check_in
    [found] = scans.search(ticket.edition, "médina", day)
    assert found.active_check_ins == [entry]
    [found] = scans.search(ticket.edition, "médina", day + DAY)
    assert found.active_check_ins == []


# Two devices that scan one ticket at once


def at_once(*works) -> list:
    """Run each function in its own thread and connection; return their results.

    If a constraint refuses a function, its result is the name of the constraint.
    """
    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(20) for future in [pool.submit(alone, work) for work in works]]


def alone(work):
    try:
        return work()
    except IntegrityError as error:
        return error.__cause__.diag.constraint_name
    finally:
        connection.close()


def unlocked(ticket, by, looked: Barrier) -> Outcome:
    """Do what `check_in` does, without its lock: both threads read before either writes."""
    with transaction.atomic():
        day = ticket.edition.starts_on
        standing = scans.entries_at(ticket.check_ins, day, None).first()
        looked.wait(10)
        if standing:
            return Outcome.ALREADY
        CheckIn.objects.create(
            edition=ticket.edition, registration=ticket, by=by, day=day, scanned_at=timezone.now()
        )
    return Outcome.IN


@contextmanager
def without(index: str):
    """Drop a unique index; after the block, delete all check-ins and restore it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index])
        [definition] = cursor.fetchone()
        cursor.execute(f"DROP INDEX {index}")
        try:
            yield
        finally:
            CheckIn.objects.all().delete()
            cursor.execute(definition)


@pytest.mark.django_db(transaction=True)
def test_concurrent_scans_of_a_ticket_check_in_once(ticket, nadia):
    omar = make_user()
    for _ in range(10):
        CheckIn.objects.all().delete()
        both = at_once(lambda: scan(ticket, nadia), lambda: scan(ticket, omar))
        assert sorted(result.outcome for result in both) == [Outcome.ALREADY, Outcome.IN]
        assert both[0].check_in == both[1].check_in == CheckIn.objects.get()


@pytest.mark.django_db(transaction=True)
def test_scan_waits_for_a_concurrent_check_in(ticket, nadia):
    omar = make_user()
    with somebody_else(lambda: scan(ticket, omar)):
        result = scan(ticket, nadia)
    assert (result.outcome, result.check_in.by) == (Outcome.ALREADY, omar)


@pytest.mark.django_db(transaction=True)
def test_concurrently_resent_scan_makes_one_check_in(ticket, nadia):
    for _ in range(10):
        CheckIn.objects.all().delete()
        work = partial(scan, ticket, nadia, nonce=uuid.uuid4())
        assert [result.outcome for result in at_once(work, work)] == [Outcome.IN, Outcome.IN]
        assert CheckIn.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_scan_breaks_the_constraint_without_the_lock(ticket, nadia):
    work = partial(unlocked, ticket, nadia, Barrier(2))
    assert sorted(at_once(work, work)) == ["check_ins_once_a_day", "in"]
    assert CheckIn.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_scans_check_in_twice_without_lock_and_constraint(ticket, nadia):
    work = partial(unlocked, ticket, nadia, Barrier(2))
    with without("check_ins_once_a_day"):
        assert at_once(work, work) == [Outcome.IN, Outcome.IN]
        assert CheckIn.objects.count() == 2
