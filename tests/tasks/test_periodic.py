"""The periodic tasks of the worker, at times that the tests set."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as BrowserSession
from django.core import mail
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone, translation

from symposium.accounts import browser_sessions
from symposium.agenda import change_notices
from symposium.core import batches
from symposium.editions.models import Edition
from symposium.privacy import erasure
from symposium.registrations import places, reminders, waiting_list
from symposium.registrations.models import (
    Booking,
    Category,
    Certificate,
    Registration,
    Reminder,
    StateChange,
)
from symposium.sessions.models import Session
from symposium.tasks import periodic
from tests.factories import (
    instant,
    make_booking,
    make_category,
    make_registration,
    make_room,
    make_user,
    make_workshop,
    open_edition,
    refreshed,
    times,
)
from tests.helpers.check_ins import make_attendee, make_check_in, past_edition

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def edition():
    """An edition of next month, far from Greenwich."""
    return open_edition(slug="2031", name_fr="Villes", time_zone="America/St_Johns")


@pytest.fixture
def registration(edition):
    category = make_category(edition, places=1)
    return make_registration(category, user=make_user(language="en"))


@pytest.fixture
def told(registration):
    """Function that returns the recipients and subjects of the mails since its last call."""
    mail.outbox.clear()

    def since() -> list[tuple]:
        found = [(*message.to, message.subject) for message in mail.outbox]
        mail.outbox.clear()
        return found

    return since


def soon() -> datetime.datetime:
    """Return a time at which the latest changes are settled: in three minutes."""
    return timezone.now() + 3 * MINUTE


# Reminders


def before(edition, at: str, days: int) -> datetime.datetime:
    return instant(edition, at, day=1 - days)


def reminded(registration) -> list[str]:
    return list(registration.reminders.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("days", "at", "kinds"),
    [
        (7, "08:59", []),
        (7, "09:00", ["week"]),
        (3, "12:00", ["week"]),
        (1, "08:59", ["week"]),
        (1, "09:00", ["day"]),
        (1, "23:59", ["day"]),
        (0, "00:00", []),
        (-1, "09:00", []),
    ],
)
def test_reminder_is_sent_on_its_morning(registration, edition, days, at, kinds):
    """In the edition's time zone; a late reminder of the week gives way to that of the day."""
    count = reminders.send_reminders(before(edition, at, days))
    assert (count, reminded(registration)) == (len(kinds), kinds)


def test_each_reminder_is_sent_once(registration, edition, told):
    moments = [(7, "09:00"), (7, "09:15"), (6, "09:00"), (1, "09:00"), (1, "10:00")]
    counts = [reminders.send_reminders(before(edition, at, days)) for days, at in moments]
    assert counts == [1, 0, 0, 1, 0]
    email = registration.user.email
    with translation.override("en"):
        days = edition.dates
    assert told() == [(email, f"{days}: Villes"), (email, "Tomorrow: Villes 2031")]
    assert reminded(registration) == ["week", "day"]


def test_only_the_confirmed_are_reminded(registration, edition, told):
    waiting = make_registration(registration.category)
    free = make_category(edition)
    places.cancel(make_registration(free))
    pending = make_registration(make_category(edition, needs_approval=True))
    told()
    assert reminders.send_reminders(before(edition, "09:00", 7)) == 1
    assert [reminded(found) for found in (registration, waiting, pending)] == [["week"], [], []]


@pytest.mark.parametrize(("kind", "days", "hours"), [("week", 7, 24), ("day", 1, 12)])
def test_recently_confirmed_registration_is_not_reminded(registration, edition, kind, days, hours):
    due = before(edition, "09:00", days)
    last = due - hours * HOUR
    StateChange.objects.update(at=last + MINUTE)
    assert reminders.send_reminders(due) == 0
    assert reminders.send_reminders(due + 10 * HOUR) == 0
    StateChange.objects.update(at=last)
    Registration.objects.update(created_at=last + MINUTE)
    assert reminders.send_reminders(due) == 0
    Registration.objects.update(created_at=last)
    assert (reminders.send_reminders(due), reminded(registration)) == (1, [kind])


def test_unpublished_edition_sends_no_reminder(registration, edition):
    Edition.objects.update(is_published=False)
    assert reminders.send_reminders(before(edition, "09:00", 7)) == 0


def test_reminders_are_sent_in_batches(edition, monkeypatch):
    category = make_category(edition)
    for _ in range(3):
        make_registration(category)
    monkeypatch.setattr(batches, "BATCH_SIZE", 2)
    at = before(edition, "09:00", 7)
    assert [reminders.send_reminders(at) for _ in range(3)] == [2, 1, 0]


