"""Mails about registrations: recipients, languages, attachments and texts."""

import datetime
import re

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone, translation

from symposium.core.mail.models import Email
from symposium.editions.models import Edition
from symposium.registrations import notices, places
from symposium.registrations.models import Certificate, Registration
from symposium.sessions.changes import changes_since_sequence
from symposium.sessions.models import Session
from tests.factories import (
    build_registration,
    make_booking,
    make_category,
    make_invitation,
    make_registration,
    make_room,
    make_session,
    make_user,
    make_workshop,
    open_edition,
    refreshed,
)

pytestmark = pytest.mark.django_db

HOUR = datetime.timedelta(hours=1)
LANGUAGES = ("fr", "en", "ar")


@pytest.fixture
def edition():
    return open_edition(
        slug="2027", name_en="Symposium", name_fr="Symposium", city_en="Casablanca",
        venue_en="Faculty", starts_on=datetime.date(2027, 6, 9),
    )  # fmt: skip


@pytest.fixture
def category(edition):
    return make_category(edition, name_en="On site", places=1)


@pytest.fixture
def workshop(edition):
    return make_workshop(edition, title_en="Maps", places=1, room=make_room(edition, name_en="R1"))


@pytest.fixture
def organiser():
    return make_user(name="Nadia")


def reader(language="en"):
    return make_user(language=language)


def register(category, sessions=(), language="en", **fields):
    return make_registration(
        category, user=reader(language), given_name="Salma", family_name="Médina",
        sessions=sessions, **fields,
    )  # fmt: skip


def sent_to(holder):
    """Return the mails to the holder, in the order in which they were written."""
    return [message for message in mail.outbox if message.to == [holder.user.email]]


def last_to(holder):
    return sent_to(holder)[-1]


def said(holder):
    """Return the subject and the paragraphs of the last mail to the holder, without the frame."""
    message = last_to(holder)
    words = message.body.replace("\u2060", "").replace("\u200e", "")
    body, _frame = words.split("\n\n-- \n")
    parts = [part for part in body.split("\n\n") if "\nhttp://testserver/en/my/" not in part]
    return [message.subject, *parts]


def attached(holder):
    return last_to(holder).attachment_names


def papers(holder, *kinds):
    return [f"{kind}:{holder.code}" for kind in kinds]


# Texts

DAYS = "9 and 10 June 2027"
CANCEL = (
    "If you can’t come, cancel on your registration page so that someone else can have your place."
)
AGAIN = (
    "If you change your mind, you can register again while registration is open. You’ll be "
    "last in the queue."
)
STREAMS = "Sign in, then open a session’s page to find its live stream."


TICKET = (
    "Your ticket is attached. Show its QR code at check-in, on a screen or on paper. If it "
    "can’t be scanned, give this code:"
)
DEADLINE = "Reply by 1 May 2027, 10:30 (Casablanca time). After that it goes to the next person."
WHEN = f"When: {DAYS}"
OPENS = "The first session starts at 09:00."
WHERE = "Where: Faculty, Casablanca"


def test_confirmation_mail_has_ticket_and_bookings(category, workshop):
    holder = register(category, [workshop])
    assert said(holder) == [
        f"Your ticket: Symposium, {DAYS}",
        "Hello Salma Médina,",
        f"Your registration for Symposium 2027 ({DAYS}, Faculty, Casablanca) is confirmed.",
        TICKET,
        holder.code_in_groups,
        "\n".join([WHEN, OPENS, WHERE, "Category: On site"]),
        CANCEL,
        "Your sessions with limited places:\n- Maps · 9 June 2027 09:00–09:45 · R1 · Confirmed",
    ]
    assert attached(holder) == papers(holder, "qr", "ticket", "calendar")


def test_online_confirmation_mail_has_no_ticket(edition):
    category = make_category(edition, name_en="Online", on_site=False, online_access=True)
    holder = register(category)
    assert said(holder) == [
        f"Your registration is confirmed: Symposium, {DAYS}",
        "Hello Salma Médina,",
        f"Your registration for Symposium 2027 ({DAYS}, Faculty, Casablanca) is confirmed.",
        STREAMS,
        "\n".join([WHEN, WHERE, "Category: Online"]),
        CANCEL,
    ]
    assert attached(holder) == papers(holder, "calendar")


def test_hybrid_confirmation_mail_has_ticket_and_streams(edition):
    holder = register(make_category(edition, online_access=True))
    assert [TICKET, holder.code_in_groups, STREAMS] == said(holder)[3:6]


