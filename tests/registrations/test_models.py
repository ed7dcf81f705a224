"""Constraints of registrations in PostgreSQL, and the errors that forms show before them."""

import datetime

import pytest
from django.db.models import RestrictedError
from django.utils import timezone

from symposium.registrations.models import (
    Answer,
    Booking,
    Category,
    Certificate,
    CheckIn,
    Invitation,
    Message,
    Option,
    Question,
    Registration,
    Reminder,
)
from symposium.registrations.models.registrations import ACTIVE_STATES, State
from tests.factories import (
    build_registration,
    make_booking,
    make_category,
    make_invitation,
    make_question,
    make_registration,
    make_session,
    make_user,
    make_workshop,
    open_edition,
    refreshed,
)
from tests.helpers.database_errors import commit, faults, refused_by

pytestmark = pytest.mark.django_db

ENDED = [state for state in State if state not in ACTIVE_STATES]
DAY = datetime.date(2021, 6, 9)


@pytest.fixture
def edition():
    return open_edition()


@pytest.fixture
def category(edition):
    return make_category(edition, name_fr="Sur place")


@pytest.fixture
def registration(category):
    return make_registration(category)


@pytest.fixture
def elsewhere():
    """A category of another edition."""
    return make_category(open_edition())


# Categories


def test_category_without_name_is_refused():
    with refused_by("categories_named"):
        make_category(name_fr="")
    assert make_category(name_fr="", name_ar="حضوريا").name_ar == "حضوريا"


def test_category_must_be_on_site_or_online(category):
    with refused_by("categories_on_site_or_online"):
        Category.objects.update(on_site=False, online_access=False)
    category.on_site = False
    assert faults(category) == {"__all__": ["Tick “on site”, “online access”, or both."]}


def test_category_closing_before_it_opens_is_refused(category):
    noon = timezone.now()
    with refused_by("categories_close_after_they_open"):
        Category.objects.update(opens_at=noon, closes_at=noon)
    category.opens_at = category.closes_at = noon
    assert faults(category) == {"__all__": ["The category must close after it opens."]}


@pytest.mark.parametrize("times", [{}, {"opens_at": 1}, {"closes_at": -1}, {"closes_at": 1}])
def test_category_may_have_only_an_opening_or_closing_time(category, times):
    for field, hours in times.items():
        setattr(category, field, timezone.now() + datetime.timedelta(hours=hours))
    category.save()
    assert faults(category) == {}


def test_category_with_registrations_cannot_be_deleted(registration):
    with pytest.raises(RestrictedError):
        registration.category.delete()


def test_duplicate_invitation_in_a_category_is_refused(category):
    make_invitation(category, email="guest@example.org")
    with refused_by("invitations_once_per_category"):
        make_invitation(category, email="guest@example.org")
    again = Invitation(category=category, email="Guest@Example.org")
    assert faults(again) == {"__all__": ["This address is already invited in this category."]}


def test_invitation_email_must_be_lower_case(category):
    with refused_by("invitations_email_in_lower_case"):
        make_invitation(category, email="Guest@example.org")


# Registrations


def test_second_live_registration_is_refused(registration):
    with refused_by("registrations_one_live_per_person"):
        build_registration(registration.category, user=registration.user, state="pending").save()


@pytest.mark.parametrize("state", ENDED)
def test_person_may_register_again_after_an_ended_registration(registration, state):
    Registration.objects.update(state=state)
    build_registration(registration.category, user=registration.user, state="pending").save()
    assert registration.user.registrations.count() == 2


@pytest.mark.parametrize("state", [state for state in ACTIVE_STATES if state != "confirmed"])
def test_second_registration_is_refused_in_each_live_state(registration, state):
    Registration.objects.update(
        state=state, queue_number=1, offer_expires_at=timezone.now()
    )  # fmt: skip
    with refused_by("registrations_one_live_per_person"):
        build_registration(registration.category, user=registration.user, state=state,
                           queue_number=2, offer_expires_at=timezone.now()).save()  # fmt: skip


def test_person_may_register_in_each_edition(registration, elsewhere):
    assert make_registration(elsewhere, user=registration.user).is_confirmed


def test_live_registration_requires_an_account(registration):
    with refused_by("registrations_live_has_account"):
        Registration.objects.update(user=None)
    Registration.objects.update(state="cancelled", user=None)


def test_registration_requires_a_family_name_unless_erased(registration):
    with refused_by("registrations_named"):
        Registration.objects.update(family_name="")
    Registration.objects.update(family_name="", given_name="", anonymised_at=timezone.now())
    assert refreshed(registration).name == ""


