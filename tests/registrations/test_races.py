"""Concurrent changes of registrations, each in its own connection.

Each race has its negative control: the same steps without the locks, which show what the locks
prevent. `race()` fixes the order of the steps, so that nothing depends on chance.
"""

import datetime
import random
from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from threading import Barrier

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from symposium.privacy import erasure
from symposium.registrations import places
from symposium.registrations.models import Booking, Registration, StateChange
from symposium.registrations.models.registrations import ACTIVE_STATES
from symposium.sessions.models import Session
from tests.factories import (
    build_registration,
    make_booking,
    make_category,
    make_registration,
    make_user,
    make_workshop,
    open_edition,
    refreshed,
)

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 30


def race(first, second):
    """Run `second` while the transaction of `first` is open, then commit; return both results.

    `second` runs to its end unless PostgreSQL makes it wait for `first`.
    """
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            answer = first()
            other = pool.submit(alone, second)
            until_done_or_waiting(other)
        return [answer, other.result(PATIENCE)]


def alone(work):
    """Run `work` in a connection of this thread; return its result, or why it was refused."""
    try:
        with connection.cursor() as cursor:  # the machine may be busy with other tests
            cursor.execute(f"SET lock_timeout = '{PATIENCE}s'")
        return work()
    except ValidationError as refused:
        return refused.code
    except DatabaseError as error:
        return error.__cause__.diag.constraint_name or error.__cause__.diag.message_primary
    finally:
        connection.close()