def test_promotion_mail_states_the_confirmation_and_bookings(category, workshop):
    first, second = register(category, [workshop]), register(category, [workshop])
    places.cancel(first)
    assert said(second)[0] == f"Your ticket: Symposium, {DAYS}"
    assert said(second)[2] == (
        "A place is free and it’s now yours: your registration for Symposium 2027 "
        f"({DAYS}, Faculty, Casablanca) is confirmed."
    )
    assert said(second)[-1].endswith("- Maps · 9 June 2027 09:00–09:45 · R1 · Confirmed")
    assert attached(second) == papers(second, "qr", "ticket", "calendar")


def test_waiting_mail_states_position_and_requested_sessions(category, workshop):
    register(category)
    holder = register(category, [workshop])
    assert said(holder) == [
        "You are on the waiting list: Symposium 2027",
        "Hello Salma Médina,",
        f"All places in “On site” at Symposium 2027 ({DAYS}) are taken. You’re number 1 on the "
        "waiting list.",
        "We’ll email you as soon as a place is free. Your registration page shows your "
        "position at any time; you can also leave the list there.",
        "Sessions with limited places that you’ve requested. You keep your position, and "
        "seats are given once your registration is confirmed:\n- Maps · 9 June 2027 "
        "09:00–09:45 · R1",
    ]
    assert attached(holder) == []


def test_pending_mail_states_the_review_by_organisers(edition):
    holder = register(make_category(edition, name_en="Press", needs_approval=True))
    assert said(holder) == [
        "We’ve received your request: Symposium 2027",
        "Hello Salma Médina,",
        "You’ve asked to attend Symposium 2027 in the category “Press”. The organisers "
        "review each request; we’ll email you when they’ve decided.",
        "You don’t have a ticket yet. You don’t need to do anything else.",
    ]
    assert attached(holder) == []


def test_refusal_mail_states_reason_and_reply_address(edition, organiser):
    edition.contact_email = "contact@example.org"
    edition.save()
    holder = register(make_category(edition, name_en="Press", needs_approval=True))
    places.refuse(holder, by=organiser, reason="No press card.")
    assert said(holder) == [
        "Your request couldn’t be accepted: Symposium 2027",
        "Hello Salma Médina,",
        "We’re sorry: the organisers couldn’t accept your request to attend Symposium 2027 "
        "in the category “Press”.",
        "If you have a question, reply to this email.",
        "From the organisers:\nNo press card.",
    ]
    assert last_to(holder).reply_to == ["contact@example.org"]


def test_mail_without_contact_address_has_no_reply_to(edition, organiser):
    holder = register(make_category(edition, needs_approval=True))
    places.refuse(holder, by=organiser)
    assert (len(said(holder)), last_to(holder).reply_to) == (3, [])


def test_cancellation_mail_to_the_person_gives_thanks(category):
    holder = register(category)
    places.cancel(holder)
    assert said(holder) == [
        "Your registration is cancelled: Symposium 2027",
        "Hello Salma Médina,",
        f"You have cancelled your registration for Symposium 2027 ({DAYS}). Thank you for freeing "
        "up your place.",
        "Your ticket is no longer valid.",
        AGAIN,
    ]
    assert attached(holder) == []


def test_cancellation_mail_from_the_waiting_list_mentions_no_ticket(category):
    register(category)
    holder = register(category)
    places.cancel(holder)
    assert said(holder)[2:] == [
        f"You have cancelled your registration for Symposium 2027 ({DAYS}).", AGAIN,
    ]  # fmt: skip


def test_cancellation_mail_by_organisers_states_it(category, organiser):
    holder = register(category)
    places.cancel(holder, by=organiser, reason="Registered twice.")
    assert said(holder)[2:] == [
        f"The organisers have cancelled your registration for Symposium 2027 ({DAYS}).",
        "Your ticket is no longer valid.",
        "From the organisers:\nRegistered twice.",
    ]


