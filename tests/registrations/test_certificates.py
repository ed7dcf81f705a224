"""Certificates of attendance: recipients, hours and verification."""

import datetime
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.urls import resolve
from django.utils import timezone, translation

from symposium.editions.models import Edition, Partner
from symposium.registrations import places
from symposium.registrations.documents import certificates
from symposium.registrations.models import Certificate, CheckIn, Registration
from symposium.sessions.models import Session
from tests.factories import (
    instant,
    make_organiser,
    make_partner,
    make_registration,
    make_session,
    make_workshop,
    open_edition,
    refreshed,
)
from tests.helpers import pdf_files
from tests.helpers.check_ins import make_attendee, make_check_in, past_edition

pytestmark = pytest.mark.django_db
ONE, TWO = datetime.date(2021, 6, 9), datetime.date(2021, 6, 10)
NOON = datetime.datetime(2021, 6, 9, 12, tzinfo=datetime.UTC)


@pytest.fixture
def edition():
    """Two days: 9:00 to 10:30 in two rooms, a break, 11:00 to 12:00; then 9:00 to 10:00."""
    edition = past_edition(name_fr="Villes", name_en="Cities", venue_fr="Campus Atlas")
    make_session(edition, at="09:00", lasting=60)
    make_session(edition, at="09:30", lasting=60)
    make_session(edition, at="10:30", lasting=30, kind=Session.Kind.BREAK)
    make_session(edition, at="11:00", lasting=60)
    make_session(edition, at="15:00", lasting=60, status=Session.Status.CANCELLED)
    make_session(edition, at="16:00", lasting=60, status=Session.Status.DRAFT)
    make_session(edition, at="09:00", lasting=60, day=2)
    return edition


@pytest.fixture
def registration(edition):
    return make_attendee(edition, given_name="Salma", family_name="Médina")


def periods(*spans) -> list:
    """Return periods of one day, given as pairs of hours like (9, 10.5)."""
    return [
        (NOON + datetime.timedelta(hours=start - 12), NOON + datetime.timedelta(hours=end - 12))
        for start, end in spans
    ]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], 0),
        ([(9, 10)], 60),
        ([(9, 10), (10, 11)], 120),
        ([(9, 10), (9, 10)], 60),
        ([(9.5, 11), (9, 10)], 120),
        ([(9, 12), (10, 11)], 180),
        ([(9, 10), (14, 15.5)], 150),
    ],
)
def test_overlapping_time_is_counted_once(spans, expected):
    assert certificates.total_minutes(periods(*spans)) == expected


def certified(registration) -> tuple:
    certificate = certificates.issue(registration)
    return certificate.days, certificate.minutes


def test_entrance_check_in_counts_the_sessions_of_its_day(registration):
    make_check_in(registration)
    assert certified(registration) == ([ONE], 150)


def test_each_checked_in_day_is_counted(registration):
    make_check_in(registration, day=2)
    make_check_in(registration, day=1)
    assert certified(registration) == ([ONE, TWO], 210)


def test_session_check_in_counts_that_session(registration, edition):
    make_check_in(registration, session=edition.sessions.get(starts_at=instant(edition, "11:00")))
    make_check_in(registration, day=2)
    assert certified(registration) == ([ONE, TWO], 120)


def test_session_within_a_checked_in_day_is_counted_once(registration, edition):
    make_check_in(registration)
    make_check_in(registration, session=edition.sessions.get(starts_at=instant(edition, "11:00")))
    assert certified(registration) == ([ONE], 150)


def test_night_session_counts_for_its_start_day():
    """The day is in the edition's time zone: 20:00 in Newfoundland is the next day in Greenwich."""
    edition = past_edition(time_zone="America/St_Johns")
    make_session(edition, at="20:00", lasting=60)
    registration = make_attendee(edition)
    make_check_in(registration)
    assert certified(registration) == ([ONE], 60)