def test_reminder_run_stops_at_its_time_limit(edition, monkeypatch):
    """The worker sends no mail during a run."""
    category = make_category(edition)
    for _ in range(3):
        make_registration(category)
    monkeypatch.setattr(batches, "MAX_BATCH_SECONDS", 0)
    at = before(edition, "09:00", 7)
    assert [reminders.send_reminders(at) for _ in range(4)] == [1, 1, 1, 0]


def test_failing_registration_does_not_stop_the_batch(edition, monkeypatch, caplog):
    category = make_category(edition)
    first, second = make_registration(category), make_registration(category)
    wrong = first.pk

    def verb(registration):
        Reminder.objects.create(registration=registration, kind=Reminder.Kind.WEEK)
        return 1 // (registration.pk - wrong) == 1

    assert batches.for_each_locked(category.registrations.order_by("pk"), verb) == 1
    assert (reminded(first), reminded(second)) == ([], ["week"])
    [record] = caplog.records
    assert record.exc_info[0] is ZeroDivisionError


# Certificates


def test_certificates_are_sent_on_the_morning_after():
    edition = past_edition(time_zone="America/St_Johns")
    came, stayed_away = make_attendee(edition), make_attendee(edition)
    make_check_in(came)
    moments = [(2, "23:59"), (3, "00:00"), (3, "09:00"), (3, "09:15"), (32, "09:00")]
    seen = []
    for day, at in moments:
        sent = reminders.send_certificates(instant(edition, at, day))
        seen.append((sent, Certificate.objects.count()))
    assert seen == [(0, 0), (0, 1), (1, 1), (0, 1), (0, 1)]
    assert (reminded(came), reminded(stayed_away)) == (["after"], [])
    [message] = mail.outbox
    assert (message.to, message.attachment_names) == (
        [came.user.email], [f"certificate:{came.code}"],
    )  # fmt: skip


def test_certificate_has_the_name_corrected_before_sending():
    edition = past_edition()
    came = make_attendee(edition, family_name="Médina")
    make_check_in(came)
    reminders.send_certificates(instant(edition, "00:00", 3))
    Registration.objects.update(family_name="Madani")
    reminders.send_certificates(instant(edition, "09:00", 3))
    assert Certificate.objects.get().name == "Salma Madani"


def test_long_past_edition_sends_no_certificates():
    edition = past_edition()
    make_check_in(make_attendee(edition))
    assert reminders.send_certificates() == 0
    assert (Certificate.objects.count(), mail.outbox) == (0, [])


# Changed sessions


def move(session, at: str) -> None:
    Session.objects.filter(pk=session.pk).update(**times(session.edition, at))


def changes_told(at=None) -> list[list[str]]:
    """Notify once; return for each mail its cards of changed sessions."""
    mail.outbox.clear()
    count = change_notices.notify_booking_changes(at or soon())
    assert count == len(mail.outbox)
    return [changes_in(message.body) for message in mail.outbox]


def changes_in(body: str) -> list[str]:
    return [part for part in body.split("\n\n") if "\nNow: " in part]


@pytest.fixture
def sessions(edition):
    """Three workshops, with titles in the language of the mail."""
    return [
        make_workshop(edition, title_fr=title, at=at)
        for title, at in [("Eau", "09:00"), ("Air", "10:00"), ("Sol", "11:00")]
    ]


@pytest.fixture
def booked(registration, sessions):
    return [make_booking(registration, session) for session in sessions]


@pytest.mark.usefixtures("booked")
def test_one_mail_lists_all_changed_sessions(sessions, edition):
    move(sessions[0], "14:00")
    Session.objects.filter(pk=sessions[1].pk).update(status=Session.Status.CANCELLED)
    [lines] = changes_told()
    assert [line.partition("\n")[0] for line in lines] == ["Air", "Eau"]
    assert lines[1].endswith("Now: \u200e14:00–14:45\u200e")
    assert changes_told() == []


@pytest.mark.usefixtures("booked")
def test_session_moved_back_is_not_notified(sessions):
    move(sessions[0], "14:00")
    move(sessions[0], "09:00")
    assert changes_told() == []
    move(sessions[0], "14:00")
    [[line]] = changes_told()
    assert line == "Eau\nBefore: \u200e09:00–09:45\u200e\nNow: \u200e14:00–14:45\u200e"


@pytest.mark.usefixtures("booked")
def test_change_mail_is_delayed_until_the_session_settles(sessions):
    move(sessions[0], "14:00")
    assert changes_told(timezone.now()) == []
    assert changes_told(timezone.now() + MINUTE) == []
    assert len(changes_told(soon())) == 1


