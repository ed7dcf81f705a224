"""Bookings of seats in sessions with limited places."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone, translation

from symposium.registrations import places
from symposium.registrations.forms import RegistrationForm
from symposium.registrations.models import Booking, Registration
from symposium.registrations.models.registrations import State
from symposium.sessions.models import Session
from tests.factories import (
    build_registration,
    make_booking,
    make_category,
    make_registration,
    make_session,
    make_user,
    make_workshop,
    open_edition,
    refreshed,
)

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def edition():
    return open_edition()


@pytest.fixture
def category(edition):
    return make_category(edition)


@pytest.fixture
def workshop(edition):
    return make_workshop(edition, places=1, at="09:00")


@pytest.fixture
def organiser():
    return make_user(name="Nadia")


def people(number, category, **fields):
    return [make_registration(category, **fields) for _ in range(number)]


def seats(session, *registrations):
    """Return the state of the last booking of each registration in `session`."""
    return [registration.bookings.filter(session=session).last().state
            for registration in registrations]  # fmt: skip


def booking(registration, session):
    return registration.bookings.get(session=session)


def recipients():
    found = [message.to[0] for message in mail.outbox]
    mail.outbox.clear()
    return found


# Order


def test_seats_are_given_in_order_of_arrival(category, workshop):
    one, two, three = people(3, category, sessions=[workshop])
    assert seats(workshop, one, two, three) == ["confirmed", "waiting", "waiting"]
    assert [booking(one, workshop).queue_position, booking(two, workshop).queue_position] == [
        None,
        1,
    ]
    assert booking(three, workshop).queue_position == 2
    places.leave(booking(one, workshop))
    assert seats(workshop, one, two, three) == ["cancelled", "confirmed", "waiting"]
    assert booking(three, workshop).queue_position == 1


def test_seat_is_booked_after_registration(category, workshop):
    one, two = people(2, category)
    assert [make_booking(one, workshop).state, make_booking(two, workshop).state] == [
        "confirmed", "waiting",
    ]  # fmt: skip


def test_repeated_booking_returns_the_first(category, workshop):
    person = make_registration(category)
    first = make_booking(person, workshop)
    mail.outbox.clear()
    assert make_booking(person, workshop) == first
    assert (Booking.objects.count(), mail.outbox) == (1, [])


def test_session_selected_twice_in_the_form_is_booked_once(category, workshop):
    person = make_registration(category, sessions=[workshop, workshop])
    assert person.bookings.count() == 1


def test_rebooking_goes_to_the_end_of_the_queue(category, workshop):
    _holder, first, second = people(3, category, sessions=[workshop])
    places.leave(booking(first, workshop))
    again = make_booking(first, workshop)
    assert [booking(second, workshop).queue_position, again.queue_position] == [1, 2]


# Outcome of each verb in each state: `·` changes nothing, `!code` is a refusal.

VERBS = {
    "leave": places.leave,
    "accept": places.accept,
    "decline": places.decline,
    "expire": lambda holder: places.expire(holder, timezone.now() + 2 * HOUR),
}
TRANSITIONS = """
         confirmed  waiting    offered    declined  expired   cancelled