def refusal(registration, at=None) -> str:
    with pytest.raises(ValidationError) as refused:
        certificates.issue(registration, at)
    assert not Certificate.objects.exists()
    return refused.value.code


def test_certificate_without_check_in_is_refused(registration):
    make_check_in(registration, undone=True)
    assert refusal(registration) == "not_attended"


def test_certificate_of_a_cancelled_registration_is_refused(registration):
    make_check_in(registration)
    places.cancel(registration)
    assert refusal(registration) == "not_attended"


def test_certificate_before_the_edition_ends_is_refused(registration, edition):
    make_check_in(registration)
    midnight = instant(edition, "00:00", day=3)
    assert refusal(registration, midnight - datetime.timedelta(seconds=1)) == "not_over"
    assert certificates.issue(registration, midnight).issued_at == midnight


def test_corrected_name_preserves_the_certificate_token(registration):
    make_check_in(registration)
    first = certificates.issue(registration)
    Registration.objects.filter(pk=registration.pk).update(family_name="Madani", given_name_ar="س")
    second = certificates.issue(registration)
    assert (second.token, second.name, second.name_ar) == (first.token, "Salma Madani", "س")
    assert second.issued_at > first.issued_at
    assert Certificate.objects.count() == 1


def test_reissued_certificate_without_change_is_identical(registration):
    make_check_in(registration)
    first = certificates.issue(registration)
    assert certificates.issue(registration).issued_at == first.issued_at


def test_undone_check_in_updates_the_certificate(registration):
    make_check_in(registration)
    make_check_in(registration, day=2)
    certificates.issue(registration)
    CheckIn.objects.filter(day=TWO).update(undone_at=NOON)
    assert certified(registration) == ([ONE], 150)


def test_issue_due_certifies_each_attendee_once(registration, edition):
    came = make_attendee(category=registration.category)
    make_check_in(came)
    assert [certificates.issue_due(edition), certificates.issue_due(edition)] == [1, 0]
    assert [found.registration for found in Certificate.objects.all()] == [came]
    assert certificates.issue_due(open_edition()) == 0


@pytest.mark.parametrize("name", ["family_name", "given_name", "given_name_ar"])
def test_issue_due_updates_a_corrected_name(registration, edition, name):
    make_check_in(registration)
    certificates.issue_due(edition)
    corrected = "" if name == "given_name" else "Nour"
    Registration.objects.filter(pk=registration.pk).update(**{name: corrected})
    assert [certificates.issue_due(edition), certificates.issue_due(edition)] == [1, 0]
    made = Certificate.objects.get()
    person = refreshed(registration)
    assert (made.name, made.name_ar) == (person.name, person.name_ar)


@pytest.mark.parametrize("late", ["scan", "undo"])
def test_issue_due_updates_after_late_or_undone_check_ins(registration, edition, late):
    """A device is online again after the mails; a check-in is undone."""
    make_check_in(registration)
    if late == "undo":
        make_check_in(registration, day=2)
    certificates.issue_due(edition)
    if late == "undo":
        CheckIn.objects.filter(day=TWO).update(undone_at=timezone.now())
    else:
        make_check_in(registration, day=2)
    assert [certificates.issue_due(edition), certificates.issue_due(edition)] == [1, 0]
    made = Certificate.objects.get()
    assert (made.days, made.minutes) == {"scan": ([ONE, TWO], 210), "undo": ([ONE], 150)}[late]


def test_redundant_check_in_is_processed_once(registration, edition):
    make_check_in(registration)
    certificates.issue_due(edition)
    session = edition.sessions.get(starts_at=instant(edition, "11:00"))
    make_check_in(registration, session=session)
    assert [certificates.issue_due(edition), certificates.issue_due(edition)] == [1, 0]
    assert Certificate.objects.get().minutes == 150


def issued(registration) -> Certificate:
    make_check_in(registration)
    return certificates.issue(registration)


def test_valid_certificates_include_an_unchanged_one(registration):
    made = issued(registration)
    assert list(Certificate.objects.valid()) == [made]


