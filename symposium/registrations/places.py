"""Places: the only code that gives or frees one.

A category has the places of the symposium, a session those of a workshop; each is a capacity. Code
that gives or frees places locks the row of the capacity, counts, and writes, in one transaction; a
freed place goes to the first of the waiting list in the same transaction. Locks are always taken in
the same order (account, categories, sessions; each by primary key), so that no two transactions
wait for each other. Every e-mail is a row of the queue, written in the same transaction.

Each verb is idempotent: a repeated call changes nothing and sends no second e-mail.
"""

import datetime
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from symposium.accounts.models import User
from symposium.core import batches
from symposium.registrations import notices
from symposium.registrations.models import Booking, Category, Registration, StateChange
from symposium.registrations.models.registrations import OCCUPYING_STATES, State
from symposium.sessions.models import Session

AnyReservation = Registration | Booking
Capacity = Category | Session
Row = TypeVar("Row", bound=Capacity)

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
# Each registration or booking sends an e-mail, so repeating it is limited.
REGISTRATIONS_A_DAY = 5
BOOKINGS_AN_HOUR = 10
# Places given in one transaction, which blocks other registrations; the worker gives the rest.
PROMOTIONS_PER_CALL = 50


class Refused(ValidationError):
    """Refusal of a request; the message is for the person who made it."""


# Registering


@transaction.atomic
def register(
    registration: Registration,
    *,
    sessions: Iterable[Session] = (),
    by: User | None = None,
    is_clean: bool = False,
    then: Callable[[Registration], None] | None = None,
) -> tuple[Registration, bool]:
    """Save a new registration with a place, or with a turn in the waiting list.

    Return `(registration, created)`, like Django's `get_or_create`: a form sent twice gets the
    registration that the first one created.

    `by` is an organiser who registers the person: dates, approval and rate limits do not apply, the
    number of places does. `is_clean` tells that a form has checked the fields. `then` writes what
    belongs to a new registration, in its transaction.

    Raise Refused if the category is closed to the person, a session cannot be booked, or the person
    has registered too often; ValidationError if a field is invalid. Then nothing is saved.
    """
    registration.state = State.PENDING
    # Account, edition and category are checked below, under a lock.
    if not is_clean:
        registration.full_clean(
            exclude=["edition", "user", "category"],
            validate_unique=False,
            validate_constraints=False,
        )
    User.objects.select_for_update(no_key=True).only("pk").get(pk=registration.user_id)
    mine = Registration.objects.of(registration.user).filter(edition=registration.edition_id)
    if found := next((one for one in mine if one.is_active), None):
        return found, False
    category = lock_category(registration)
    if by is None:
        words = _("You’ve registered and cancelled too many times today. Try again tomorrow.")
        check_rate(mine, DAY, REGISTRATIONS_A_DAY, words)
        check_open(category, registration.user)
    rank = None
    if by or not category.needs_approval:
        rank = assign_place_or_queue(registration)
    registration.save()
    log_state_change(registration, by=by)
    chosen = lock_sessions(sessions)
    for session in chosen:
        create_waiting_booking(registration, session)
    if registration.is_confirmed:
        for session in chosen:
            assign_free_seats(session, told=[registration])
    if then:
        then(registration)
    notices.registered(registration, rank=rank, **({} if chosen else {"bookings": []}))
    return registration, True


def lock_category(registration: Registration) -> Category:
    """Lock the category of a new registration; raise Refused if it was deleted meanwhile."""
    category = lock_rows(Category, [registration.category_id]).get(registration.category_id)
    if category is None:
        raise category_closed(registration.category)
    registration.category = category
    if category.edition_id == registration.edition_id:
        category.edition = registration.edition
    return category


def check_open(category: Category, user: User) -> None:
    """Raise Refused unless `user` may register in the category now."""
    edition = category.edition
    if not edition.registration_is_open():
        raise Refused(_("Registration is closed."), code="closed")
    if not category.is_open_to(user):
        raise category_closed(category)


def category_closed(category: Category) -> Refused:
    return Refused(
        _("The category “%(category)s” isn’t open to you. Choose another."),
        code="category_closed",
        params={"category": category},
    )