@pytest.mark.usefixtures("booked")
def test_change_mail_waits_for_all_sessions_of_a_registration(sessions):
    move(sessions[0], "14:00")
    move(sessions[1], "15:00")
    at = timezone.now()
    Session.objects.filter(pk=sessions[0].pk).update(updated_at=at - HOUR)
    assert changes_told(at) == []
    assert [len(lines) for lines in changes_told()] == [2]


def test_session_moved_twice_is_notified_with_the_last_sequence(booked, sessions):
    for at in ("14:00", "15:00"):
        move(sessions[0], at)
        assert len(changes_told()) == 1
    assert refreshed(booked[0]).notified_sequence == refreshed(sessions[0]).sequence == 2


@pytest.mark.usefixtures("booked")
def test_title_change_is_not_notified(sessions):
    Session.objects.filter(pk=sessions[0].pk).update(title_fr="Océan")
    assert changes_told() == []


@pytest.mark.usefixtures("booked")
def test_draft_session_change_is_notified_once_republished(sessions):
    move(sessions[0], "14:00")
    Session.objects.filter(pk=sessions[0].pk).update(status=Session.Status.DRAFT)
    assert changes_told() == []
    Session.objects.filter(pk=sessions[0].pk).update(status=Session.Status.PUBLISHED)
    assert len(changes_told()) == 1


@pytest.mark.usefixtures("booked")
def test_past_session_change_is_not_notified(sessions, edition):
    move(sessions[0], "14:00")
    assert changes_told(instant(edition, "14:45")) == []
    assert len(changes_told(instant(edition, "14:44"))) == 1


@pytest.mark.usefixtures("booked")
def test_unscheduled_session_change_is_notified_until_edition_ends(sessions, edition):
    Session.objects.filter(pk=sessions[0].pk).update(starts_at=None, ends_at=None)
    assert changes_told(instant(edition, "00:00", 3)) == []
    assert len(changes_told(instant(edition, "23:59", 2))) == 1


def test_released_booking_is_not_notified(booked, sessions):
    places.leave(booked[0])
    move(sessions[0], "14:00")
    assert changes_told() == []


def test_waiting_booking_is_notified_of_changes(registration, edition):
    full = make_workshop(edition, places=0, title_fr="Eau")
    make_booking(registration, full)
    move(full, "14:00")
    assert len(changes_told()) == 1


@pytest.mark.usefixtures("booked")
def test_room_assignment_is_notified(sessions, edition):
    room = make_room(edition, name_fr="Auditorium")
    Session.objects.filter(pk=sessions[2].pk).update(room=room)
    [[line]] = changes_told()
    assert line == "Sol\nBefore: no room\nNow: Auditorium"


def test_change_mail_run_makes_one_query_when_nothing_changed(booked, django_assert_num_queries):
    with django_assert_num_queries(1):
        change_notices.notify_booking_changes(soon())


# Places freed by plain SQL


def states(*holders) -> list[str]:
    return [refreshed(holder).state for holder in holders]


def test_place_freed_by_plain_sql_goes_to_next_in_queue(registration, told):
    category = registration.category
    second, third = make_registration(category), make_registration(category)
    told()
    assert waiting_list.promote_waiting_everywhere() == 0
    Registration.objects.filter(pk=registration.pk).update(state="cancelled")
    assert [
        waiting_list.promote_waiting_everywhere(),
        waiting_list.promote_waiting_everywhere(),
    ] == [1, 0]
    assert states(second, third) == ["confirmed", "waiting"]
    assert [to for to, _subject in told()] == [second.user.email]
    Category.objects.filter(pk=category.pk).update(places=None)
    assert (waiting_list.promote_waiting_everywhere(), states(third)) == (1, ["confirmed"])


def test_seat_freed_by_plain_sql_goes_to_next_in_queue(registration, edition):
    session = make_workshop(edition, places=1)
    other = make_registration(make_category(edition))
    first, second = make_booking(registration, session), make_booking(other, session)
    Booking.objects.filter(pk=first.pk).update(state="cancelled")
    assert [
        waiting_list.promote_waiting_everywhere(),
        waiting_list.promote_waiting_everywhere(),
    ] == [1, 0]
    assert states(second) == ["confirmed"]


def test_waiting_booking_is_not_promoted_without_a_confirmed_registration(registration, edition):
    session = make_workshop(edition, places=1)
    waiting = make_registration(registration.category, sessions=[session])
    assert (waiting_list.promote_waiting_everywhere(), states(waiting.bookings.get())) == (
        0,
        ["waiting"],
    )