def test_registration_without_given_name_is_accepted(category):
    assert make_registration(category, given_name="", family_name="Suharto").name == "Suharto"


@pytest.mark.parametrize("model", [Registration, Booking])
def test_unknown_state_is_refused(model, registration):
    make_booking(registration)
    with refused_by(f"{model._meta.model_name}s_known_state"):
        model.objects.update(state="present")


@pytest.mark.parametrize("model", [Registration, Booking])
def test_waiting_state_requires_a_queue_number(model, registration):
    make_booking(registration)
    with refused_by(f"{model._meta.model_name}s_waiting_in_turn"):
        model.objects.update(state="waiting", queue_number=None)


@pytest.mark.parametrize("model", [Registration, Booking])
def test_offer_requires_an_expiry_time(model, registration):
    make_booking(registration)
    with refused_by(f"{model._meta.model_name}s_offered_until"):
        model.objects.update(state="offered", offer_expires_at=None)


def test_registration_code_is_unique(registration):
    with refused_by("symposium_registrations_registration_code_key"):
        build_registration(code=registration.code, state="pending").save()


def test_registration_code_has_ten_unambiguous_characters(registration):
    assert len(registration.code) == 10
    assert not set(registration.code) & set("01OIL")
    registration.code = "7K4Q2M9XTB"
    assert registration.code_in_groups == "7K4Q-2M9X-TB"


def test_account_with_a_registration_cannot_be_deleted(registration):
    with pytest.raises(RestrictedError):
        registration.user.delete()


def test_category_of_another_edition_has_a_field_error(registration, elsewhere):
    registration.category = elsewhere
    assert faults(registration) == {"category": ["Choose an item from this edition."]}


# Bookings


def test_second_live_booking_of_a_session_is_refused(registration):
    booking = make_booking(registration)
    with refused_by("bookings_one_live_per_session"):
        Booking.objects.create(
            edition=booking.edition, registration=registration, session=booking.session,
            state="pending",
        )  # fmt: skip


def test_session_may_be_booked_again_after_release(registration):
    booking = make_booking(registration)
    Booking.objects.update(state="cancelled")
    again = make_booking(registration, booking.session)
    assert (again.pk != booking.pk, again.state) == (True, "confirmed")


def test_session_with_bookings_cannot_be_deleted(registration):
    booking = make_booking(registration)
    with pytest.raises(RestrictedError):
        booking.session.delete()


# One edition for related objects


def test_registration_and_category_must_share_an_edition(registration, elsewhere):
    with refused_by("registration_category_same_edition"):
        Registration.objects.update(category=elsewhere)


def test_category_with_registrations_cannot_change_edition(registration, elsewhere):
    with refused_by("registration_category_same_edition"):
        Category.objects.filter(pk=registration.category_id).update(edition=elsewhere.edition)


def test_booking_and_registration_must_share_an_edition(registration, elsewhere):
    make_booking(registration)
    with refused_by("booking_registration_same_edition"):
        Booking.objects.update(registration=make_registration(elsewhere))


def test_booking_and_session_must_share_an_edition(registration, elsewhere):
    make_booking(registration)
    with refused_by("booking_session_same_edition"):
        Booking.objects.update(session=make_workshop(elsewhere.edition))


def test_check_in_and_registration_must_share_an_edition(registration, elsewhere):
    with refused_by("checkin_registration_same_edition"):
        enter(registration, edition=elsewhere.edition)


def test_check_in_and_session_must_share_an_edition(registration, elsewhere):
    with refused_by("checkin_session_same_edition"):
        enter(registration, session=make_session(elsewhere.edition))


# Questions and answers


def test_question_without_label_is_refused(edition):
    with refused_by("questions_worded"):
        make_question(edition, label_fr="")


def test_option_without_label_is_refused(edition):
    with refused_by("options_worded"):
        make_question(edition, options=("Bus", ""))


def test_question_applies_to_all_or_chosen_categories(edition, category):
    everybody, some, others = (make_question(edition, order=number) for number in range(3))
    some.categories.add(category, make_category(edition))
    others.categories.add(make_category(edition))
    assert list(edition.questions.for_category(category)) == [everybody, some]


@pytest.fixture
def question(edition):
    return make_question(edition, kind=Question.Kind.CHOICES, options=("Bus", "Train"))


def answer(registration, question, **fields):
    return Answer.objects.create(registration=registration, question=question, **fields)


def test_second_text_answer_is_refused(registration, question):
    answer(registration, question, text="À pied")
    with refused_by("answers_one_text_per_question"):
        answer(registration, question, text="À vélo")