def check_rate(
    rows: Iterable[Registration | Booking], within: datetime.timedelta, most: int, sentence: str
) -> None:
    """Raise Refused with `sentence` if `most` or more of `rows` were created within the time."""
    since = timezone.now() - within
    if sum(row.created_at > since for row in rows) >= most:
        raise Refused(sentence, code="too_often")


@transaction.atomic
def approve(registration: Registration, *, by: User) -> None:
    """Accept a pending registration: it gets a place, or a turn in the waiting list."""
    lock_and_refresh(registration)
    if not registration.is_pending:
        return
    assign_place_or_queue(registration)
    save_state(registration, registration.state, by=by)
    if registration.is_confirmed:
        sync_bookings(confirmed=[registration])
    else:
        notices.registered(registration)


@transaction.atomic
def refuse(registration: Registration, *, by: User, reason: str = "") -> None:
    """Refuse a registration that is pending or waiting. Use `cancel` for one that has a place."""
    lock_and_refresh(registration)
    if registration.is_pending or registration.is_waiting:
        close(registration, State.REFUSED, by=by, reason=reason)
        notices.refused(registration, reason=reason)


@transaction.atomic
def cancel(registration: Registration, *, by: User | None = None, reason: str = "") -> None:
    """Free the place, or leave the waiting list. `by` is an organiser, or None for the person."""
    lock_and_refresh(registration)
    if registration.is_active:
        was_confirmed = registration.is_confirmed
        close(registration, State.CANCELLED, by=by, reason=reason)
        notices.cancelled(
            registration, was_confirmed=was_confirmed, by_organiser=by is not None, reason=reason
        )


@transaction.atomic
def promote(registration: Registration, *, by: User) -> bool:
    """Give a waiting registration the next place: now if one is free, or else the next freed one.

    Return whether that changed anything: not if it has a place, or is already the next one.
    """
    category = lock_and_refresh(registration)
    if not registration.is_waiting:
        return False
    if has_room(category):
        save_state(registration, State.CONFIRMED, by=by)
        sync_bookings(confirmed=[registration], promoted=True)
        return True
    if registration.queue_position == 1:
        return False
    reservations_of(category).waiting().update(queue_number=F("queue_number") + 1)
    registration.queue_number = 1
    save_state(registration, State.WAITING, by=by)
    return True


@transaction.atomic
def change_category(registration: Registration, category: Category, *, by: User) -> None:
    """Move a registration to another category, where it gets a place or the last turn.

    In a category that is online only, it loses its bookings. Raise Refused if it has a place and
    the other category is full.
    """
    owners = lock_rows(Category, [registration.category_id, category.pk])
    registration.refresh_from_db()
    if registration.category_id == category.pk or not registration.is_active:
        return
    if registration.category_id not in owners:
        raise Refused(
            _("Someone else has just changed this registration. Reload the page and check."),
            code="moved",
        )
    before, category = owners[registration.category_id], owners[category.pk]
    was_confirmed = registration.is_confirmed
    registration.category = category
    if registration.state in OCCUPYING_STATES:
        check_room(category)
        registration.state = State.CONFIRMED
    elif registration.is_waiting:
        assign_place_or_queue(registration)
    save_state(registration, registration.state, by=by)
    came = [registration] if registration.is_confirmed and not was_confirmed else []
    # One call, since it locks the sessions of all these registrations in order.
    sync_bookings(
        unseated=[] if category.on_site else [registration],
        confirmed=[*came, *promote_waiting(before)],
        promoted=True,
    )
    if not came:
        notices.category_changed(registration)


# Offers


@transaction.atomic
def accept(holder: AnyReservation) -> None:
    """Accept an offered place. Raise Refused if the offer has expired."""
    lock_and_refresh(holder)
    if holder.is_confirmed:
        return
    if not holder.is_offered or holder.offer_expires_at <= timezone.now():
        raise Refused(_("This offer has expired."), code="expired")
    save_state(holder, State.CONFIRMED, by=None)
    if isinstance(holder, Registration):
        sync_bookings(confirmed=[holder])
    else:
        notices.booked(holder)


@transaction.atomic
def decline(holder: AnyReservation) -> None:
    """Decline an offered place; it goes to the next in the waiting list."""
    lock_and_refresh(holder)
    if holder.is_offered:
        close(holder, State.DECLINED, by=None)


