"""The only code that gives or frees a place.

A category owns the places of the symposium, a session those of a workshop. Whoever changes who
holds them first locks the row that owns them, then counts, then writes, in one transaction; a
place that becomes free goes to the first of the waiting list before it ends. Locks are always
taken in the same order (account, categories, sessions; each by primary key), so that no two
transactions wait for each other. Every mail is a row of the queue, written in the same
transaction.

Each verb is idempotent: what is so already is left as it is, and nobody is told twice.
"""

import datetime
from collections.abc import Collection, Iterable
from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from symposium.accounts.models import User
from symposium.core import batches
from symposium.registrations import notices
from symposium.registrations.models import Booking, Category, Registration, StateChange
from symposium.registrations.models.registrations import HOLDING, State
from symposium.sessions.models import Session

Holder = Registration | Booking
Owner = Category | Session
Row = TypeVar("Row", bound=Owner)

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
# Whoever does a thing and undoes it again and again has a mail sent each time.
REGISTRATIONS_A_DAY = 5
BOOKINGS_AN_HOUR = 10
# Places given in one transaction, during which nobody else registers; the worker gives the rest.
AT_ONCE = 50


class Refused(ValidationError):
    """What was asked cannot be: the sentence is for the person who asked."""


# Registering


@transaction.atomic
def register(
    registration: Registration, *, sessions: Iterable[Session] = (), by: User | None = None
) -> tuple[Registration, bool]:
    """Save a new registration with the place, or the turn, that there is for it.

    Returns `(registration, created)`, as Django's `get_or_create`: a form sent twice gets the
    registration that the first one made.

    `by` is an organiser who registers somebody: no date and no approval stops them, only the
    number of places. Raises Refused when the category is closed to the person, a session cannot be
    booked or they have come and gone too often, ValidationError when a field is wrong; then
    nothing is kept.
    """
    registration.state = State.PENDING
    # What it belongs to is read below, under a lock.
    registration.full_clean(
        exclude=["edition", "user", "category"], validate_unique=False, validate_constraints=False
    )
    User.objects.select_for_update(no_key=True).only("pk").get(pk=registration.user_id)
    mine = Registration.objects.of(registration.user).filter(edition=registration.edition_id)
    if found := next((one for one in mine if one.is_live), None):
        return found, False
    category = lock_category_of(registration)
    if by is None:
        words = _("You’ve registered and cancelled too many times today. Try again tomorrow.")
        check_pace(mine, DAY, REGISTRATIONS_A_DAY, words)
        check_open(category, registration.user)
    if by or not category.needs_approval:
        take_turn(registration)
    registration.save()
    record(registration, by=by)
    chosen = locked_sessions(sessions)
    for session in chosen:
        wish(registration, session)
    if registration.is_confirmed:
        for session in chosen:
            fill(session, told=[registration])
    notices.registered(registration)
    return registration, True


def lock_category_of(registration: Registration) -> Category:
    """Lock the category of a new registration; raises Refused if it was deleted meanwhile."""
    category = locked(Category, [registration.category_id]).get(registration.category_id)
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


def check_pace(
    rows: Iterable[Registration | Booking], within: datetime.timedelta, most: int, sentence: str
) -> None:
    """Raise Refused, with the sentence, when so many of `rows` were made lately."""
    since = timezone.now() - within
    if sum(row.created_at > since for row in rows) >= most:
        raise Refused(sentence, code="too_often")


@transaction.atomic
def approve(registration: Registration, *, by: User) -> None:
    """Accept a request: it gets a place, or its turn in the waiting list."""
    with_owner(registration)
    if not registration.is_pending:
        return
    take_turn(registration)
    write(registration, registration.state, by=by)
    if registration.is_confirmed:
        settle(confirmed=[registration])
    else:
        notices.registered(registration)


@transaction.atomic
def refuse(registration: Registration, *, by: User, reason: str = "") -> None:
    """Turn down a request that has no place yet. One that has a place is cancelled instead."""
    with_owner(registration)
    if registration.is_pending or registration.is_waiting:
        end(registration, State.REFUSED, by=by, reason=reason)
        notices.refused(registration, reason=reason)