leave    cancelled  cancelled  cancelled  ·         ·         ·
accept   ·          !expired   confirmed  !expired  !expired  !expired
decline  ·          ·          declined   ·         ·         ·
expire   ·          ·          expired    ·         ·         ·
"""
TOLD = {"confirmed", "expired"}
HEADER, *ROWS = [line.split() for line in TRANSITIONS.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=VERBS)
def test_verb_in_each_state(category, workshop, row):
    verb, *outcomes = row
    holder = make_booking(make_registration(category), workshop)
    found = {state: done(verb, put(holder, state)) for state in HEADER}
    assert found == {
        state: (state if outcome == "·" else outcome, int(outcome in TOLD))
        for state, outcome in zip(HEADER, outcomes, strict=True)
    }


def put(holder, state):
    """Write a state to the database, without the rules of `places.py`."""
    Booking.objects.filter(pk=holder.pk).update(
        state=state,
        queue_number=1 if state == State.WAITING else None,
        offer_expires_at=timezone.now() + HOUR if state == State.OFFERED else None,
    )
    return refreshed(holder)


def done(verb, holder):
    """Return the state or the code of the refusal, and the number of mails.

    The verb is applied twice; the second time it must change nothing.
    """
    mail.outbox.clear()
    outcome = attempt(verb, holder)
    told = recipients()
    assert set(told) <= {holder.registration.user.email}
    assert (attempt(verb, holder), recipients()) == (outcome, [])
    return outcome, len(told)


def attempt(verb, holder):
    try:
        VERBS[verb](holder)
    except places.Refused as refused:
        return f"!{refused.code}"
    return refreshed(holder).state


# Effects of changes to the registration


def test_waiting_bookings_are_confirmed_with_the_registration(edition, workshop):
    category = make_category(edition, places=1)
    holder, waiting = people(2, category, sessions=[workshop])
    other = make_workshop(edition, places=1, at="11:00")
    make_booking(waiting, other)
    assert [*seats(workshop, waiting), *seats(other, waiting)] == ["waiting", "waiting"]
    assert (places.occupied_places(workshop), places.occupied_places(other)) == (1, 0)
    mail.outbox.clear()
    places.cancel(holder)
    assert [*seats(workshop, waiting), *seats(other, waiting)] == ["confirmed", "confirmed"]
    assert recipients() == [waiting.user.email, holder.user.email]


def test_pending_bookings_are_confirmed_on_approval(edition, workshop, organiser):
    asked = make_registration(make_category(edition, needs_approval=True), sessions=[workshop])
    assert seats(workshop, asked) == ["waiting"]
    places.approve(asked, by=organiser)
    assert seats(workshop, asked) == ["confirmed"]


@pytest.mark.parametrize("verb", ["promote", "change_category", "set_places"])
def test_waiting_bookings_are_confirmed_however_the_place_is_given(
    edition, workshop, organiser, verb
):
    category = make_category(edition, places=0)
    waiting = make_registration(category, sessions=[workshop])
    mail.outbox.clear()
    if verb == "promote":
        type(category).objects.update(places=1)
        places.promote(waiting, by=organiser)
    elif verb == "change_category":
        places.change_category(waiting, make_category(edition), by=organiser)
    else:
        places.set_places(category, 1)
    assert seats(workshop, waiting) == ["confirmed"]
    assert recipients() == [waiting.user.email]


def test_bookings_preserve_their_order_of_request(edition, organiser):
    """Bookings without a place let others pass, and have their turn again with the place."""
    workshop = make_workshop(edition, places=0)
    asked = make_registration(make_category(edition, needs_approval=True), sessions=[workshop])
    passes = make_registration(make_category(edition), sessions=[workshop])
    assert [booking(asked, workshop).queue_position, booking(passes, workshop).queue_position] == [
        1,
        1,
    ]
    places.approve(asked, by=organiser)
    assert [booking(asked, workshop).queue_position, booking(passes, workshop).queue_position] == [
        1,
        2,
    ]
    places.set_places(workshop, 1)
    assert seats(workshop, asked, passes) == ["confirmed", "waiting"]


def test_seat_is_not_reserved_for_a_waiting_registration(edition, workshop):
    waiting = make_registration(make_category(edition, places=0), sessions=[workshop])
    other = make_registration(make_category(edition), sessions=[workshop])
    assert seats(workshop, waiting, other) == ["waiting", "confirmed"]
    places.leave(booking(other, workshop))
    assert seats(workshop, waiting) == ["waiting"]


def test_seats_of_a_cancelled_registration_go_to_next_in_queue(category, edition):
    morning = make_workshop(edition, places=1, at="09:00")
    evening = make_workshop(edition, places=1, at="17:00")
    one = make_registration(category, sessions=[morning, evening])
    two, three = (make_registration(category, sessions=[session]) for session in (morning, evening))
    mail.outbox.clear()
    places.cancel(one)
    assert [*seats(morning, one, two), *seats(evening, one, three)] == [
        "cancelled", "confirmed", "cancelled", "confirmed",
    ]  # fmt: skip
    assert sorted(recipients()) == sorted(r.user.email for r in (one, two, three))


@pytest.mark.parametrize("verb", ["cancel", "refuse", "decline", "expire"])
def test_booking_ends_with_its_registration(edition, workshop, organiser, verb):
    registration = make_registration(make_category(edition, places=0), sessions=[workshop])
    if verb in ("decline", "expire"):
        Registration.objects.update(state="offered", offer_expires_at=timezone.now() + HOUR)
    match verb:
        case "cancel":
            places.cancel(registration)
        case "refuse":
            places.refuse(registration, by=organiser)
        case "decline":
            places.decline(registration)
        case "expire":
            places.expire(registration, timezone.now() + 2 * HOUR)
    assert seats(workshop, registration) == ["cancelled"]


def test_freed_place_and_seat_go_to_the_same_next_registration(edition, workshop):
    """The promoted registration takes its turn for the seat too, and gets one mail about both."""
    category = make_category(edition, places=1)
    one, two = people(2, category, sessions=[workshop])
    later = make_registration(make_category(edition), sessions=[workshop])
    mail.outbox.clear()
    places.cancel(one)
    assert seats(workshop, two, later) == ["confirmed", "waiting"]
    assert recipients() == [two.user.email, one.user.email]


# The number of seats


def test_added_seats_go_to_the_first_waiting_bookings(category, edition):
    workshop = make_workshop(edition, places=0)
    one, two, three = people(3, category, sessions=[workshop])
    mail.outbox.clear()
    assert places.set_places(workshop, 2) == 0
    assert seats(workshop, one, two, three) == ["confirmed", "confirmed", "waiting"]
    assert recipients() == [one.user.email, two.user.email]
    assert places.set_places(workshop, None) == 0
    assert seats(workshop, three) == ["confirmed"]


def test_lowering_session_places_removes_no_booking(category, edition):
    workshop = make_workshop(edition, places=3)
    holders = people(3, category, sessions=[workshop])
    assert places.set_places(workshop, 1) == 2
    assert seats(workshop, *holders) == ["confirmed"] * 3


def test_cancelled_session_promotes_no_booking(category, workshop):
    one, two = people(2, category, sessions=[workshop])
    Session.objects.update(status="cancelled")
    mail.outbox.clear()
    places.leave(booking(one, workshop))
    places.set_places(refreshed(workshop), 5)
    assert (seats(workshop, one, two), recipients()) == (["cancelled", "waiting"], [])


def test_started_session_promotes_no_booking(category, workshop):
    one, two = people(2, category, sessions=[workshop])
    begin(workshop)
    mail.outbox.clear()
    places.cancel(one)
    assert (seats(workshop, two), recipients()) == (["waiting"], [one.user.email])


def begin(session):
    """Let the session start one hour ago, in an edition that began earlier."""
    now = timezone.now()
    type(session.edition).objects.update(starts_on=now.date() - 48 * HOUR)
    Session.objects.filter(pk=session.pk).update(starts_at=now - HOUR, ends_at=now + HOUR)


# Sessions that cannot be booked


def change(**fields):
    return lambda session: Session.objects.filter(pk=session.pk).update(**fields)


@pytest.mark.parametrize(
    ("happens", "bookable"),
    [
        (change(), True),
        (change(starts_at=None, ends_at=None), True),
        (change(places=None), False),
        (change(status="draft"), False),
        (change(status="cancelled"), False),
        (begin, False),
    ],
    ids=["open", "unscheduled", "unlimited", "draft", "cancelled", "started"],
)
def test_all_agree_which_sessions_can_be_booked(client, category, workshop, happens, bookable):
    person = make_registration(category)
    happens(workshop)
    workshop = refreshed(workshop)
    client.force_login(person.user)
    form = RegistrationForm(None, edition=refreshed(workshop.edition), user=make_user())
    answers = {
        "queryset": Session.objects.bookable().contains(workshop),
        "model": workshop.is_bookable,
        "page": b"data-seat=" in client.get(workshop.get_absolute_url()).content,
        "form": [pk for pk, _label in form.fields["workshops"].choices] == [workshop.pk],
        "registration": client.get(person.get_absolute_url()).context["to_book"] == [workshop],
        "places": is_booked(person, workshop),
    }
    assert answers == dict.fromkeys(answers, bookable)


def is_booked(person, session) -> bool:
    try:
        return places.book(person, session).is_confirmed
    except places.Refused:
        return False


def refusal(registration, session, language="en"):
    with translation.override(language), pytest.raises(places.Refused) as refused:
        places.book(registration, refreshed(session))
    with translation.override(language):
        return refused.value.code, refused.value.messages


@pytest.mark.parametrize(
    "fields", [{"status": "draft"}, {"status": "cancelled"}, {"places": None}]
)  # fmt: skip
def test_unbookable_session_is_refused(category, workshop, fields):
    registration = make_registration(category)
    Session.objects.update(title_fr="Atelier", **fields)
    assert refusal(registration, workshop) == ("not_bookable", ["“Atelier” can’t be booked."])


def test_booking_a_session_of_another_edition_is_refused(category):
    assert refusal(make_registration(category), make_workshop())[0] == "not_bookable"


def test_booking_a_session_of_an_unpublished_edition_is_refused(category, workshop):
    registration = make_registration(category)
    type(category.edition).objects.update(is_published=False)
    assert refusal(registration, workshop)[0] == "not_bookable"


def test_booking_a_started_session_is_refused(category, workshop):
    registration = make_registration(category)
    Session.objects.update(title_fr="Atelier")
    begin(workshop)
    assert refusal(registration, workshop) == (
        "started", ["“Atelier” has started, so it can no longer be booked."],
    )  # fmt: skip


def test_session_without_a_time_can_be_booked(category, edition):
    workshops = [make_workshop(edition, at=None) for _ in range(2)]
    registration = make_registration(category, sessions=workshops)
    assert registration.bookings.confirmed().count() == 2


def test_online_registration_cannot_book_a_seat(edition, workshop):
    online = make_category(edition, name_fr="En ligne", on_site=False, online_access=True)
    Session.objects.update(title_fr="Atelier")
    assert refusal(make_registration(online), workshop) == (
        "online_only",
        ["“Atelier” takes place on site. You can’t book a seat with an online registration."],
    )
    with pytest.raises(places.Refused):
        make_registration(online, sessions=[workshop])


def test_moving_to_an_online_category_frees_the_seats(edition, workshop, organiser):
    mover, waiting = people(2, make_category(edition), sessions=[workshop])
    other = make_workshop(edition, places=0, at="11:00")
    make_booking(mover, other)
    online = make_category(edition, on_site=False, online_access=True)
    mail.outbox.clear()
    places.change_category(mover, online, by=organiser)
    assert [*seats(workshop, mover, waiting), *seats(other, mover)] == [
        "cancelled", "confirmed", "cancelled",
    ]  # fmt: skip
    told = {message.to[0]: message.body for message in mail.outbox}
    assert sorted(recipients()) == sorted([mover.user.email, waiting.user.email])
    assert str(workshop) in told[waiting.user.email]
    assert str(workshop) not in told[mover.user.email]


def test_place_in_an_online_category_cancels_bookings(edition, workshop, organiser):
    mover = make_registration(make_category(edition, places=0), sessions=[workshop])
    places.change_category(
        mover, make_category(edition, on_site=False, online_access=True), by=organiser
    )
    assert (refreshed(mover).state, seats(workshop, mover)) == ("confirmed", ["cancelled"])


def test_booking_a_deleted_session_is_refused(category, workshop):
    registration = make_registration(category)
    Session.objects.update(title_fr="Atelier")
    workshop.refresh_from_db()
    Session.objects.all().delete()
    expected = ("not_bookable", ["“Atelier” can’t be booked."])
    attempts = [
        lambda: places.book(registration, workshop),
        lambda: make_registration(category, sessions=[workshop]),
    ]
    for attempt_it in attempts:
        with translation.override("en"), pytest.raises(places.Refused) as refused:
            attempt_it()
        assert (refused.value.code, refused.value.messages) == expected
    assert Registration.objects.count() == 1


def test_bookings_are_limited_to_ten_an_hour(category, workshop):
    registration = make_registration(category, sessions=[workshop])
    for _ in range(9):
        places.leave(registration.bookings.active().get())
        make_booking(registration, workshop)
    assert make_booking(registration, workshop) == registration.bookings.active().get()
    places.leave(registration.bookings.active().get())
    mail.outbox.clear()
    assert refusal(registration, workshop) == (
        "too_often", ["You’ve booked too many times in one hour. Try again later."],
    )  # fmt: skip
    assert recipients() == []
    assert make_booking(make_registration(category), workshop).is_confirmed
    Booking.objects.update(created_at=timezone.now() - HOUR)
    assert make_booking(registration, make_workshop(category.edition, at="11:00")).is_confirmed


def test_booking_with_a_cancelled_registration_is_refused(category, workshop):
    registration = make_registration(category)
    places.cancel(registration)
    assert refusal(registration, workshop) == (
        "ended", ["Your registration has ended. Register again first."],
    )  # fmt: skip


def test_refused_session_rolls_back_the_registration(category, workshop):
    draft = make_session(category.edition, status="draft", places=3)
    with pytest.raises(places.Refused):
        places.register(build_registration(category), sessions=[workshop, draft])
    assert (Registration.objects.count(), Booking.objects.count(), mail.outbox) == (0, 0, [])


# Overlapping sessions


@pytest.fixture
def overlapping(edition):
    names = [("Cartes", "Maps", "خرائط"), ("Données", "Data", "بيانات")]
    return [
        make_workshop(edition, at=at, lasting=60, title_fr=fr, title_en=en, title_ar=ar)
        for at, (fr, en, ar) in zip(["09:00", "09:30"], names, strict=True)
    ]


@pytest.mark.parametrize(("language", "titles"), [
    ("fr", ("Cartes", "Données")), ("en", ("Maps", "Data")), ("ar", ("خرائط", "بيانات")),
])  # fmt: skip
def test_overlap_error_names_both_sessions_and_times(category, overlapping, language, titles):
    one, other = overlapping
    registration = make_registration(category, sessions=[one])
    code, [sentence] = refusal(registration, other, language)
    with translation.override(language):
        named = [f"{titles[0]}", one.times(), f"{titles[1]}", other.times()]
    assert (code, [words for words in named if words not in sentence]) == ("overlap", [])


def test_overlap_error_in_english_is_complete(category, overlapping):
    one, other = overlapping
    day = category.edition.starts_on
    with translation.override("en"):
        date = one.times().split(" \u2066")[0]
    registration = make_registration(category, sessions=[one])
    assert str(day.year) in date
    assert refusal(registration, other)[1] == [
        f"“Data” ({date} \u206609:30–10:30\u2069) overlaps with “Maps” "
        f"({date} \u206609:00–10:00\u2069). Choose one."
    ]


def test_overlap_in_the_form_rolls_back_the_registration(category, overlapping):
    with pytest.raises(places.Refused) as refused:
        make_registration(category, sessions=overlapping)
    assert (refused.value.code, Registration.objects.count()) == ("overlap", 0)


def test_overlap_with_a_waiting_booking_is_refused(category, overlapping):
    one, other = overlapping
    Session.objects.filter(pk=one.pk).update(places=0)
    registration = make_registration(category, sessions=[refreshed(one)])
    assert refusal(registration, other)[0] == "overlap"


def test_adjacent_sessions_are_both_booked(category, edition):
    touching = [make_workshop(edition, at=at, lasting=60) for at in ("09:00", "10:00")]
    assert make_registration(category, sessions=touching).bookings.confirmed().count() == 2


def test_released_or_cancelled_session_does_not_overlap(category, overlapping):
    one, other = overlapping
    left = make_registration(category, sessions=[one])
    places.leave(booking(left, one))
    assert places.book(left, other).is_confirmed
    kept = make_registration(category, sessions=[one])
    Session.objects.filter(pk=one.pk).update(status="cancelled")
    assert places.book(kept, other).is_confirmed


def test_booking_check_query_count_is_constant(category, edition, django_assert_num_queries):
    """Under the lock: one query for the session, one for overlapping bookings."""
    registration, workshop = make_registration(category), make_workshop(edition)
    for _ in range(8):
        make_session(edition)
    with django_assert_num_queries(2):
        places.check_bookable(registration, workshop)
