"""Offers: a free place is reserved for the next in the queue, in editions with `offer_hours`."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone, translation

from symposium.registrations import places
from symposium.registrations.models import Booking, Registration
from tests.factories import (
    make_category,
    make_registration,
    make_user,
    make_workshop,
    open_edition,
    refreshed,
)

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def edition():
    return open_edition(offer_hours=24)


@pytest.fixture
def category(edition):
    return make_category(edition, places=1)


@pytest.fixture
def trio(category):
    """Three registrations: the first had the only place and left it, two waited."""
    holder, first, second = (make_registration(category) for _ in range(3))
    mail.outbox.clear()
    places.cancel(holder)
    return holder, refreshed(first), refreshed(second)


def states(*holders):
    return [refreshed(holder).state for holder in holders]


def recipients():
    found = [message.to[0] for message in mail.outbox]
    mail.outbox.clear()
    return found


def test_offer_lasts_the_offer_hours_of_the_edition(trio):
    holder, first, second = trio
    assert states(first, second) == ["offered", "waiting"]
    left = first.offer_expires_at - timezone.now()
    assert 24 * HOUR - datetime.timedelta(minutes=1) < left <= 24 * HOUR
    assert recipients() == [first.user.email, holder.user.email]


def test_offer_occupies_the_place(category, trio):
    _holder, first, second = trio
    newcomer = make_registration(category)
    assert (places.occupied_places(category), places.has_room(category)) == (1, False)
    assert [refreshed(second).queue_position, newcomer.queue_position] == [1, 2]
    assert places.set_places(category, 1) == 0
    assert states(first, second, newcomer) == ["offered", "waiting", "waiting"]


def test_free_place_is_confirmed_without_offer(edition):
    assert make_registration(make_category(edition, places=1)).is_confirmed


def test_accepted_offer_is_confirmed(category, trio):
    _holder, first, second = trio
    mail.outbox.clear()
    places.accept(first)
    assert (states(first, second), recipients()) == (["confirmed", "waiting"], [first.user.email])
    assert refreshed(first).offer_expires_at is None


def test_declined_offer_goes_to_next_in_queue(trio):
    _holder, first, second = trio
    mail.outbox.clear()
    places.decline(first)
    assert (states(first, second), recipients()) == (["declined", "offered"], [second.user.email])


def test_cancelled_offer_goes_to_next_in_queue(trio):
    _holder, first, second = trio
    mail.outbox.clear()
    places.cancel(first)
    assert states(first, second) == ["cancelled", "offered"]
    assert recipients() == [second.user.email, first.user.email]


def test_expired_offer_goes_to_next_in_queue(trio):
    _holder, first, second = trio
    mail.outbox.clear()
    assert places.expire_offers(first.offer_expires_at) == 1
    assert states(first, second) == ["expired", "offered"]
    assert recipients() == [second.user.email, first.user.email]
    assert refreshed(second).offer_expires_at > timezone.now() + 23 * HOUR


def test_offer_does_not_expire_before_its_deadline(trio):
    _holder, first, _second = trio
    early = first.offer_expires_at - datetime.timedelta(seconds=1)
    assert (places.expire_offers(early), states(first)) == (0, ["offered"])


def test_expired_offers_are_processed_once(trio):
    _holder, first, second = trio
    at = first.offer_expires_at
    assert [places.expire_offers(at) for _ in range(2)] == [1, 0]
    assert places.expire_offers(at + 48 * HOUR) == 1
    assert (states(second), places.expire_offers(at + 96 * HOUR)) == (["expired"], 0)


def test_failing_offer_does_not_stop_others(edition, category, trio, monkeypatch, caplog):
    _holder, first, _second = trio
    other = make_category(edition, places=1)
    gone, later = make_registration(other), make_registration(other)
    places.cancel(gone)
    at = refreshed(later).offer_expires_at
    expire = places.expire

    def fail_for_one(holder, at):
        if holder == first:
            raise ZeroDivisionError
        return expire(holder, at)

    monkeypatch.setattr(places, "expire", fail_for_one)
    assert places.expire_offers(at) == 1
    assert states(first, later) == ["offered", "expired"]
    assert [record.message for record in caplog.records] == [
        f"What was to be done with row {first.pk} failed"
    ]


def test_offer_accepted_too_late_is_refused(trio):
    _holder, first, second = trio
    Registration.objects.filter(pk=first.pk).update(offer_expires_at=timezone.now())
    mail.outbox.clear()
    with translation.override("en"), pytest.raises(places.Refused) as refused:
        places.accept(refreshed(first))
    assert refused.value.messages == ["This offer has expired."]
    assert (states(first, second), recipients()) == (["offered", "waiting"], [])
    places.expire_offers()
    with pytest.raises(places.Refused):
        places.accept(first)
    assert states(first, second) == ["expired", "offered"]


def test_added_places_make_as_many_offers(category, trio):
    _holder, _first, second = trio
    third, fourth = make_registration(category), make_registration(category)
    assert places.set_places(category, 3) == 0
    assert states(second, third, fourth) == ["offered", "offered", "waiting"]


def test_offers_beyond_lowered_places_are_preserved(category, trio):
    _holder, first, second = trio
    assert places.set_places(category, 0) == 1
    places.accept(first)
    places.cancel(first)
    assert states(first, second) == ["cancelled", "waiting"]


def test_offer_expires_at_the_end_of_the_edition(edition, category):
    one, two = make_registration(category), make_registration(category)
    today = timezone.now().date()
    type(edition).objects.update(starts_on=today, ends_on=today, offer_hours=1000)
    places.cancel(one)
    assert refreshed(two).offer_expires_at == refreshed(edition).period.upper


def test_waiting_booking_is_confirmed_when_the_offer_is_accepted(edition, category, trio):
    """Not before, and without a second offer: accepting the place includes the seat."""
    _holder, first, _second = trio
    workshop = make_workshop(edition, places=1)
    booking = places.book(first, workshop)
    assert states(booking) == ["waiting"]
    mail.outbox.clear()
    places.accept(first)
    assert (states(booking), recipients()) == (["confirmed"], [first.user.email])


# Seats


@pytest.fixture
def workshop(edition):
    return make_workshop(edition, places=1, at="09:00")


@pytest.fixture
def seats(edition, workshop):
    """Three bookings: the first had the only seat and left it, two waited."""
    category = make_category(edition)
    people = [make_registration(category, sessions=[workshop]) for _ in range(3)]
    mail.outbox.clear()
    bookings = [person.bookings.get() for person in people]
    places.leave(bookings[0])
    return [refreshed(booking) for booking in bookings]


def test_freed_seat_is_offered_to_next_in_queue(workshop, seats):
    _left, first, second = seats
    assert (states(first, second), places.occupied_places(workshop)) == (["offered", "waiting"], 1)
    assert recipients() == [first.registration.user.email]


def test_declined_or_expired_seat_offer_goes_to_next_in_queue(seats):
    _left, first, second = seats
    mail.outbox.clear()
    places.decline(first)
    assert states(first, second) == ["declined", "offered"]
    assert recipients() == [second.registration.user.email]
    assert places.expire_offers(refreshed(second).offer_expires_at) == 1
    assert (states(second), recipients()) == (["expired"], [second.registration.user.email])


def test_accepted_seat_offer_is_confirmed(seats):
    _left, first, _second = seats
    mail.outbox.clear()
    places.accept(first)
    assert (states(first), recipients()) == (["confirmed"], [first.registration.user.email])


def test_seat_offer_is_freed_when_its_registration_is_cancelled(seats):
    _left, first, second = seats
    mail.outbox.clear()
    places.cancel(first.registration, by=make_user())
    assert states(first, second) == ["cancelled", "offered"]
    assert sorted(recipients()) == sorted(
        [first.registration.user.email, second.registration.user.email]
    )


def test_seat_offer_expires_when_the_session_starts(edition, seats, workshop):
    """The session starts before the hours of the offer end."""
    _left, first, second = seats
    now = timezone.now()
    type(edition).objects.update(starts_on=now.date() - 24 * HOUR)
    soon = now + HOUR
    type(workshop).objects.update(starts_at=soon, ends_at=soon + HOUR)
    places.decline(first)
    assert refreshed(second).offer_expires_at == soon


def test_place_and_seat_offers_expire_in_one_run(trio, seats):
    assert places.expire_offers(timezone.now() + 25 * HOUR) == 2
    assert [Registration.objects.filter(state="expired").count(),
            Booking.objects.filter(state="expired").count()] == [1, 1]  # fmt: skip