@pytest.mark.parametrize("event", ["cancelled", "all undone", "not published", "erased"])
def test_valid_certificates_exclude_revoked_ones(registration, edition, event):
    issued(registration)
    match event:
        case "cancelled":
            places.cancel(registration, by=make_organiser(), reason="Erreur")
        case "all undone":
            CheckIn.objects.update(undone_at=NOON)
        case "not published":
            Edition.objects.update(is_published=False)
        case "erased":
            Registration.objects.update(anonymised_at=NOON)
    assert list(Certificate.objects.valid()) == []


@pytest.mark.parametrize("demonstration", [False, True])
def test_certificate_of_a_demonstration_is_a_specimen(demonstration):
    made = issued(make_attendee(past_edition(is_demonstration=demonstration)))
    assert made.is_specimen is demonstration
    assert list(Certificate.objects.valid()) == [made]


def test_registration_names_are_frozen_once_the_edition_is_over(registration):
    assert certificates.names_are_frozen(registration)
    coming = make_registration()
    assert not certificates.names_are_frozen(coming)
    tried = make_attendee(past_edition(slug="demo", is_demonstration=True))
    assert not certificates.names_are_frozen(tried)


# The PDF


def test_certificate_states_name_place_and_dates(registration, edition):
    make_partner(edition, name_fr="Université fictive", kind=Partner.Kind.ORGANISER)
    make_check_in(registration)
    made = certificates.issue(registration, instant(edition, "23:30", day=3))
    data = certificates.certificate_data(made, "en")
    url = f"http://testserver/en/verify/{made.token}/"
    names = ["name", "hours", "days", "verify_url", "issued", "created"]
    assert [data[name] for name in names] == [
        "Salma Médina", "2 h 30", ["9 June 2021"], url, "11 June 2021", made.issued_at,
    ]  # fmt: skip
    words = data["words"]
    assert [words[name] for name in ("before", "after", "organiser")] == [
        "The organisers certify that",
        "has attended Cities (Campus Atlas, Casablanca, 9 and 10 June 2021).",
        "For the organisers: Université fictive",
    ]
    with translation.override("en"):
        assert resolve(urlsplit(url).path).view_name == "registrations:verify"


@pytest.mark.parametrize(
    ("minutes", "shown"), [(0, ""), (60, "1 h"), (65, "1 h 05"), (825, "13 h 45")]
)
def test_duration_is_shown_in_hours(registration, minutes, shown):
    with translation.override("en"):
        assert certificates.duration_text(minutes) == shown


@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_qr_code_links_to_the_verification_page(registration, language):
    make_check_in(registration)
    made = certificates.issue(registration)
    file = certificates.certificate_pdf(made, language)
    assert str(pdf_files.opened(file).Root.Lang) == language
    [picture] = pdf_files.pictures(file)
    assert pdf_files.scanned(picture) == [f"http://testserver/{language}/verify/{made.token}/"]


def test_certificate_without_sessions_states_no_hours():
    edition = past_edition()
    registration = make_attendee(edition)
    make_check_in(registration)
    made = certificates.issue(registration)
    assert (made.minutes, len(pdf_files.texts(certificates.certificate_pdf(made, "fr")))) == (0, 1)


def test_booking_without_check_in_is_not_attendance(edition):
    registration = make_attendee(edition)
    registration.bookings.create(
        edition=edition, session=make_workshop(edition, day=2, at="14:00"), state="confirmed"
    )
    assert refusal(refreshed(registration)) == "not_attended"


def test_demonstration_certificate_is_marked_invalid_and_names_no_organiser():
    edition = past_edition(is_demonstration=True)
    attendee = make_attendee(edition)
    make_check_in(attendee)
    words = certificates.certificate_data(certificates.issue(attendee), "en")["words"]
    assert words["kicker"] == "Demonstration: not a valid certificate"
    assert words["organiser"] == ""