def test_offer_mail_states_its_deadline(edition, category):
    type(edition).objects.update(offer_hours=24)
    first, second = register(category), register(category)
    places.cancel(first)
    Registration.objects.filter(pk=second.pk).update(
        offer_expires_at=datetime.datetime(2027, 5, 1, 10, 30, tzinfo=edition.zone)
    )
    notices.offered(refreshed(second))
    assert said(second) == [
        "A place at Symposium: accept by 1 May 2027, 10:30",
        "Hello Salma Médina,",
        f"A place is free and we’re holding it for you: Symposium ({DAYS}, Faculty, Casablanca).",
        DEADLINE,
    ]
    places.expire_offers(datetime.datetime(2028, 1, 1, tzinfo=datetime.UTC))
    assert said(second) == [
        "Offer expired: Symposium",
        "Hello Salma Médina,",
        "You didn’t accept the place held for you (Symposium) in time. It goes to the next person.",
        "If you still want to come, register again. You’ll be last in the queue.",
    ]


def test_category_change_mail_states_the_new_access(edition, category, organiser):
    mover = register(category)
    start = "Your registration for Symposium 2027 is now in the category "
    both = make_category(edition, name_en="Student")
    places.change_category(mover, both, by=organiser)
    assert said(mover) == [
        "Your category is now “Student”: Symposium 2027",
        "Hello Salma Médina,",
        f"{start}“Student”.",
        "It’s confirmed. Your code is the same; a new ticket is attached.",
    ]
    assert attached(mover) == papers(mover, "qr", "ticket", "calendar")
    online = make_category(edition, name_en="Online", on_site=False, online_access=True)
    places.change_category(mover, online, by=organiser)
    assert said(mover)[2:] == [
        f"{start}“Online”.",
        "It’s confirmed. This category is online only: any ticket you have is no longer "
        "valid at the entrance.",
    ]
    assert attached(mover) == papers(mover, "calendar")


def test_category_change_mail_on_the_waiting_list_states_the_position(edition, category, organiser):
    register(category)
    mover = register(category)
    places.change_category(mover, make_category(edition, places=0, name_en="S"), by=organiser)
    assert said(mover)[3:] == [
        "All its places are taken. You’re number 1 on the waiting list. We’ll email you as "
        "soon as a place is free."
    ]
    asked = register(make_category(edition, needs_approval=True))
    places.change_category(asked, make_category(edition), by=organiser)
    assert said(asked)[3:] == [
        "The organisers haven’t decided yet. We’ll email you when they have."
    ]


# Seats

MAPS = "Maps (9 June 2027 09:00–09:45)"


def test_booking_mail_states_its_outcome(edition, workshop):
    first, second = (register(make_category(edition)) for _ in range(2))
    third = register(make_category(edition, places=0))
    bookings = [make_booking(holder, workshop) for holder in (first, second, third)]
    assert said(first) == [
        "Your seat is booked: Maps",
        "Hello Salma Médina,",
        f"A seat is booked for you: {MAPS}.",
        "It’s in the attached calendar. If you can’t come, release your seat on your "
        "registration page so that someone else can have it.",
    ]
    assert attached(first) == papers(first, "calendar")
    assert said(second) == [
        "You are on the waiting list: Maps",
        "Hello Salma Médina,",
        f"All seats are taken: {MAPS}. You are on the waiting list of this session, number 1.",
        "We’ll email you as soon as a seat is free.",
    ]
    assert attached(second) == []
    assert said(third) == [
        "Seat requested: Maps",
        "Hello Salma Médina,",
        f"You’ve requested a seat: {MAPS}. You keep your position, and seats are given once your "
        "registration is confirmed.",
    ]
    before = len(sent_to(first))
    places.leave(bookings[0])
    assert said(second)[:3] == [
        "Your seat is booked: Maps",
        "Hello Salma Médina,",
        f"A seat is free and it’s now yours: {MAPS}.",
    ]
    assert len(sent_to(first)) == before


def test_seat_offer_mail_states_its_deadline(edition, workshop):
    type(edition).objects.update(offer_hours=24)
    first, second = (register(make_category(edition), [workshop]) for _ in range(2))
    places.leave(first.bookings.get())
    until = datetime.datetime(2027, 5, 1, 10, 30, tzinfo=edition.zone)
    offer = second.bookings.get()
    offer.offer_expires_at = until
    notices.offered(offer)
    assert said(second) == [
        "A seat in “Maps”: accept by 1 May 2027, 10:30",
        "Hello Salma Médina,",
        f"A seat is free and we’re holding it for you: {MAPS}.",
        DEADLINE,
    ]
    places.expire_offers(until + 365 * 24 * HOUR)
    assert said(second) == [
        "Offer expired: Maps",
        "Hello Salma Médina,",
        "You didn’t accept the place held for you (Maps) in time. It goes to the next person.",
        "If you still want to come, book this session again on your registration page. "
        "You’ll be last in the queue.",
    ]