@transaction.atomic
def cancel(registration: Registration, *, by: User | None = None, reason: str = "") -> None:
    """Give back the place, or leave the list; `by` an organiser, or None for the person."""
    with_owner(registration)
    if registration.is_live:
        was_confirmed = registration.is_confirmed
        end(registration, State.CANCELLED, by=by, reason=reason)
        notices.cancelled(
            registration, was_confirmed=was_confirmed, by_organiser=by is not None, reason=reason
        )


@transaction.atomic
def promote(registration: Registration, *, by: User) -> bool:
    """Give the next place out of turn: now if there is one, else when one becomes free.

    Returns whether that changed something: not for who has a place, or has the next one anyhow.
    """
    category = with_owner(registration)
    if not registration.is_waiting:
        return False
    if has_room(category):
        write(registration, State.CONFIRMED, by=by)
        settle(confirmed=[registration], promoted=True)
        return True
    if registration.rank == 1:
        return False
    holders(category).waiting().update(queue_number=F("queue_number") + 1)
    registration.queue_number = 1
    write(registration, State.WAITING, by=by)
    return True


@transaction.atomic
def change_category(registration: Registration, category: Category, *, by: User) -> None:
    """Move somebody to another category, where they get a place or the last turn.

    In a category that is online only, they leave their seats in rooms. Raises Refused when the
    other one is full and they would lose the place they have.
    """
    owners = locked(Category, [registration.category_id, category.pk])
    registration.refresh_from_db()
    if registration.category_id == category.pk or not registration.is_live:
        return
    if registration.category_id not in owners:
        raise Refused(
            _("Someone else has just changed this registration. Reload the page and check."),
            code="moved",
        )
    before, category = owners[registration.category_id], owners[category.pk]
    was_confirmed = registration.is_confirmed
    registration.category = category
    if registration.state in HOLDING:
        check_room(category)
        registration.state = State.CONFIRMED
    elif registration.is_waiting:
        take_turn(registration)
    write(registration, registration.state, by=by)
    came = [registration] if registration.is_confirmed and not was_confirmed else []
    # At once, since the sessions of all are locked in order.
    settle(
        unseated=[] if category.on_site else [registration],
        confirmed=[*came, *promote_waiting(before)],
        promoted=True,
    )
    if not came:
        notices.category_changed(registration)


# Offers


@transaction.atomic
def accept(holder: Holder) -> None:
    """Take a place that was offered. Raises Refused when the offer no longer stands."""
    with_owner(holder)
    if holder.is_confirmed:
        return
    if not holder.is_offered or holder.offer_expires_at <= timezone.now():
        raise Refused(_("This offer has expired."), code="expired")
    write(holder, State.CONFIRMED, by=None)
    if isinstance(holder, Registration):
        settle(confirmed=[holder])
    else:
        notices.booked(holder)


@transaction.atomic
def decline(holder: Holder) -> None:
    """Leave a place that was offered to the next one."""
    with_owner(holder)
    if holder.is_offered:
        end(holder, State.DECLINED, by=None)


def expire_offers(at: datetime.datetime | None = None) -> int:
    """End the offers that nobody took in time, and pass each place on; return how many."""
    at = at or timezone.now()
    return sum(
        batches.one_by_one(overdue(model, at), partial(expire_one, model, at))
        for model in (Registration, Booking)
    )


def overdue(model: type[Holder], at: datetime.datetime) -> Iterable[int]:
    """The keys of some of the offers that nobody took in time, the oldest first."""
    rows = model.objects.overdue(at).order_by("offer_expires_at", "pk")
    return rows.values_list("pk", flat=True)[: batches.BATCH]


def expire_one(model: type[Holder], at: datetime.datetime, pk: int) -> bool:
    return expire(model.objects.get(pk=pk), at)


@transaction.atomic
def expire(holder: Holder, at: datetime.datetime) -> bool:
    with_owner(holder)
    if not holder.is_offered or holder.offer_expires_at > at:
        return False
    end(holder, State.EXPIRED, by=None)
    notices.offer_expired(holder)
    return True


# Workshops


@transaction.atomic
def book(registration: Registration, session: Session) -> Booking:
    """Book a session with limited places: a seat, or a turn in its waiting list.

    Raises Refused when it is not to be booked, lies at the time of another one that is, or when
    they have booked and left too often.
    """
    with_owner(registration)
    if not registration.is_live:
        raise Refused(_("Your registration has ended. Register again first."), code="ended")
    [session] = locked_sessions([session])
    mine = registration.bookings.all()
    if found := next((one for one in mine if one.is_live and one.session_id == session.pk), None):
        return found
    words = _("You’ve booked too many times in one hour. Try again later.")
    check_pace(mine, HOUR, BOOKINGS_AN_HOUR, words)
    booking = wish(registration, session)
    fill(session, told=[registration])
    booking.refresh_from_db()
    notices.booked(booking)
    return booking