def until_done_or_waiting(other: Future) -> None:
    with connection.cursor() as cursor:
        for _ in range(PATIENCE * 100):
            if wait([other], timeout=0.01).done:
                return
            cursor.execute(
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
    pytest.fail("the other one neither ends nor waits")


def at_once(*works) -> list:
    """Start all functions together, each in its own thread; return their results."""
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait(PATIENCE)
        return alone(work)

    with ThreadPoolExecutor(len(works)) as pool:
        futures = [pool.submit(run, work) for work in works]
        return [future.result(4 * PATIENCE) for future in futures]


@pytest.fixture
def without_locks(monkeypatch):
    """Negative control: nobody waits for a lock before writing."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)


@pytest.fixture
def edition():
    return open_edition()


@pytest.fixture
def category(edition):
    return make_category(edition, places=1)


def registering(category, sessions=(), **fields):
    """Return a function that registers a person, with its own objects like another process."""
    registration = build_registration(category, **fields)
    return lambda: places.register(registration, sessions=sessions)[0]


def again(thing):
    """Return the same row as another process reads it."""
    return type(thing).objects.get(pk=thing.pk)


def states(*holders):
    return [refreshed(holder).state for holder in holders]


def recipients():
    return sorted(message.to[0] for message in mail.outbox)


# The last place


def test_last_place_is_given_once(category):
    one, other = race(registering(category), registering(category))
    assert states(one, other) == ["confirmed", "waiting"]


@pytest.mark.usefixtures("without_locks")
def test_last_place_is_given_twice_without_the_lock(category):
    one, other = race(registering(category), registering(category))
    assert states(one, other) == ["confirmed", "confirmed"]


def test_twenty_concurrent_registrations_fill_five_places(edition):
    category = make_category(edition, places=5)
    people = at_once(*(registering(category) for _ in range(20)))
    assert sorted(states(*people)) == ["confirmed"] * 5 + ["waiting"] * 15
    waiting = category.registrations.waiting()
    assert [person.queue_position for person in waiting] == list(range(1, 16))
    assert recipients() == sorted(person.user.email for person in people)


# The last seat, for people in two categories: no lock comes before the lock of the session


def two_people(edition):
    return [make_registration(make_category(edition)) for _ in range(2)]


def test_last_seat_is_given_once(edition):
    workshop = make_workshop(edition, places=1)
    seats = race(*(partial(places.book, person, workshop) for person in two_people(edition)))
    assert states(*seats) == ["confirmed", "waiting"]


@pytest.mark.usefixtures("without_locks")
def test_last_seat_is_given_twice_without_the_lock(edition):
    workshop = make_workshop(edition, places=1)
    seats = race(*(partial(places.book, person, workshop) for person in two_people(edition)))
    assert states(*seats) == ["confirmed", "confirmed"]


def test_last_seat_is_given_once_in_the_form(edition):
    workshop = make_workshop(edition, places=1)
    people = race(*(registering(make_category(edition), sessions=[workshop]) for _ in range(2)))
    assert sorted(workshop.bookings.values_list("state", flat=True)) == ["confirmed", "waiting"]
    assert states(*people) == ["confirmed", "confirmed"]


def overlapping(edition):
    return [make_workshop(edition, at=at, lasting=60) for at in ("09:00", "09:30")]


def test_overlapping_sessions_are_not_both_booked(edition):
    person = make_registration(make_category(edition))
    booking, other = race(
        *(partial(places.book, again(person), session) for session in overlapping(edition))
    )
    assert (states(booking), other) == (["confirmed"], "overlap")


@pytest.mark.usefixtures("without_locks")
def test_overlapping_sessions_are_both_booked_without_the_lock(edition):
    person = make_registration(make_category(edition))
    race(*(partial(places.book, again(person), session) for session in overlapping(edition)))
    assert len(person.clashes()) == 1


# A place that becomes free during a registration


def test_place_freed_during_a_registration_goes_to_it(category):
    holder = make_registration(category)
    newcomer, _ = race(registering(category), partial(places.cancel, again(holder)))
    assert states(holder, newcomer) == ["cancelled", "confirmed"]


@pytest.mark.usefixtures("without_locks")
def test_place_freed_during_a_registration_stays_empty_without_the_lock(category):
    holder = make_registration(category)
    newcomer, _ = race(registering(category), partial(places.cancel, again(holder)))
    assert (states(newcomer), places.occupied_places(category)) == (["waiting"], 0)


def test_freed_place_goes_to_the_queue_before_a_newcomer(category):
    holder, waiting = make_registration(category), make_registration(category)
    _, newcomer = race(partial(places.cancel, again(holder)), registering(category))
    assert (states(waiting, newcomer), newcomer.queue_position) == (["confirmed", "waiting"], 1)


def test_two_places_freed_together_go_to_two_registrations(edition):
    category = make_category(edition, places=2)
    one, two, first, second = (make_registration(category) for _ in range(4))
    race(*(partial(places.cancel, again(holder)) for holder in (one, two)))
    assert states(first, second) == ["confirmed", "confirmed"]


@pytest.mark.usefixtures("without_locks")
def test_two_places_freed_together_go_to_one_without_the_lock(edition):
    category = make_category(edition, places=2)
    one, two, first, second = (make_registration(category) for _ in range(4))
    mail.outbox.clear()
    race(*(partial(places.cancel, again(holder)) for holder in (one, two)))
    assert states(first, second) == ["confirmed", "waiting"]
    assert recipients().count(first.user.email) == 2


def test_seat_freed_during_a_booking_goes_to_it(edition):
    workshop = make_workshop(edition, places=1)
    holder, newcomer = two_people(edition)
    left = make_booking(holder, workshop)
    booking, _ = race(
        partial(places.book, again(newcomer), workshop), partial(places.leave, again(left))
    )
    assert states(booking) == ["confirmed"]


@pytest.mark.usefixtures("without_locks")
def test_seat_freed_during_a_booking_stays_empty_without_the_lock(edition):
    workshop = make_workshop(edition, places=1)
    holder, newcomer = two_people(edition)
    left = make_booking(holder, workshop)
    booking, _ = race(
        partial(places.book, again(newcomer), workshop), partial(places.leave, again(left))
    )
    assert (states(booking), places.occupied_places(workshop)) == (["waiting"], 0)


@pytest.mark.parametrize("verb", [places.cancel, places.decline])
def test_seat_freed_with_its_registration_during_a_booking_goes_to_it(edition, verb):
    workshop = make_workshop(edition, places=1)
    holder, newcomer = two_people(edition)
    make_booking(holder, workshop)
    if verb is places.decline:
        Registration.objects.filter(pk=holder.pk).update(
            state="offered", offer_expires_at=timezone.now()
        )
    booking, _ = race(partial(places.book, again(newcomer), workshop), partial(verb, again(holder)))
    assert states(booking) == ["confirmed"]


def test_seats_of_promoted_registrations_wait_for_a_concurrent_booking(edition):
    """The last seat is booked while a registration that asked for it gets a place."""
    workshop = make_workshop(edition, places=1)
    full, newcomer = make_category(edition, places=0), make_registration(make_category(edition))
    waiting = make_registration(full, sessions=[workshop])
    booking, _ = race(
        partial(places.book, again(newcomer), workshop), partial(places.set_places, full, 1)
    )
    assert states(booking, waiting.bookings.get()) == ["confirmed", "waiting"]


@pytest.mark.usefixtures("without_locks")
def test_seats_of_promoted_registrations_are_given_twice_without_the_lock(edition):
    workshop = make_workshop(edition, places=1)
    full, newcomer = make_category(edition, places=0), make_registration(make_category(edition))
    waiting = make_registration(full, sessions=[workshop])
    booking, _ = race(
        partial(places.book, again(newcomer), workshop), partial(places.set_places, full, 1)
    )
    assert states(booking, waiting.bookings.get()) == ["confirmed", "confirmed"]


# An offer accepted at its last moment


@pytest.fixture
def offered(category):
    """A registration with an offer, and the next in the queue."""
    type(category.edition).objects.update(offer_hours=1)
    holder, first, second = (make_registration(category) for _ in range(3))
    places.cancel(holder)
    mail.outbox.clear()
    return again(first), again(second)


def at_the_end(offer):
    return partial(places.expire_offers, offer.offer_expires_at)


def test_offer_being_accepted_does_not_expire(offered):
    first, second = offered
    assert race(partial(places.accept, first), at_the_end(first)) == [None, 0]
    assert states(first, second) == ["confirmed", "waiting"]


@pytest.mark.usefixtures("without_locks")
def test_offer_being_accepted_expires_without_the_lock(offered):
    first, second = offered
    assert race(partial(places.accept, first), at_the_end(first)) == [None, 1]
    assert states(first, second) == ["expired", "offered"]


def test_offer_being_expired_is_not_accepted(offered):
    first, second = offered
    assert race(at_the_end(first), partial(places.accept, again(first))) == [1, "expired"]
    assert states(first, second) == ["expired", "offered"]


@pytest.mark.usefixtures("without_locks")
def test_offer_being_expired_is_accepted_without_the_lock(offered):
    first, second = offered
    race(at_the_end(first), partial(places.accept, again(first)))
    assert (states(first, second), places.occupied_places(first.category)) == (
        ["confirmed", "offered"],
        2,
    )


def test_offer_expires_once(offered):
    first, second = offered
    assert race(at_the_end(first), at_the_end(first)) == [1, 0]
    assert (states(first, second), len(mail.outbox)) == (["expired", "offered"], 2)


def test_offer_is_accepted_once(offered):
    first, _second = offered
    race(*(partial(places.accept, again(first)) for _ in range(2)))
    assert (states(first), recipients()) == (["confirmed"], [first.user.email])


@pytest.mark.usefixtures("without_locks")
def test_offer_is_accepted_twice_without_the_lock(offered):
    first, _second = offered
    race(*(partial(places.accept, again(first)) for _ in range(2)))
    assert recipients() == [first.user.email] * 2


def test_concurrent_offers_are_both_accepted(edition, offered):
    first, second = offered
    places.set_places(first.category, 2)
    race(*(partial(places.accept, again(holder)) for holder in (first, second)))
    assert states(first, second) == ["confirmed", "confirmed"]


# The same request sent twice


def test_registration_is_cancelled_once(category):
    holder, first, second = (make_registration(category) for _ in range(3))
    mail.outbox.clear()
    race(*(partial(places.cancel, again(holder)) for _ in range(2)))
    assert states(holder, first, second) == ["cancelled", "confirmed", "waiting"]
    assert recipients() == sorted([holder.user.email, first.user.email])


@pytest.mark.usefixtures("without_locks")
def test_registration_is_cancelled_twice_without_the_lock(category):
    holder = make_registration(category)
    mail.outbox.clear()
    race(*(partial(places.cancel, again(holder)) for _ in range(2)))
    assert recipients() == [holder.user.email] * 2


def test_form_sent_twice_concurrently_makes_one_registration(category):
    user = make_user()
    first, second = race(*(registering(category, user=user) for _ in range(2)))
    assert (first.pk, first.code) == (second.pk, second.code)
    assert (Registration.objects.count(), recipients()) == (1, [user.email])


@pytest.mark.usefixtures("without_locks")
def test_form_sent_twice_concurrently_breaks_the_constraint_without_the_lock(category):
    user = make_user()
    _first, second = race(*(registering(category, user=user) for _ in range(2)))
    assert second == "registrations_one_live_per_person"


def test_form_sent_ten_times_concurrently_makes_one_registration(category):
    user = make_user()
    answers = at_once(*(registering(category, user=user) for _ in range(10)))
    assert len({answer.pk for answer in answers}) == Registration.objects.count() == 1
    assert recipients() == [user.email]


def test_person_registering_in_two_categories_concurrently_gets_the_first(edition):
    user, one, other = make_user(), make_category(edition), make_category(edition)
    first, second = race(registering(one, user=user), registering(other, user=user))
    assert (second.pk, second.category) == (first.pk, one)
    assert Registration.objects.count() == 1


@pytest.mark.usefixtures("without_locks")
def test_person_in_two_categories_breaks_the_constraint_without_the_lock(edition):
    user, one, other = make_user(), make_category(edition), make_category(edition)
    _, second = race(registering(one, user=user), registering(other, user=user))
    assert second == "registrations_one_live_per_person"


# The number of places changed during a registration


def test_places_added_during_a_registration_go_to_it(edition):
    category = make_category(edition, places=0)
    newcomer, _ = race(registering(category), partial(places.set_places, again(category), 1))
    assert states(newcomer) == ["confirmed"]


@pytest.mark.usefixtures("without_locks")
def test_places_added_during_a_registration_stay_empty_without_the_lock(edition):
    category = make_category(edition, places=0)
    newcomer, _ = race(registering(category), partial(places.set_places, again(category), 1))
    assert (states(newcomer), places.occupied_places(category)) == (["waiting"], 0)


def test_removed_places_are_not_given(category):
    _, newcomer = race(partial(places.set_places, again(category), 0), registering(category))
    assert states(newcomer) == ["waiting"]


@pytest.mark.usefixtures("without_locks")
def test_removed_places_are_given_without_the_lock(category):
    _, newcomer = race(partial(places.set_places, again(category), 0), registering(category))
    assert (states(newcomer), refreshed(category).places) == (["confirmed"], 0)


# A person moved to another category while leaving


@pytest.mark.parametrize("backwards", [False, True])
def test_registration_moved_while_cancelled_frees_the_new_place(edition, backwards):
    before, after = sorted(
        [make_category(edition, places=1) for _ in range(2)],
        key=lambda category: category.pk, reverse=backwards,
    )  # fmt: skip
    mover = make_registration(before)
    move = partial(places.change_category, again(mover), after, by=make_user())
    race(move, partial(places.cancel, again(mover)))
    assert (states(mover), refreshed(mover).category) == (["cancelled"], after)
    assert [places.occupied_places(before), places.occupied_places(after)] == [0, 0]


@pytest.mark.usefixtures("without_locks")
def test_registration_moved_while_cancelled_is_moved_back_without_the_lock(edition):
    before, after = (make_category(edition, places=1) for _ in range(2))
    mover = make_registration(before)
    move = partial(places.change_category, again(mover), after, by=make_user())
    race(move, partial(places.cancel, again(mover)))
    assert (states(mover), refreshed(mover).category) == (["cancelled"], before)


def test_lock_of_a_former_category_is_released(edition):
    """A transaction that waited for the former category holds the lock of the new one only."""
    low, high = (make_category(edition) for _ in range(2))
    mover = make_registration(high)
    stale = again(mover)
    Registration.objects.filter(pk=mover.pk).update(category=low)
    with transaction.atomic():
        assert places.lock_and_refresh(stale) == low
        assert at_once(partial(is_free, low), partial(is_free, high)) == [False, True]


def is_free(owner) -> bool:
    with transaction.atomic():
        rows = type(owner).objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        return rows.filter(pk=owner.pk).exists()


def test_erasure_locks_sessions_of_its_bookings_in_order():
    """The bookings are in two editions, the later session first; sessions are locked in order."""
    editions = [open_edition() for _ in range(2)]
    first, last = (make_workshop(edition, places=1) for edition in editions)
    user = make_user()
    for session in (last, first):
        registration = make_registration(make_category(session.edition, places=1), user=user)
        make_booking(registration, session)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            places.lock_rows(Session, [first.pk])
            erasing = pool.submit(alone, partial(erasure.erase, user))
            until_done_or_waiting(erasing)
            with ThreadPoolExecutor(1) as other:
                assert other.submit(alone, partial(is_free, last)).result(PATIENCE)
        assert erasing.result(PATIENCE) is None
    assert Booking.objects.active().count() == 0


def test_capacity_lock_covers_sessions_of_leaving_and_promoted_registrations():
    edition = open_edition()
    first, last = (make_workshop(edition, places=1, at=at) for at in ("09:00", "11:00"))
    category = make_category(edition, places=1)
    leaving = make_registration(category, sessions=[last])
    make_registration(category, sessions=[first])
    with transaction.atomic():
        places.lock_capacities([leaving])
        with ThreadPoolExecutor(1) as other:
            found = [other.submit(alone, partial(is_free, one)).result(PATIENCE)
                     for one in (category, first, last)]  # fmt: skip
    assert found == [False, False, False]


# Random verbs


THREADS, TURNS = 8, 30


def test_random_concurrent_verbs_respect_the_rules(edition):
    """240 random verbs in eight threads: no limit exceeded, no place left empty, no deadlock."""
    type(edition).objects.update(offer_hours=1)
    Crowd(edition).at_work()


def test_random_concurrent_verbs_without_offers_respect_the_rules(edition):
    Crowd(edition).at_work()


class Crowd:
    """People who register, book, leave, accept; an organiser who moves them and sets limits."""

    def __init__(self, edition):
        self.edition = edition
        self.categories = [
            make_category(edition, places=4),
            make_category(edition, places=5),
            make_category(edition, places=3, needs_approval=True),
        ]
        self.workshops = [
            make_workshop(edition, places=number, at=at)
            for number, at in [(2, "09:00"), (2, "09:30"), (3, "11:00"), (1, "14:00")]
        ]
        self.organiser = make_user()
        self.users = [make_user() for _ in range(60)]
        self.limits = defaultdict(list)
        for owner in (*self.categories, *self.workshops):
            self.limits[owner].append(owner.places)

    def at_work(self):
        outcomes = at_once(*(partial(self.take_turns, seed) for seed in range(THREADS)))
        assert [fault for faults in outcomes for fault in faults] == []
        assert StateChange.objects.count() > 50  # about eighty: many verbs change a state
        self.check()

    def take_turns(self, seed) -> list[str]:
        """Apply TURNS random verbs; return the errors of the database."""
        rng, faults = random.Random(seed), []
        for _ in range(TURNS):
            verb = rng.choice([
                self.register, self.register, self.register, self.cancel, self.cancel, self.book,
                self.book, self.leave, self.accept, self.decline, self.approve, self.refuse,
                self.move, self.limit, self.expire,
            ])  # fmt: skip
            try:
                verb(rng)
            except ValidationError:
                pass  # refused with a message
            except DatabaseError as error:
                faults.append(f"{verb.__name__}: {error}")
        return faults

    def one(self, rng, rows):
        found = list(rows.order_by("pk"))
        return rng.choice(found) if found else None

    def register(self, rng):
        registration = build_registration(rng.choice(self.categories), user=rng.choice(self.users))
        chosen = rng.sample(self.workshops, rng.randint(0, 2))
        places.register(registration, sessions=chosen)

    def cancel(self, rng):
        if found := self.one(rng, Registration.objects.active()):
            places.cancel(found)

    def book(self, rng):
        if found := self.one(rng, Registration.objects.active()):
            places.book(found, rng.choice(self.workshops))

    def leave(self, rng):
        if found := self.one(rng, Booking.objects.active()):
            places.leave(found)

    def offer(self, rng):
        model = rng.choice([Registration, Booking])
        return self.one(rng, model.objects.filter(state="offered"))

    def accept(self, rng):
        if found := self.offer(rng):
            places.accept(found)

    def decline(self, rng):
        if found := self.offer(rng):
            places.decline(found)

    def approve(self, rng):
        if found := self.one(rng, Registration.objects.filter(state="pending")):
            places.approve(found, by=self.organiser)

    def refuse(self, rng):
        if found := self.one(rng, Registration.objects.filter(state__in=["pending", "waiting"])):
            places.refuse(found, by=self.organiser)

    def move(self, rng):
        if found := self.one(rng, Registration.objects.active()):
            places.change_category(found, rng.choice(self.categories), by=self.organiser)

    def limit(self, rng):
        owner = again(rng.choice(list(self.limits)))
        number = rng.randint(1, 6)
        self.limits[owner].append(number)
        places.set_places(owner, number)

    def expire(self, rng):
        places.expire_offers(timezone.now() + datetime.timedelta(hours=rng.choice([0, 2])))

    def check(self):
        for owner, limits in self.limits.items():
            owner.refresh_from_db()
            assert places.occupied_places(owner) <= max(limits)
            free = owner.places - places.occupied_places(owner)
            assert free <= 0 or not places.reservations_of(owner).waiting().exists()
            numbers = list(
                places.reservations_of(owner).waiting().values_list("queue_number", flat=True)
            )
            assert len(numbers) == len(set(numbers))
        live = Registration.objects.active().values_list("user", flat=True)
        assert len(live) == len(set(live))
        ended = Registration.objects.exclude(state__in=ACTIVE_STATES)
        assert Booking.objects.active().filter(registration__in=ended).count() == 0
        unsure = Registration.objects.exclude(state="confirmed")
        assert Booking.objects.occupying().filter(registration__in=unsure).count() == 0
        assert [r for r in Registration.objects.active() if r.clashes()] == []