def expire_offers(at: datetime.datetime | None = None) -> int:
    """End the offers not accepted in time, and pass each place on; return their number."""
    at = at or timezone.now()
    return sum(
        batches.one_by_one(overdue(model, at), partial(expire_one, model, at))
        for model in (Registration, Booking)
    )


def overdue(model: type[AnyReservation], at: datetime.datetime) -> Iterable[int]:
    """Return the keys of a batch of the offers not accepted in time, oldest first."""
    rows = model.objects.overdue(at).order_by("offer_expires_at", "pk")
    return rows.values_list("pk", flat=True)[: batches.BATCH_SIZE]


def expire_one(model: type[AnyReservation], at: datetime.datetime, pk: int) -> bool:
    return expire(model.objects.get(pk=pk), at)


@transaction.atomic
def expire(holder: AnyReservation, at: datetime.datetime) -> bool:
    lock_and_refresh(holder)
    if not holder.is_offered or holder.offer_expires_at > at:
        return False
    close(holder, State.EXPIRED, by=None)
    notices.offer_expired(holder)
    return True


# Workshops


@transaction.atomic
def book(registration: Registration, session: Session) -> Booking:
    """Book a session with limited places: a seat, or a turn in its waiting list.

    Raise Refused if the session cannot be booked, overlaps with another booked session, or if the
    person has booked too often.
    """
    lock_and_refresh(registration)
    if not registration.is_active:
        raise Refused(_("Your registration has ended. Register again first."), code="ended")
    [session] = lock_sessions([session])
    mine = registration.bookings.all()
    if found := next((one for one in mine if one.is_active and one.session_id == session.pk), None):
        return found
    words = _("You’ve booked too many times in one hour. Try again later.")
    check_rate(mine, HOUR, BOOKINGS_AN_HOUR, words)
    booking = create_waiting_booking(registration, session)
    assign_free_seats(session, told=[registration])
    booking.refresh_from_db()
    notices.booked(booking)
    return booking


@transaction.atomic
def leave(booking: Booking) -> None:
    """Free a seat, or leave the waiting list of a session."""
    lock_and_refresh(booking)
    if booking.is_active:
        close(booking, State.CANCELLED, by=None)


def create_waiting_booking(registration: Registration, session: Session) -> Booking:
    """Create a booking with a turn in the waiting list, without a seat. The session is locked."""
    check_bookable(registration, session)
    return Booking.objects.create(
        edition_id=registration.edition_id,
        registration=registration,
        session=session,
        state=State.WAITING,
        queue_number=next_queue_number(session),
        notified_sequence=session.sequence,
    )


def check_bookable(registration: Registration, session: Session) -> None:
    """Raise Refused unless the session can be booked in addition to the existing bookings."""
    with_places = Session.objects.with_places().filter(edition=registration.edition_id)
    if not with_places.contains(session):
        raise not_bookable(session)
    if not registration.category.on_site:
        raise Refused(
            _(
                "“%(session)s” takes place on site. You can’t book a seat with an online "
                "registration."
            ),
            code="online_only",
            params={"session": session},
        )
    if session.starts_at is None:
        return
    if session.has_started:
        raise Refused(
            _("“%(session)s” has started, so it can no longer be booked."),
            code="started",
            params={"session": session},
        )
    booked = registration.bookings.active().values("session")
    if other := Session.objects.filter(pk__in=booked).overlapping(session).first():
        raise Refused(
            _("“%(session)s” (%(times)s) overlaps with “%(other)s” (%(other_times)s). Choose one."),
            code="overlap",
            params={
                "session": session,
                "times": session.times(),
                "other": other,
                "other_times": other.times(),
            },
        )


def not_bookable(session: Session) -> Refused:
    return Refused(
        _("“%(session)s” can’t be booked."), code="not_bookable", params={"session": session}
    )


# Limits


@transaction.atomic
def set_places(owner: Capacity, places: int | None) -> int:
    """Set the number of places (None: unlimited) and give up to `PROMOTIONS_PER_CALL` free ones.

    The worker gives the rest (`waiting_list.promote_waiting_everywhere`). Return how many occupied
    places exceed the new number: nobody loses a place.
    """
    row = lock_rows(type(owner), [owner.pk])[owner.pk]
    row.places = owner.places = places
    row.save(update_fields=["places"])
    give_free_places(row)
    return 0 if places is None else max(0, occupied_places(row) - places)