def test_session_change_mail_lists_changes_and_clashes(edition, workshop):
    other = make_workshop(edition, title_en="Data", places=3, at="11:00")
    gone = make_workshop(edition, title_en="Gone", places=3, at="14:00")
    holder = register(make_category(edition), [workshop, other])
    known = {session: session.sequence for session in (refreshed(other), refreshed(gone))}
    Session.objects.filter(pk=other.pk).update(
        starts_at=workshop.starts_at, ends_at=workshop.ends_at
    )
    Session.objects.filter(pk=gone.pk).update(status=Session.Status.CANCELLED)
    notices.booked_sessions_changed(holder, changes_since_sequence(known))
    assert said(holder)[2:7] == [
        "The programme has changed. Here are your updated bookings:",
        "Data\nBefore: 11:00–11:45\nNow: 09:00–09:45",
        "Gone\nBefore: 9 June 2027 14:00–14:45\nNow: Cancelled.",
        "The attached calendar replaces the one you have. If this no longer suits you, "
        "release your seat on your registration page.",
        "Your sessions with limited places:\n"
        "- Maps · 9 June 2027 09:00–09:45 · R1 · Confirmed\n"
        "- Data · 9 June 2027 09:00–09:45 · Confirmed",
    ]
    assert said(holder)[7:] == [
        "Two of your sessions now overlap. Choose which one to keep:\n- Maps / Data"
    ]


def test_session_moved_while_edition_hidden_is_notified_with_current_time(edition, workshop):
    known = {refreshed(workshop): workshop.sequence}
    Edition.objects.filter(pk=edition.pk).update(is_published=False)
    Session.objects.filter(pk=workshop.pk).update(
        starts_at=workshop.starts_at + HOUR, ends_at=workshop.ends_at + HOUR
    )
    Edition.objects.filter(pk=edition.pk).update(is_published=True)
    holder = register(make_category(edition), [])
    notices.booked_sessions_changed(
        holder, changes_since_sequence({refreshed(w): n for w, n in known.items()})
    )
    assert said(holder)[3] == "Maps\nNow: 9 June 2027 10:00–10:45, R1"


# Before and after the edition


def test_reminder_mail_states_the_first_held_session(edition):
    make_session(edition, at="08:00", status="cancelled")
    make_session(edition, at="08:15", status="draft")
    make_session(edition, at="08:30")
    edition.address_en = "Km 8, route d’El Jadida."
    edition.save()
    holder = register(make_category(edition, online_access=True))
    notices.reminder(holder, tomorrow=True)
    assert said(holder) == [
        "Tomorrow at 08:30: Symposium 2027",
        "Hello Salma Médina,",
        "We look forward to seeing you at Symposium 2027.",
        "\n".join(
            [
                WHEN,
                "The first session starts at 08:30.",
                WHERE,
                "Km 8, route d’El Jadida.",
                "View on a map",
                "https://www.openstreetmap.org/search?query="
                "Km+8%2C+route+d%E2%80%99El+Jadida.+Casablanca",
            ]
        ),
        TICKET,
        holder.code_in_groups,
        STREAMS,
        CANCEL,
    ]
    assert attached(holder) == papers(holder, "qr", "ticket", "calendar")
    notices.reminder(holder, tomorrow=False)
    assert said(holder)[0] == f"{DAYS}: Symposium"


def test_certificate_mail_has_certificate_and_verification_link(edition):
    holder = register(make_category(edition))
    certificate = Certificate.objects.create(
        registration=holder, name="Salma Médina", days=[edition.starts_on], minutes=60
    )
    notices.certificate_ready(certificate)
    assert said(holder)[:3] == [
        "Your certificate of attendance: Symposium 2027",
        "Hello Salma Médina,",
        "Thank you for attending Symposium 2027. Your certificate of attendance is attached. "
        "You can also download it from your registration page.",
    ]
    assert said(holder)[3] == (
        f"Anyone can verify it at this address:\nhttp://testserver/en/verify/{certificate.token}/"
    )
    assert attached(holder) == papers(holder, "certificate")


def test_message_mail_contains_the_organiser_text(category):
    holder = register(category)
    notices.message(holder, subject="Tram 2 stops", body="Take the bus.\n\nNadia")
    assert said(holder)[:4] == ["Tram 2 stops", "Hello Salma Médina,", "Take the bus.", "Nadia"]