def test_duplicate_option_answer_is_refused(registration, question):
    bus, train = question.options.all()
    answer(registration, question, option=bus)
    answer(registration, question, option=train)
    with refused_by("answers_option_once"):
        answer(registration, question, option=bus)


def test_answer_must_be_either_text_or_option(registration, question):
    with refused_by("answers_text_or_option"):
        answer(registration, question)
    with refused_by("answers_text_or_option"):
        answer(registration, question, text="À pied", option=question.options.first())


def test_option_of_another_question_is_refused(registration, question, edition):
    other = make_question(edition)
    with refused_by("answer_option_own_question"):
        answer(registration, other, option=question.options.first())


def test_answered_option_cannot_change_question(registration, question, edition):
    answer(registration, question, option=question.options.first())
    with refused_by("answer_option_own_question"):
        Option.objects.update(question=make_question(edition))


def test_answered_question_cannot_be_deleted(registration, question):
    answer(registration, question, option=question.options.first())
    with pytest.raises(RestrictedError):
        question.delete()


# Check-ins, certificates, messages


def enter(registration, **fields):
    fields = {"edition": registration.edition, "day": DAY, "scanned_at": timezone.now()} | fields
    return CheckIn.objects.create(registration=registration, **fields)


def test_second_check_in_of_a_day_is_refused(registration):
    enter(registration)
    enter(registration, day=DAY + datetime.timedelta(days=1))
    with refused_by("check_ins_once_a_day"):
        enter(registration)


def test_second_check_in_of_a_session_is_refused(registration, edition):
    session = make_session(edition)
    enter(registration, session=session)
    enter(registration, session=make_session(edition))
    with refused_by("check_ins_once_per_session"):
        enter(registration, session=session, day=DAY + datetime.timedelta(days=1))


def test_check_in_is_possible_again_once_undone(registration, edition):
    session = make_session(edition)
    for where in (None, session):
        enter(registration, session=where, undone_at=timezone.now())
        enter(registration, session=where, undone_at=timezone.now())
        enter(registration, session=where)
    assert CheckIn.objects.active().count() == 2
    commit()


def test_check_in_number_is_unique(registration):
    first = enter(registration)
    with refused_by("symposium_registrations_checkin_nonce_key"):
        enter(registration, day=DAY + datetime.timedelta(days=1), nonce=first.nonce)


def test_certificate_token_and_registration_are_unique(category):
    one, other = make_registration(category), make_registration(category)
    first = Certificate.objects.create(registration=one, name="Salma", days=[DAY], minutes=60)
    with refused_by("symposium_registrations_certificate_token_key"):
        Certificate.objects.create(
            registration=other, name="Nora", days=[DAY], minutes=60, token=first.token
        )
    with refused_by("symposium_registrations_certificate_registration_id_key"):
        Certificate.objects.create(registration=one, name="Salma", days=[DAY], minutes=60)


def test_message_without_subject_or_body_is_refused(edition):
    with refused_by("messages_written"):
        Message.objects.create(edition=edition, subject_fr="Venir", body_fr="")
    with refused_by("messages_written"):
        Message.objects.create(edition=edition, subject_fr="", body_fr="En tram.")


def test_reminder_kind_is_unique_per_registration(registration):
    Reminder.objects.create(registration=registration, kind="week")
    Reminder.objects.create(registration=registration, kind="day")
    with refused_by("reminders_once"):
        Reminder.objects.create(registration=registration, kind="week")


# Questions answered by querysets


def test_public_participants_are_live_registrations_that_opted_in(category):
    listed = make_registration(category, is_listed=True)
    make_registration(category)
    Registration.objects.filter(pk=make_registration(category, is_listed=True).pk).update(
        state="cancelled"
    )
    assert list(Registration.objects.public_participants()) == [listed]


def test_streams_require_a_confirmed_registration_with_online_access(edition):
    online = make_registration(make_category(edition, online_access=True))
    on_site = make_registration(make_category(edition))
    waiting = make_registration(make_category(edition, online_access=True, places=0))
    may = [edition.registrations.may_watch(r.user) for r in (online, on_site, waiting)]
    assert [*may, edition.registrations.may_watch(make_user())] == [True, False, False, False]


def test_clashes_are_overlapping_pairs_of_held_sessions(registration, edition):
    first, second, third = (
        make_booking(registration, make_workshop(edition, at=at, lasting=60))
        for at in ("09:00", "10:00", "11:00")
    )
    assert registration.clashes() == []
    second.session.starts_at -= datetime.timedelta(minutes=1)
    second.session.save()
    assert registration.clashes() == [(first, second)]
    second.session.status = "cancelled"
    second.session.save()
    assert registration.clashes() == []