@transaction.atomic
def leave(booking: Booking) -> None:
    """Give back a seat, or leave the waiting list of a session."""
    with_owner(booking)
    if booking.is_live:
        end(booking, State.CANCELLED, by=None)


def wish(registration: Registration, session: Session) -> Booking:
    """A booking that has its turn, and no seat yet. The session is locked."""
    check_bookable(registration, session)
    return Booking.objects.create(
        edition_id=registration.edition_id,
        registration=registration,
        session=session,
        state=State.WAITING,
        queue_number=next_number(session),
        told_sequence=session.sequence,
    )


def check_bookable(registration: Registration, session: Session) -> None:
    """Raise Refused unless the session can be booked beside those that are."""
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
    booked = registration.bookings.live().values("session")
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
def set_places(owner: Owner, places: int | None) -> int:
    """Set the number of places (None: not counted) and give those that are new, `AT_ONCE` of them.

    The worker gives the rest in its next turns (`waiting_list.refill`). Returns how many hold a
    place beyond the number: nobody is thrown out.
    """
    row = locked(type(owner), [owner.pk])[owner.pk]
    row.places = owner.places = places
    row.save(update_fields=["places"])
    give_free_places(row)
    return 0 if places is None else max(0, taken(row) - places)


def give_free_places(owner: Owner) -> None:
    """Give what is free to the next who wait, `AT_ONCE` of them. The owner is locked."""
    if isinstance(owner, Category):
        settle(confirmed=promote_waiting(owner), promoted=True)
    else:
        fill(owner)


def taken(owner: Owner) -> int:
    """How many places of it are held, those that are offered included."""
    return holders(owner).holding().count()


# What the verbs share. Whoever calls these holds the lock of the owner.


def locked(model: type[Row], pks: Iterable[int]) -> dict[int, Row]:
    """Lock the rows that own the places, in the order of their keys; return them by key.

    « No key »: writing a row that only refers to one of them need not wait.
    """
    rows = model.objects.filter(pk__in=set(pks)).order_by("pk")
    found: Iterable[Any] = rows.select_for_update(of=("self",), no_key=True)
    return {row.pk: row for row in found}


def locked_sessions(sessions: Iterable[Session]) -> list[Session]:
    """The same, locked; raises Refused when one of them has been deleted."""
    asked = {session.pk: session for session in sessions}
    found = locked(Session, asked)
    for pk, session in asked.items():
        if pk not in found:
            raise not_bookable(session)
    return list(found.values())


def lock_all(registrations: Collection[Registration]) -> None:
    """Lock every category and session that ending all of these may touch, in order.

    Those whose turn comes may have asked for other sessions.
    """
    categories = locked(Category, [registration.category_id for registration in registrations])
    touched = Booking.objects.live().filter(
        Q(registration__in=registrations)
        | Q(registration__category__in=categories, registration__state=State.WAITING)
    )
    locked(Session, touched.order_by().values_list("session_id", flat=True))


def with_owner(holder: Holder) -> Owner:
    """Lock what owns the place of `holder`, then read `holder` as it is now.

    Moved to another category meanwhile, it lets go of the first, to keep the order of the locks.
    """
    name = "category" if isinstance(holder, Registration) else "session"
    model = Category if isinstance(holder, Registration) else Session
    while True:
        before = transaction.savepoint()
        pk = getattr(holder, f"{name}_id")
        owner = locked(model, [pk])[pk]
        holder.refresh_from_db()
        if getattr(holder, f"{name}_id") == pk:
            setattr(holder, name, owner)
            return owner
        transaction.savepoint_rollback(before)


def holders(owner: Owner) -> Any:
    return owner.registrations if isinstance(owner, Category) else owner.bookings


def has_room(owner: Owner) -> bool:
    return owner.places is None or taken(owner) < owner.places


def check_room(category: Category) -> None:
    """Raise Refused when the category is full."""
    if not has_room(category):
        raise Refused(
            _("“%(category)s” is full. Increase its number of places first."),
            code="full",
            params={"category": category},
        )