@pytest.mark.parametrize(("name", "greeting"), [("Nora", "Hello Nora,"), ("", "Hello,")])
def test_invitation_mail_greets_and_states_its_address(edition, name, greeting):
    category = make_category(edition, name_en="Press", by_invitation=True)
    notices.invited(make_invitation(category, email="n@example.org", name=name, language="en"))
    [message] = mail.outbox
    assert message.to == ["n@example.org"]
    assert [message.subject, *message.body.replace("\u2060", "").split("\n\n")[:4]] == [
        "You are invited: Symposium 2027",
        greeting,
        f"The organisers invite you to Symposium 2027 ({DAYS}, Faculty, Casablanca), in the "
        "category “Press”.",
        "Use this email address to register, as the invitation is linked to it: n@example.org",
        "Register\nhttp://testserver/en/2027/register/",
    ]


# Recipients and languages


def language_of(message):
    return re.search(r'<html lang="(\w+)"', message.alternatives[0][0])[1]


def test_each_mail_is_in_its_recipient_language(category):
    before = translation.get_language()
    with translation.override("ar"):
        readers = [register(category, language=language) for language in LANGUAGES]
        places.cancel(readers[0])
    assert [language_of(message) for message in mail.outbox] == ["fr", "en", "ar", "en", "fr"]
    prefixes = [re.search(r"testserver/(\w+)/my/", m.body)[1] for m in mail.outbox]
    assert prefixes == ["fr", "en", "ar", "en", "fr"]
    assert translation.get_language() == before


def test_registration_without_account_gets_no_mail(category):
    holder = register(category)
    Registration.objects.update(state="cancelled", user=None)
    mail.outbox.clear()
    notices.cancelled(refreshed(holder), was_confirmed=True, by_organiser=True)
    assert mail.outbox == []


def test_mail_times_use_the_edition_time_zone(edition, workshop):
    type(edition).objects.update(time_zone="America/New_York", offer_hours=1)
    Session.objects.filter(pk=workshop.pk).update(
        starts_at=datetime.datetime(2027, 6, 9, 13, tzinfo=datetime.UTC),
        ends_at=datetime.datetime(2027, 6, 9, 14, tzinfo=datetime.UTC),
    )
    holder = register(make_category(refreshed(edition)), [refreshed(workshop)])
    assert said(holder)[-1].endswith("- Maps · 9 June 2027 09:00–10:00 · R1 · Confirmed")


def test_mail_sentences_have_no_gaps_in_any_state_or_language(edition, organiser):
    """Gaps are double spaces, empty brackets, spaces before a full stop, pieces of a template."""
    type(edition).objects.update(offer_hours=1)
    venue = make_category(edition, places=1)
    workshop = make_workshop(edition, places=1)
    for language in LANGUAGES:
        everybody = [register(venue, [workshop], language=language) for _ in range(4)]
        places.cancel(everybody[0], by=organiser)
        places.decline(everybody[1])
        places.expire_offers(timezone.now() + 2 * HOUR)
        for holder in venue.registrations.active():
            places.cancel(holder)
    found = [
        (message.subject, fault)
        for message in mail.outbox
        for fault in FAULTS.findall(f"{message.subject}\n{message.body.partition('-- ')[0]}")
    ]
    assert len(mail.outbox) == 30
    assert found == []


FAULTS = re.compile(r"[^\n]{0,20}(?: {2}|\( *\)| \.| ,|, \)|\{|\}|None|\n{3})")


# Transactions


@pytest.fixture
def outbox(settings):
    settings.EMAIL_BACKEND = "symposium.core.mail.queue.QueueBackend"


@pytest.mark.usefixtures("outbox")
@pytest.mark.parametrize("fails", [True, False])
def test_rollback_discards_mail(category, fails):
    try:
        with transaction.atomic():
            holder = register(category)
            places.cancel(holder)
            if fails:
                raise RuntimeError
    except RuntimeError:
        pass
    assert Registration.objects.count() == (0 if fails else 1)
    assert Email.objects.count() == (0 if fails else 2)


@pytest.mark.usefixtures("outbox")
def test_refused_registration_sends_no_mail(category):
    with pytest.raises(places.Refused):
        places.register(
            build_registration(category), sessions=[make_workshop(category.edition, places=None)]
        )
    assert Email.objects.count() == 0


@pytest.mark.usefixtures("outbox")
def test_attachments_are_named_in_the_queue(category):
    holder = register(category)
    assert Email.objects.get().attachments == papers(holder, "qr", "ticket", "calendar")
