"""Places in categories: order of registrations, states and their changes."""

import datetime
from functools import partial

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from symposium.registrations import places, waiting_list
from symposium.registrations.models import Category, Registration
from symposium.registrations.models.registrations import State
from symposium.sessions.models import Session
from tests.factories import (
    build_registration,
    make_category,
    make_invitation,
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
    return open_edition()


@pytest.fixture
def organiser():
    return make_user(name="Nadia")


def states(*holders):
    return [refreshed(holder).state for holder in holders]


def ranks(*holders):
    return [refreshed(holder).queue_position for holder in holders]


def several(number, category, **fields):
    return [make_registration(category, **fields) for _ in range(number)]


def put(registration, state):
    """Write a state to the database, without the rules of `places.py`."""
    Registration.objects.filter(pk=registration.pk).update(
        state=state,
        queue_number=1 if state == State.WAITING else None,
        offer_expires_at=timezone.now() + HOUR if state == State.OFFERED else None,
    )
    return refreshed(registration)


def changes(registration):
    return [(change.state, change.by, change.reason) for change in registration.changes.all()]


# Outcome of each verb in each state: `·` changes nothing, `!code` is a refusal, `+` sends a mail
# although the state stays.

VERBS = {
    "approve": lambda holder, by: places.approve(holder, by=by),
    "refuse": lambda holder, by: places.refuse(holder, by=by),
    "cancel": lambda holder, by: places.cancel(holder),
    "promote": lambda holder, by: places.promote(holder, by=by),
    "accept": lambda holder, by: places.accept(holder),
    "decline": lambda holder, by: places.decline(holder),
    "expire": lambda holder, by: places.expire(holder, timezone.now() + 2 * HOUR),
    "move": lambda holder, by: places.change_category(
        holder, Category.objects.exclude(registrations=holder).get(), by=by
    ),
    "book": lambda holder, by: places.book(holder, Session.objects.get(title_fr=holder.state)),
}
TRANSITIONS = """
           pending    confirmed  waiting    offered    refused  declined expired  cancelled
approve    confirmed  ·          ·          ·          ·        ·        ·        ·
refuse     refused    ·          refused    ·          ·        ·        ·        ·
cancel     cancelled  cancelled  cancelled  cancelled  ·        ·        ·        ·
promote    ·          ·          confirmed  ·          ·        ·        ·        ·
accept     !expired   ·          !expired   confirmed  !expired !expired !expired !expired
decline    ·          ·          ·          declined   ·        ·        ·        ·
expire     ·          ·          ·          expired    ·        ·        ·        ·
move       +pending   +confirmed confirmed  confirmed  ·        ·        ·        ·
book       +pending   +confirmed +waiting   +offered   !ended   !ended   !ended   !ended
"""
SILENT = {"decline"}  # the person declines and needs no mail
HEADER, *ROWS = [line.split() for line in TRANSITIONS.strip().splitlines()]


def test_transition_table_has_every_verb_and_state():
    assert [row[0] for row in ROWS] == list(VERBS)
    assert sorted(HEADER) == sorted(State.values)


@pytest.mark.parametrize("row", ROWS, ids=VERBS)
def test_verb_in_each_state(edition, organiser, row):
    verb, *outcomes = row
    registration = make_registration(make_category(edition))
    make_category(edition)
    for state in HEADER:
        make_workshop(edition, at=None, title_fr=state)
    found = {state: done(verb, put(registration, state), organiser) for state in HEADER}
    assert found == dict(zip(HEADER, map(partial(expected, verb), HEADER, outcomes), strict=True))


def expected(verb, state, outcome):
    """Return the state or refusal, the number of mails, and the number of recorded changes."""
    changes = outcome != "·" and outcome[0] != "!"
    told = int(changes and verb not in SILENT)
    return (state if outcome == "·" else outcome.removeprefix("+"), told,
            int(changes and verb != "book"))  # fmt: skip


def done(verb, registration, by):
    before = registration.changes.count()
    mail.outbox.clear()
    outcome = attempt(verb, registration, by)
    assert {message.to[0] for message in mail.outbox} <= {registration.user.email}
    found = (outcome, len(mail.outbox), registration.changes.count() - before)
    if verb != "move":  # a repeated verb changes nothing
        assert attempt(verb, registration, by) == outcome
        assert len(mail.outbox) == found[1]
    return found


def attempt(verb, registration, by):
    """Apply the verb; return the state, or the code of a refusal after `!`."""
    try:
        VERBS[verb](registration, by)
    except places.Refused as refused:
        return f"!{refused.code}"
    return refreshed(registration).state


def test_state_change_records_author_and_reason(organiser):
    registration = make_registration(make_category(needs_approval=True))
    places.approve(registration, by=organiser)
    places.cancel(registration, by=organiser, reason="Doublon")
    assert changes(registration) == [
        ("pending", None, ""), ("confirmed", organiser, ""), ("cancelled", organiser, "Doublon"),
    ]  # fmt: skip


# Order


def test_places_are_given_in_order_of_arrival(edition):
    category = make_category(edition, places=1)
    one, two, three = several(3, category)
    assert states(one, two, three) == ["confirmed", "waiting", "waiting"]
    assert ranks(one, two, three) == [None, 1, 2]
    places.cancel(one)
    assert states(one, two, three) == ["cancelled", "confirmed", "waiting"]
    assert ranks(one, two, three) == [None, None, 1]


def test_queue_position_follows_departures(edition):
    first, second, third = several(3, make_category(edition, places=0))
    places.cancel(second)
    assert ranks(first, second, third) == [1, None, 2]
    places.cancel(first)
    assert ranks(third) == [1]


def test_returning_registration_is_last_in_queue(edition):
    category = make_category(edition, places=1)
    holder, first, second = several(3, category)
    places.cancel(first)
    back = make_registration(category, user=first.user)
    assert (ranks(second, back), states(first)) == ([1, 2], ["cancelled"])
    places.cancel(holder)
    assert states(second, back) == ["confirmed", "waiting"]


def test_last_in_queue_returning_gets_a_new_queue_number(edition):
    category = make_category(edition, places=0)
    first, last = several(2, category)
    places.cancel(last)
    back, new = make_registration(category, user=last.user), make_registration(category)
    assert ranks(first, back, new) == [1, 2, 3]


def test_unlimited_places_are_not_counted(edition):
    assert states(*several(3, make_category(edition, places=None))) == ["confirmed"] * 3


def test_zero_places_make_a_waiting_list(edition):
    waiting = several(2, make_category(edition, places=0))
    assert (states(*waiting), ranks(*waiting)) == (["waiting"] * 2, [1, 2])


def test_categories_have_separate_places(edition):
    one, other = (make_registration(make_category(edition, places=1)) for _ in range(2))
    assert states(one, other) == ["confirmed", "confirmed"]


def test_newcomer_does_not_overtake_the_queue(edition):
    category = make_category(edition, places=0)
    waiting = make_registration(category)
    type(category).objects.update(places=5)
    assert states(waiting, make_registration(category)) == ["waiting", "waiting"]


def test_past_edition_promotes_no_registration(edition):
    category = make_category(edition, places=1)
    holder, waiting = several(2, category)
    day = datetime.timedelta(days=60)
    type(edition).objects.update(starts_on=edition.starts_on - day, ends_on=edition.ends_on - day)
    places.cancel(holder)
    assert states(holder, waiting) == ["cancelled", "waiting"]


def test_demonstration_promotes_on_any_day(edition):
    category = make_category(edition, places=1)
    holder, waiting = several(2, category)
    day = datetime.timedelta(days=60)
    type(edition).objects.update(
        starts_on=edition.starts_on - day, ends_on=edition.ends_on - day, is_demonstration=True
    )
    places.cancel(holder)
    assert states(waiting) == ["confirmed"]


# The number of places


def test_added_places_go_to_the_first_in_queue(edition):
    category = make_category(edition, places=0)
    first, second, third = several(3, category)
    assert places.set_places(category, 2) == 0
    assert states(first, second, third) == ["confirmed", "confirmed", "waiting"]
    assert places.set_places(category, None) == 0
    assert states(third) == ["confirmed"]
    assert refreshed(category).places is None


def test_lowering_places_cancels_no_registration(edition):
    category = make_category(edition, places=3)
    holders = several(3, category)
    assert places.set_places(category, 1) == 2
    waiting = make_registration(category)
    assert states(*holders, waiting) == [*["confirmed"] * 3, "waiting"]
    for holder in holders[:2]:
        places.cancel(holder)
        assert states(waiting) == ["waiting"]
    places.cancel(holders[2])
    assert states(waiting) == ["confirmed"]


def test_unchanged_places_send_no_mail(edition):
    category = make_category(edition, places=1)
    several(2, category)
    mail.outbox.clear()
    assert (places.set_places(category, 1), len(mail.outbox)) == (0, 0)


def test_places_are_given_in_batches(edition):
    """Sixty wait: the first fifty get a place at once, so that the lock is short."""
    category = make_category(edition, places=0)
    waiting = several(60, category)
    mail.outbox.clear()
    assert places.set_places(category, 100) == 0
    assert states(*waiting) == ["confirmed"] * 50 + ["waiting"] * 10
    assert len(mail.outbox) == 50
    assert states(make_registration(category)) == ["waiting"]
    assert [
        waiting_list.promote_waiting_everywhere(),
        waiting_list.promote_waiting_everywhere(),
    ] == [1, 0]
    assert (places.occupied_places(category), states(waiting[-1])) == (61, ["confirmed"])


def test_promoted_registration_gets_a_free_place_at_once(edition, organiser):
    category = make_category(edition, places=1)
    _holder, first, second = several(3, category)
    type(category).objects.update(places=2)
    assert places.promote(second, by=organiser)
    assert states(first, second) == ["waiting", "confirmed"]
    assert not places.promote(second, by=organiser)


def test_promoted_registration_gets_the_next_freed_place(edition, organiser):
    category = make_category(edition, places=1)
    holder, first, second, third = several(4, category)
    mail.outbox.clear()
    assert places.promote(third, by=organiser)
    assert [refreshed(one).queue_position for one in (first, second, third)] == [2, 3, 1]
    assert changes(refreshed(third))[-1] == ("waiting", organiser, "")
    assert not places.promote(third, by=organiser)
    assert (len(changes(refreshed(third))), len(mail.outbox)) == (2, 0)
    places.cancel(refreshed(holder))
    assert states(first, second, third) == ["waiting", "waiting", "confirmed"]


# Registrations that a category accepts


def refusal(category, **fields):
    """Return the code and the English messages of the refusal; nothing may be stored."""
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        make_registration(category, **fields)
    assert (Registration.objects.count(), len(mail.outbox)) == (0, 0)
    return refused.value.code, refused.value.messages


@pytest.mark.parametrize(
    "hours",
    [{"opens": None}, {"opens": 1}, {"opens": -2, "closes": -1}, {"opens": -2, "closes": 0}],
)
def test_closed_edition_refuses_registrations(hours):
    times = {
        f"registration_{name}_at": None if number is None else timezone.now() + number * HOUR
        for name, number in hours.items()
    }
    assert refusal(make_category(open_edition(**times))) == ("closed", ["Registration is closed."])


@pytest.mark.parametrize("hours", [{"opens_at": 1}, {"opens_at": -2, "closes_at": -1}])
def test_closed_category_refuses_registrations(edition, hours):
    times = {field: timezone.now() + number * HOUR for field, number in hours.items()}
    assert refusal(make_category(edition, name_fr="Sur place", **times)) == (
        "category_closed",
        ["The category “Sur place” isn’t open to you. Choose another."],
    )


def test_deleted_category_refuses_registrations(edition):
    category = make_category(edition, name_fr="Sur place")
    Category.objects.all().delete()
    assert refusal(category) == (
        "category_closed",
        ["The category “Sur place” isn’t open to you. Choose another."],
    )


def test_category_is_open_within_its_times(edition):
    now = timezone.now()
    category = make_category(edition, opens_at=now - HOUR, closes_at=now + HOUR)
    assert make_registration(category).is_confirmed


def test_category_by_invitation_accepts_invited_accounts_only(edition):
    category = make_category(edition, by_invitation=True)
    other = make_invitation(make_category(edition, by_invitation=True))
    guest = make_user(make_invitation(category).email)
    make_invitation(make_category(edition, by_invitation=True), email=guest.email)
    assert refusal(category, user=make_user(other.email))[0] == "category_closed"
    assert make_registration(category, user=guest).is_confirmed


def test_category_of_another_edition_is_refused(edition):
    stray = build_registration(make_category())
    stray.edition = edition
    with pytest.raises(ValidationError) as refused:
        places.register(stray)
    assert list(refused.value.message_dict) == ["category"]


def test_pending_request_occupies_no_place(edition, organiser):
    category = make_category(edition, places=1, needs_approval=True)
    asked, other = several(2, category)
    assert (states(asked, other), places.occupied_places(category)) == (["pending", "pending"], 0)
    places.approve(other, by=organiser)
    places.approve(asked, by=organiser)
    assert (states(other, asked), ranks(asked)) == (["confirmed", "waiting"], [1])


def test_organiser_registers_outside_dates_within_the_places(organiser):
    closed = open_edition(registration_closes_at=timezone.now() - HOUR)
    category = make_category(closed, places=1, needs_approval=True, by_invitation=True)
    one, two = (places.register(build_registration(category), by=organiser)[0] for _ in range(2))
    assert states(one, two) == ["confirmed", "waiting"]
    assert changes(one) == [("confirmed", organiser, "")]


def test_form_sent_twice_makes_one_registration(edition):
    category = make_category(edition, places=1)
    first, created = places.register(build_registration(category))
    assert created
    mail.outbox.clear()
    second = build_registration(category, user=first.user, family_name="Autre")
    again, created = places.register(second)
    assert (again, created) == (first, False)
    assert (again.family_name, len(mail.outbox)) == (first.family_name, 0)
    assert Registration.objects.count() == 1


def test_registrations_are_limited_to_five_a_day(edition, organiser):
    category, user = make_category(edition), make_user()
    for _ in range(5):
        places.cancel(make_registration(category, user=user))
    mail.outbox.clear()
    with translation.override("en"), pytest.raises(places.Refused) as refused:
        make_registration(category, user=user)
    assert (refused.value.code, refused.value.messages, mail.outbox) == (
        "too_often",
        ["You’ve registered and cancelled too many times today. Try again tomorrow."],
        [],
    )
    assert make_registration(make_category(), user=user).is_confirmed
    Registration.objects.filter(edition=edition, user=user).update(
        created_at=timezone.now() - 25 * HOUR
    )
    assert make_registration(category, user=user).is_confirmed


def test_organiser_registrations_are_not_limited(edition, organiser):
    category, user = make_category(edition), make_user()
    for _ in range(6):
        registration, _created = places.register(
            build_registration(category, user=user), by=organiser
        )
        places.cancel(registration, by=organiser)
    assert Registration.objects.of(user).count() == 6


def test_invalid_field_creates_no_registration(edition):
    category = make_category(edition)
    with pytest.raises(ValidationError) as refused:
        make_registration(category, role="king", family_name="")
    assert sorted(refused.value.message_dict) == ["family_name", "role"]
    assert Registration.objects.count() == 0


# Moves between categories


def test_place_freed_by_a_move_goes_to_next_in_queue(edition, organiser):
    before, after = make_category(edition, places=1), make_category(edition, places=1)
    holder, waiting = several(2, before)
    places.change_category(holder, after, by=organiser)
    assert (states(holder, waiting), refreshed(holder).category) == (["confirmed"] * 2, after)
    places.cancel(holder)
    assert [places.occupied_places(before), places.occupied_places(after)] == [1, 0]


def test_move_into_a_full_category_is_refused(edition, organiser):
    before, full = make_category(edition, places=1), make_category(edition, places=0)
    holder = make_registration(before)
    with pytest.raises(places.Refused) as refused:
        places.change_category(holder, full, by=organiser)
    assert refused.value.code == "full"
    assert (states(holder), refreshed(holder).category) == (["confirmed"], before)


def test_move_of_an_offer_into_a_full_category_is_refused(organiser):
    edition = open_edition(offer_hours=24)
    before, full = make_category(edition, places=1), make_category(edition, places=0)
    holder, offered = several(2, before)
    places.cancel(holder)
    with pytest.raises(places.Refused):
        places.change_category(offered, full, by=organiser)
    assert (states(offered), refreshed(offered).category) == (["offered"], before)


def test_move_between_queues_goes_to_the_end(edition, organiser):
    before, after = make_category(edition, places=0), make_category(edition, places=0)
    mover, stays, there = *several(2, before), make_registration(after)
    places.change_category(mover, after, by=organiser)
    assert ranks(stays, there, mover) == [1, 1, 2]


def test_move_back_and_forth_restores_the_registration(edition, organiser):
    one, other = make_category(edition, places=1), make_category(edition, places=None)
    holder = make_registration(one)
    for category in (other, one, one):
        places.change_category(holder, category, by=organiser)
    assert (states(holder), refreshed(holder).category) == (["confirmed"], one)
    assert places.occupied_places(other) == 0


def test_moved_request_stays_pending(edition, organiser):
    asked = make_registration(make_category(edition, needs_approval=True))
    places.change_category(asked, make_category(edition, places=1), by=organiser)
    assert states(asked) == ["pending"]
    places.approve(asked, by=organiser)
    assert states(asked) == ["confirmed"]


def test_verb_on_a_stale_row_uses_the_current_category(edition, organiser):
    before, after = make_category(edition, places=1), make_category(edition, places=1)
    holder = make_registration(before)
    stale = Registration.objects.get(pk=holder.pk)
    places.change_category(holder, after, by=organiser)
    waiting = make_registration(after)
    places.cancel(stale)
    assert (states(stale, waiting), refreshed(stale).category) == (
        ["cancelled", "confirmed"],
        after,
    )