def test_past_or_hidden_sessions_and_editions_promote_no_waiting_entry(registration, edition):
    other = make_registration(make_category(edition))
    second = make_registration(registration.category)
    session, hidden = make_workshop(edition, places=0), make_workshop(edition, places=0, at="10:00")
    bookings = [make_booking(other, session), make_booking(other, hidden)]
    edition.sessions.update(places=1)
    Session.objects.filter(pk=hidden.pk).update(status=Session.Status.DRAFT)
    assert waiting_list.promote_waiting_everywhere(instant(edition, "09:00")) == 0
    Registration.objects.filter(pk=registration.pk).update(state="cancelled")
    assert waiting_list.promote_waiting_everywhere(instant(edition, "00:00", 3)) == 0
    assert states(second, *bookings) == ["waiting"] * 3


def test_waiting_registration_is_offered_where_the_edition_uses_offers(registration, edition):
    second = make_registration(registration.category)
    Edition.objects.update(offer_hours=24)
    Registration.objects.filter(pk=registration.pk).update(state="cancelled")
    assert (waiting_list.promote_waiting_everywhere(), states(second)) == (1, ["offered"])
    assert waiting_list.promote_waiting_everywhere() == 0


# Expired data


def test_expired_browser_sessions_are_deleted():
    store = SessionStore()
    store.create()
    now = timezone.now()
    assert browser_sessions.delete_expired_sessions(now) == 0
    assert browser_sessions.delete_expired_sessions(now + datetime.timedelta(days=15)) == 1
    assert BrowserSession.objects.count() == 0


def test_every_task_runs_on_an_empty_site(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert [task() for task in periodic.PERIODIC_TASKS] == [0] * len(periodic.PERIODIC_TASKS)


# Concurrent workers


def at_once(*works) -> list:
    """Run all functions together, each in its own connection; return their results."""
    barrier = Barrier(len(works))

    def run(work):
        try:
            barrier.wait(20)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [found.result(20) for found in [pool.submit(run, work) for work in works]]


@pytest.mark.django_db(transaction=True)
def test_concurrent_workers_remind_each_registration_once():
    edition = open_edition()
    category = make_category(edition)
    for _ in range(10):
        make_registration(category)
    mail.outbox.clear()
    work = partial(reminders.send_reminders, before(edition, "09:00", 7))
    assert sum(at_once(work, work, work)) + work() == 10  # the rest that a slow machine left
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 10


@pytest.mark.django_db(transaction=True)
def test_concurrent_workers_notify_each_registration_once():
    edition = open_edition()
    category, session = make_category(edition), make_workshop(edition)
    for _ in range(10):
        make_booking(make_registration(category), session)
    move(session, "14:00")
    mail.outbox.clear()
    work = partial(change_notices.notify_booking_changes, soon())
    assert sum(at_once(work, work, work)) + work() == 10  # the rest that a slow machine left
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 10
    assert change_notices.notify_booking_changes(soon()) == 0


@pytest.mark.django_db(transaction=True)
def test_concurrent_workers_notify_twice_without_the_lock(monkeypatch):
    """Negative control: each worker reads the pending changes before the other writes."""
    edition = open_edition()
    session = make_workshop(edition)
    make_booking(make_registration(make_category(edition)), session)
    move(session, "14:00")
    mail.outbox.clear()
    barrier, save = Barrier(2), Booking.save

    def save_together(booking, **options):
        barrier.wait(20)
        save(booking, **options)

    monkeypatch.setattr(Booking, "save", save_together)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    work = partial(change_notices.notify_booking_changes, soon())
    assert (at_once(work, work), len(mail.outbox)) == ([1, 1], 2)


def test_demonstration_edition_is_preserved_and_usable_long_after():
    edition = past_edition(is_demonstration=True)
    attendee = make_attendee(edition)
    make_check_in(attendee)
    years_after = edition.period.upper + datetime.timedelta(days=2000)
    assert reminders.send_certificates(years_after) == 1
    assert erasure.apply_retention(years_after) == 0
    assert refreshed(attendee).name == attendee.name


def test_demonstration_flag_does_not_prevent_retention_outside_demo_mode(settings):
    settings.DEMO = False
    edition = past_edition(is_demonstration=True)
    attendee = make_attendee(edition, accessibility_needs="Boucle")
    years_after = edition.period.upper + datetime.timedelta(days=2000)
    assert erasure.apply_retention(years_after) == 2
    assert (refreshed(attendee).name, attendee.accessibility_needs) == ("", "")