def give_free_places(owner: Capacity) -> None:
    """Give up to `PROMOTIONS_PER_CALL` free places to the waiting list. The owner is locked."""
    if isinstance(owner, Category):
        sync_bookings(confirmed=promote_waiting(owner), promoted=True)
    else:
        assign_free_seats(owner)


def occupied_places(owner: Capacity) -> int:
    """Return the number of occupied places, including offered ones."""
    return reservations_of(owner).occupying().count()


# Shared functions. The caller holds the lock of the owner (the capacity).


def lock_rows(model: type[Row], pks: Iterable[int]) -> dict[int, Row]:
    """Lock rows of categories or sessions, in the order of their keys; return them by key.

    The lock is FOR NO KEY UPDATE: writes of rows that only refer to one of them do not wait.
    """
    rows = model.objects.filter(pk__in=set(pks)).order_by("pk")
    found: Iterable[Any] = rows.select_for_update(of=("self",), no_key=True)
    return {row.pk: row for row in found}


def lock_sessions(sessions: Iterable[Session]) -> list[Session]:
    """Lock sessions and return them, read again; raise Refused if one was deleted."""
    asked = {session.pk: session for session in sessions}
    if not asked:
        return []
    found = lock_rows(Session, asked)
    for pk, session in asked.items():
        if pk not in found:
            raise not_bookable(session)
    return list(found.values())


def lock_capacities(registrations: Collection[Registration]) -> None:
    """Lock every category and session that ending all of these may affect, in order.

    Promoted registrations may have bookings in other sessions.
    """
    categories = lock_rows(Category, [registration.category_id for registration in registrations])
    touched = Booking.objects.active().filter(
        Q(registration__in=registrations)
        | Q(registration__category__in=categories, registration__state=State.WAITING)
    )
    lock_rows(Session, touched.order_by().values_list("session_id", flat=True))


def lock_and_refresh(holder: AnyReservation) -> Capacity:
    """Lock and return the category or session of `holder`, then read `holder` again.

    If `holder` was moved to another category meanwhile, release the first lock and start again, to
    keep the order of the locks.
    """
    name = "category" if isinstance(holder, Registration) else "session"
    model = Category if isinstance(holder, Registration) else Session
    while True:
        before = transaction.savepoint()
        pk = getattr(holder, f"{name}_id")
        owner = lock_rows(model, [pk])[pk]
        holder.refresh_from_db()
        if getattr(holder, f"{name}_id") == pk:
            setattr(holder, name, owner)
            return owner
        transaction.savepoint_rollback(before)


def reservations_of(owner: Capacity) -> Any:
    return owner.registrations if isinstance(owner, Category) else owner.bookings


def has_room(owner: Capacity, occupied: int | None = None) -> bool:
    """Return whether a place is free. `occupied` is the number of occupied ones, if known."""
    if owner.places is None:
        return True
    held = occupied_places(owner) if occupied is None else occupied
    return held < owner.places


def check_room(category: Category) -> None:
    """Raise Refused if the category is full."""
    if not has_room(category):
        raise Refused(
            _("“%(category)s” is full. Increase its number of places first."),
            code="full",
            params={"category": category},
        )


def next_queue_number(owner: Capacity) -> int:
    return (reservations_of(owner).aggregate(last=Max("queue_number"))["last"] or 0) + 1


def assign_place_or_queue(registration: Registration) -> int | None:
    """Set a place if one is free and nobody waits, or else the last turn, without saving.

    Return the position in the waiting list, or None with a place.
    """
    category = registration.category
    now = category.registrations.aggregate(
        occupied=Count("pk", filter=Q(state__in=OCCUPYING_STATES)),
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        last=Max("queue_number"),
    )
    if not now["waiting"] and has_room(category, now["occupied"]):
        registration.state = State.CONFIRMED
        return None
    registration.state = State.WAITING
    registration.queue_number = (now["last"] or 0) + 1
    return now["waiting"] + 1


def close(holder: AnyReservation, state: State, *, by: User | None, reason: str = "") -> None:
    """End a reservation in `state`; its place and seats go to the next in the waiting lists."""
    freed = holder.state in OCCUPYING_STATES
    save_state(holder, state, by=by, reason=reason)
    if isinstance(holder, Registration):
        next_ones = promote_waiting(holder.category) if freed else []
        sync_bookings(unseated=[holder], confirmed=next_ones, promoted=True)
    elif freed:
        assign_free_seats(holder.session)