def next_number(owner: Owner) -> int:
    return (holders(owner).aggregate(last=Max("queue_number"))["last"] or 0) + 1


def take_turn(registration: Registration) -> None:
    """A place if one is free and nobody waits for it, else the last turn; not saved yet."""
    category = registration.category
    if has_room(category) and not holders(category).waiting().exists():
        registration.state = State.CONFIRMED
    else:
        registration.state = State.WAITING
        registration.queue_number = next_number(category)


def end(holder: Holder, state: State, *, by: User | None, reason: str = "") -> None:
    """It holds and waits for nothing any more; what it held goes to the next in turn."""
    freed = holder.state in HOLDING
    write(holder, state, by=by, reason=reason)
    if isinstance(holder, Registration):
        next_ones = promote_waiting(holder.category) if freed else []
        settle(unseated=[holder], confirmed=next_ones, promoted=True)
    elif freed:
        fill(holder.session)


def promote_waiting(category: Category) -> list[Registration]:
    """Give the free places of a category, in order; return those who have one for sure."""
    queue = first_in_turn(category).with_details()
    if category.edition.offer_hours:
        for registration in queue:
            registration.category = category
            offer(registration)
        return []
    promoted = list(queue)
    for registration in promoted:
        write(registration, State.CONFIRMED, by=None)
    return promoted


def settle(
    *,
    unseated: Collection[Registration] = (),
    confirmed: Collection[Registration] = (),
    promoted: bool = False,
) -> None:
    """What follows for the workshops: seats of those who left, turns of those who came.

    Those who came are told once, when their seats are known.
    """
    leaving = Booking.objects.live().filter(registration__in=unseated)
    coming = Booking.objects.waiting().filter(registration__in=confirmed)
    touched = (leaving.order_by() | coming.order_by()).values_list("session_id", flat=True)
    sessions = locked(Session, touched)
    for booking in leaving.select_related("registration"):
        booking.session = sessions[booking.session_id]
        write(booking, State.CANCELLED, by=None)
    for session in sessions.values():
        fill(session, told=confirmed)
    for registration in confirmed:
        notices.confirmed(registration, promoted=promoted)


def fill(session: Session, *, told: Collection[Registration] = ()) -> None:
    """Give the free seats of a session, in order. Those in `told` learn it in another mail."""
    for booking in first_in_turn(session).select_related("edition", "registration__user"):
        booking.session = session
        known = booking.registration in told
        if session.edition.offer_hours and not known:
            offer(booking)
            continue
        write(booking, State.CONFIRMED, by=None)
        if not known:
            notices.booked(booking, promoted=True)


def first_in_turn(owner: Owner) -> Any:
    """As many of the waiting list as there are places, `AT_ONCE` at most.

    Nobody once a place is of no use.
    """
    queue = holders(owner).waiting()
    if is_over(owner):
        return queue.none()
    free = AT_ONCE if owner.places is None else max(0, owner.places - taken(owner))
    return queue[: min(free, AT_ONCE)]


def is_over(owner: Owner) -> bool:
    """Whether a place of it is of no use any more."""
    last = last_moment(owner)
    cancelled = isinstance(owner, Session) and owner.is_cancelled
    return cancelled or (last is not None and last <= timezone.now())


def last_moment(owner: Owner) -> datetime.datetime | None:
    """Until when a place is of use: the start of a session, the end of the symposium.

    The demonstration is tried on any day. An edition of real people ticked as one would only go on
    giving its places after its end.
    """
    if isinstance(owner, Session):
        return owner.starts_at
    return None if owner.edition.is_demonstration else owner.edition.period.upper


def offer(holder: Holder) -> None:
    """Keep a place for the next in turn, who has some hours to take it."""
    until = timezone.now() + datetime.timedelta(hours=holder.edition.offer_hours)
    until = min(until, last_moment(holder.owner) or until)
    write(holder, State.OFFERED, by=None, until=until)
    notices.offered(holder)


def write(
    holder: Holder,
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
        record(holder, by=by, reason=reason)
    else:
        holder.save(update_fields=fields)


def record(registration: Registration, *, by: User | None, reason: str = "") -> None:
    StateChange.objects.create(
        registration=registration, state=registration.state, by=by, reason=reason
    )