def promote_waiting(category: Category) -> list[Registration]:
    """Give or offer the free places of a category, in order; return the confirmed registrations."""
    queue = next_in_queue(category).with_details()
    if category.edition.offer_hours:
        for registration in queue:
            registration.category = category
            offer_next_place(registration)
        return []
    promoted = list(queue)
    for registration in promoted:
        save_state(registration, State.CONFIRMED, by=None)
    return promoted


def sync_bookings(
    *,
    unseated: Collection[Registration] = (),
    confirmed: Collection[Registration] = (),
    promoted: bool = False,
) -> None:
    """Free the seats of the `unseated`, then give free seats to the waiting lists.

    Registrations in `confirmed` take their turns, and get one e-mail when their seats are known.
    """
    leaving = Booking.objects.active().filter(registration__in=unseated)
    coming = Booking.objects.waiting().filter(registration__in=confirmed)
    touched = (leaving.order_by() | coming.order_by()).values_list("session_id", flat=True)
    sessions = lock_rows(Session, touched)
    for booking in leaving.select_related("registration"):
        booking.session = sessions[booking.session_id]
        save_state(booking, State.CANCELLED, by=None)
    for session in sessions.values():
        assign_free_seats(session, told=confirmed)
    for registration in confirmed:
        notices.confirmed(registration, promoted=promoted)


def assign_free_seats(session: Session, *, told: Collection[Registration] = ()) -> None:
    """Give or offer the free seats of a session, in order.

    Registrations in `told` get no offer and no e-mail: another e-mail names their seats.
    """
    for booking in next_in_queue(session).select_related("edition", "registration__user"):
        booking.session = session
        known = booking.registration in told
        if session.edition.offer_hours and not known:
            offer_next_place(booking)
            continue
        save_state(booking, State.CONFIRMED, by=None)
        if not known:
            notices.booked(booking, promoted=True)


def next_in_queue(owner: Capacity) -> Any:
    """Return as many of the waiting list as there are free places, up to `PROMOTIONS_PER_CALL`.

    Return none if a place is no longer of use.
    """
    queue = reservations_of(owner).waiting()
    if is_over(owner):
        return queue.none()
    free = (
        PROMOTIONS_PER_CALL
        if owner.places is None
        else max(0, owner.places - occupied_places(owner))
    )
    return queue[: min(free, PROMOTIONS_PER_CALL)]


def is_over(owner: Capacity) -> bool:
    """Return whether a place is no longer of use.

    The session has started or is cancelled, or the symposium is over.
    """
    last = last_useful_moment(owner)
    cancelled = isinstance(owner, Session) and owner.is_cancelled
    return cancelled or (last is not None and last <= timezone.now())


def last_useful_moment(owner: Capacity) -> datetime.datetime | None:
    """Return until when a place is of use: the start of a session, the end of the symposium.

    A demonstration has no limit, since it is tried on any day. Ticking “demonstration” on a real
    edition is harmless: it would only go on giving places after its end.
    """
    if isinstance(owner, Session):
        return owner.starts_at
    return None if owner.edition.is_demonstration else owner.edition.period.upper


def offer_next_place(holder: AnyReservation) -> None:
    """Offer a place to the next in the queue, for `offer_hours` or as long as it is of use."""
    until = timezone.now() + datetime.timedelta(hours=holder.edition.offer_hours)
    until = min(until, last_useful_moment(holder.capacity) or until)
    save_state(holder, State.OFFERED, by=None, until=until)
    notices.offered(holder)


def save_state(
    holder: AnyReservation,
    state: str,
    *,
    by: User | None,
    reason: str = "",
    until: datetime.datetime | None = None,
) -> None:
    holder.state, holder.offer_expires_at = state, until
    if state != State.WAITING:
        holder.queue_number = None
    fields = ["state", "queue_number", "offer_expires_at"]
    if isinstance(holder, Registration):
        holder.save(update_fields=[*fields, "category", "updated_at"])
        log_state_change(holder, by=by, reason=reason)
    else:
        holder.save(update_fields=fields)


def log_state_change(registration: Registration, *, by: User | None, reason: str = "") -> None:
    StateChange.objects.create(
        registration=registration, state=registration.state, by=by, reason=reason
    )
