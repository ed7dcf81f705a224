"""Data about a person: all of it is exported, all of it is erased, and the statistics stay."""

import datetime
import json

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count
from django.utils import timezone, translation

from symposium.accounts.models import User
from symposium.core.mail import queue
from symposium.core.mail.models import Email
from symposium.editions.models import Edition
from symposium.privacy import erasure
from symposium.registrations import notices, places
from symposium.registrations.documents import certificates
from symposium.registrations.documents.attachments import ATTACHMENTS
from symposium.registrations.models import (
    Answer,
    Booking,
    Certificate,
    CheckIn,
    Invitation,
    Message,
    Registration,
    Reminder,
    StateChange,
)
from tests.factories import (
    make_booking,
    make_category,
    make_invitation,
    make_organiser,
    make_question,
    make_registration,
    make_user,
    make_workshop,
    open_edition,
    refreshed,
)
from tests.helpers.check_ins import make_attendee, make_check_in, past_edition

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
SALMA = {
    "given_name": "Salma",
    "family_name": "Médina",
    "given_name_ar": "سلمى",
    "family_name_ar": "المدينة",
    "affiliation": "Institut Introuvable",
    "accessibility_needs": "Boucle magnétique",
}
# Values of which an erasure leaves none in the database.
SECRETS = [
    "salma@example.org", "old@example.org", "Salma", "Médina", "سلمى", "المدينة", "Introuvable",
    "magnétique", "arachides", "parce qu’elle", "JBSWY3DPEHPK3PXP",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "symposium.core.mail.queue.QueueBackend"
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def user(client):
    """Salma, signed in on a computer."""
    user = make_user("salma@example.org", name="Salma M.", language="en")
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    user.emailaddress_set.create(email="old@example.org", verified=True)
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"}
    )
    client.force_login(user)
    return user


@pytest.fixture
def past(user):
    """Salma's registration to the symposium of 2021, which she attended, with all its traces."""
    edition = past_edition()
    registration = make_attendee(
        edition, user=user, is_listed=True, consented_at=timezone.now(), consent_version="2021-01",
        **SALMA,
    )  # fmt: skip
    text = make_question(edition, label_fr="Allergies ?")
    choice = make_question(edition, options=("Végétarien",), kind="choice")
    registration.answers.create(question=text, text="arachides")
    registration.answers.create(question=choice, option=choice.options.get())
    registration.bookings.create(edition=edition, session=make_workshop(edition), state="confirmed")
    make_check_in(registration)
    make_check_in(registration, day=2, undone=True)
    nadia = make_user(name="Nadia Secrète")
    places.log_state_change(registration, by=nadia, reason="parce qu’elle est venue")
    message = Message.objects.create(edition=edition, subject_fr="Bus", body_fr="À 8 h.", by=nadia)
    message.recipients.add(registration)
    certificates.issue(registration)
    Reminder.objects.create(registration=registration, kind=Reminder.Kind.AFTER)
    invited = make_category(edition, by_invitation=True)
    invitation = make_invitation(invited, email=user.email, name="Salma")
    things = [user, registration, registration.check_ins.first(), registration.certificate]
    organiser = make_organiser()
    for thing in [*things, invitation, *user.emailaddress_set.all()]:
        LogEntry.objects.create(
            user=organiser, content_type=ContentType.objects.get_for_model(thing),
            object_id=thing.pk, object_repr=str(thing), action_flag=CHANGE,
            change_message=f"Médina {thing}",
        )  # fmt: skip
    return registration


@pytest.fixture
def coming(user):
    """Salma's confirmed registration for next month, with a seat in a workshop."""
    edition = open_edition(slug="2031")
    category = make_category(edition, places=1)
    registration = make_registration(category, user=user, **SALMA)
    make_booking(registration, make_workshop(edition, places=1))
    return registration


def numbers() -> dict:
    """Return the figures that organisers count."""
    rows = Registration.objects.order_by()
    return {
        field: sorted(rows.values_list(field).annotate(count=Count("pk")))
        for field in ("edition", "category", "state", "role", "country", "created_at")
    } | {
        "check_ins": sorted(CheckIn.objects.values_list("registration", "day", "undone_at")),
        "bookings": sorted(Booking.objects.values_list("session", "state")),
        "changes": sorted(StateChange.objects.values_list("state", "at")),
    }


def everything() -> str:
    """Return the whole database as text, as a thief reads it."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return "\n".join(rows_of(cursor, table) for table in tables)


def rows_of(cursor, table: str) -> str:
    cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')  # noqa: S608 (our own tables)
    return "\n".join(row[0] for row in cursor)


def found(secrets=SECRETS) -> list[str]:
    text = everything()
    return [secret for secret in secrets if secret in text]


# Data export


def values(part: dict) -> dict:
    return {name: field["value"] for name, field in part["fields"].items()}


def leaves(part: dict):
    """Yield every field of a part and of the parts inside it."""
    yield from part["fields"].values()
    for inner in [*part["parts"].values(), *part["entries"]]:
        yield from leaves(inner)


def test_export_has_every_field_of_a_registration(user, past):
    [registration] = erasure.export(user)["parts"]["registrations"]["entries"]
    fields = {field.name for field in Registration._meta.concrete_fields} - {"id", "user"}
    assert set(registration["fields"]) == fields
    known = values(registration)
    assert {name: known[name] for name in SALMA} == SALMA
    names = ["edition", "code", "state", "role", "country", "is_listed", "consent_version"]
    assert [known[name] for name in names] == [
        "2021", past.code, "confirmed", "research", "MA", True, "2021-01",
    ]  # fmt: skip


def test_export_has_related_objects_of_a_registration(user, past):
    with translation.override("en"):
        [registration] = erasure.export(user)["parts"]["registrations"]["entries"]
    shown = {
        name: [[field["shown"] for field in entry["fields"].values()] for entry in part["entries"]]
        for name, part in registration["parts"].items()
    }
    assert [len(entries) for entries in shown.values()] == [2, 1, 2, 1, 2, 1, 1]
    certificate = past.certificate
    assert shown["answers"] == [["arachides"], ["Végétarien"]]
    assert shown["check_ins"][0][:3] == ["Entrance", "9 June 2021", "9 June 2021, 08:30"]
    assert shown["certificates"][0][:4] == ["Salma Médina", "سلمى المدينة", "9 June 2021", "45"]
    assert shown["certificates"][0][-1] == f"http://testserver/en/verify/{certificate.token}/"
    assert [change[2:] for change in shown["changes"]] == [
        ["", ""], ["parce qu’elle est venue", "The organisers"],
    ]  # fmt: skip
    assert shown["messages"][0][:2] == ["Bus", "À 8 h."]


def test_export_has_the_account(user, coming):
    data = erasure.export(user)["parts"]
    assert values(data["account"])["email"] == "salma@example.org"
    parts = data["account"]["parts"]
    assert [values(entry)["email"] for entry in parts["addresses"]["entries"]] == [
        "salma@example.org", "old@example.org",
    ]  # fmt: skip
    assert [values(entry)["type"] for entry in parts["keys"]["entries"]] == ["totp"]
    assert len(data["mails"]["entries"]) == Email.objects.filter(to=user.email).count() == 2


def test_export_is_valid_json_without_other_people(user, past, coming):
    other = make_registration(coming.category, family_name="Autre")
    written = json.dumps(erasure.export(user), ensure_ascii=False)
    others = ["Nadia", "Secrète", other.family_name, other.user.email, "JBSWY3DPEHPK3PXP"]
    assert [name for name in others if name in written] == []
    assert json.loads(written)["parts"]["registrations"]["entries"][1]["label"].endswith("2031")


def test_export_values_have_labels_and_text(user, past, coming):
    with translation.override("ar"):
        data = erasure.export(user)
    assert [field for field in leaves(data) if not field["label"]] == []
    assert {type(field["shown"]) for field in leaves(data)} == {str}


def test_export_shows_answers_as_words(user, past):
    question = make_question(past.edition, kind="yes_no")
    past.answers.all().delete()
    past.answers.create(question=question, text="yes")
    with translation.override("en"):
        [registration] = erasure.export(user)["parts"]["registrations"]["entries"]
    [answer] = registration["parts"]["answers"]["entries"]
    assert answer["fields"]["answer"] == {"label": "Answer", "value": "yes", "shown": "Yes"}


# Erasure


def leave() -> None:
    """Send the waiting mails, then do the housekeeping of mails, as the worker does."""
    queue.send_due(ATTACHMENTS)
    erasure.delete_mails()


def test_erasure_removes_all_identifying_data(user, past, coming):
    assert found() == SECRETS
    erasure.erase(user)
    leave()
    assert found() == []
    assert not User.objects.filter(pk=user.pk).exists()


def test_past_registration_still_counts_after_erasure(user, past):
    make_check_in(make_attendee(past.edition))
    before = numbers()
    erasure.erase(user)
    assert numbers() == before
    erased = refreshed(past)
    assert (erased.state, erased.user, str(erased)) == (
        "confirmed", None, str(Registration(anonymised_at=timezone.now())),
    )  # fmt: skip


def test_place_of_an_erased_account_goes_to_next_waiting(user, coming):
    waiting = make_registration(coming.category)
    total = Registration.objects.count()
    erasure.erase(user)
    assert (refreshed(coming).state, refreshed(waiting).state) == ("cancelled", "confirmed")
    assert coming.bookings.get().state == "cancelled"
    assert Registration.objects.count() == total


def test_log_preserves_anonymised_entries_after_erasure(user, past):
    erasure.erase(user)
    entries = LogEntry.objects.values_list("object_repr", "change_message", "action_flag")
    assert list(entries) == [("…", "", CHANGE)] * 7


def test_log_anonymises_accounts_and_invitations_deleted_by_hand(user, past):
    """An organiser deletes an invitation, and an account that was never used."""
    leaving = make_user("amina@example.org")
    invitation = make_invitation(past.category, email=leaving.email)
    organiser, mine = make_organiser(), LogEntry.objects.count()
    for thing in (leaving, invitation):
        LogEntry.objects.log_actions(organiser.pk, [thing], DELETION, single_object=True)
    assert erasure.anonymise_deleted_people() == 0
    for thing in (leaving, invitation):
        thing.delete()
    assert found(["amina@example.org"]) == ["amina@example.org"]
    assert erasure.anonymise_deleted_people() == 2
    assert found(["amina@example.org"]) == []
    assert erasure.anonymise_deleted_people() == 0
    assert LogEntry.objects.exclude(object_repr="…").count() == mine


def test_ticket_and_certificate_of_an_erased_account_are_unavailable(user, past):
    code, token = past.code, past.certificate.token
    erasure.erase(user)
    assert not Registration.objects.filter(code=code).exists()
    assert not Certificate.objects.filter(token=token).exists()
    assert [make(code) for make in ATTACHMENTS.values()] == [None] * len(ATTACHMENTS)


def test_erasure_is_confirmed_by_a_last_mail(user, coming):
    leave()
    mail.outbox.clear()
    erasure.erase(user)
    leave()
    [message] = mail.outbox
    subject = "Your account is deleted: Symposium 2031 2031"
    assert (message.to, message.subject) == (["salma@example.org"], subject)
    assert Email.objects.filter(to="salma@example.org").count() == 0


def test_erasure_signs_the_browser_out(client, user):
    assert client.session["_auth_user_id"] == str(user.pk)
    client.session.save()
    erasure.erase(user)
    assert dict(client.session.items()) == {}


def test_claimed_mail_is_sent_then_deleted_after_erasure(user, coming):
    """A mail that the worker has claimed cannot be called back."""
    queue.claim()
    erasure.erase(user)
    waiting = Email.objects.filter(to=user.email).order_by("pk")
    assert [email.status for email in waiting] == [Email.Status.RETRYING, Email.Status.QUEUED]
    Email.objects.update(scheduled_at=None)
    leave()
    assert len(mail.outbox) == 2
    assert Email.objects.count() == 0


def test_mails_to_others_are_preserved_by_erasure(user, coming):
    other = make_registration(coming.category)
    erasure.erase(user)
    leave()
    assert {email.to for email in Email.objects.all()} == {other.user.email}


def test_invitation_to_another_address_is_preserved_by_erasure(user):
    other = make_invitation()
    make_invitation(other.category, email="old@example.org")
    user.emailaddress_set.create(email=other.email, verified=False)
    erasure.erase(user)
    assert list(Invitation.objects.all()) == [other]


@pytest.mark.parametrize("role", ["is_staff", "is_superuser"])
def test_organiser_erasure_is_refused(user, past, role):
    setattr(user, role, True)
    before = everything()
    with pytest.raises(ValidationError) as refused:
        erasure.erase(user)
    assert (refused.value.code, everything()) == ("organiser", before)


def test_repeated_erasure_sends_no_second_mail(user, coming):
    erasure.erase(user)
    email = Email.objects.count()
    user.pk = 4_000_000
    erasure.erase(user)
    assert Email.objects.count() == email


def test_check_ins_made_by_an_erased_account_are_preserved(user):
    entry = make_check_in(make_attendee())
    CheckIn.objects.update(by=user)
    erasure.erase(user)
    assert refreshed(entry).by is None


def test_failed_erasure_is_rolled_back(user, past, coming, monkeypatch):
    before = everything()

    def fail(*_arguments):
        raise RuntimeError

    monkeypatch.setattr(erasure, "send_farewell", fail)
    with pytest.raises(RuntimeError):
        erasure.erase(user)
    connection.needs_rollback = False
    assert everything() == before


# Retention periods


def end_of(edition: Edition) -> datetime.datetime:
    return edition.period.upper


def left(registration) -> list[bool]:
    """Return whether the needs, the answers, the name and the certificate still exist."""
    registration.refresh_from_db()
    return [
        bool(registration.accessibility_needs),
        registration.answers.exists(),
        bool(registration.name),
        Certificate.objects.filter(registration=registration).exists(),
    ]


@pytest.mark.parametrize(
    ("days", "before", "after"),
    [
        (30, [True, True, True, True], [False, True, True, True]),
        (180, [False, True, True, True], [False, False, True, True]),
        (730, [False, False, True, True], [False, False, False, False]),
    ],
)
def test_data_is_deleted_at_its_retention_limit(past, days, before, after):
    counted = numbers()
    at = end_of(past.edition) + days * DAY
    erasure.apply_retention(at - SECOND)
    assert left(past) == before
    erasure.apply_retention(at)
    assert left(past) == after
    assert erasure.apply_retention(at) == 0
    assert numbers() == counted


def test_overdue_retention_is_applied_in_one_run(user, past):
    counted = numbers()
    erasure.apply_retention(end_of(past.edition) + 4000 * DAY)
    assert numbers() == counted
    assert refreshed(past).user is None
    erasure.erase(user)
    leave()
    assert found() == []


def test_invitations_are_deleted_after_their_edition():
    edition = past_edition()
    make_invitation(make_category(edition, by_invitation=True))
    kept = make_invitation()
    erasure.apply_retention(end_of(edition) + 30 * DAY)
    assert list(Invitation.objects.all()) == [kept]


def test_data_of_an_upcoming_edition_is_not_deleted(coming):
    before = everything()
    assert erasure.apply_retention() == 0
    assert everything() == before


def test_anonymised_registration_is_not_notified(past):
    erasure.apply_retention(end_of(past.edition) + 730 * DAY)
    before = Email.objects.count()
    notices.booked_sessions_changed(refreshed(past), [])
    assert Email.objects.count() == before


def test_retention_table_lists_the_applied_rules():
    with translation.override("en"):
        rows = erasure.retention_table()
    assert [(row["what"], row["kept"]) for row in rows] == [
        ("Accessibility needs", "30 days after the end of the symposium"),
        (
            "Invitations: name and email address",
            "30 days after the end of the symposium",
        ),
        (
            "Answers to the questions of the organisers",
            "180 days after the end of the symposium",
        ),
        (
            "Names, affiliation, consent, certificate of attendance",
            "730 days after the end of the symposium",
        ),
        (
            "Stars: the sessions in your programme",
            "730 days after the end of the symposium",
        ),
        ("Emails we’ve sent you", "30 days"),
        (
            "Account: email address, name, language",
            "Until you delete it, or for 7 days if no one ever signs in",
        ),
        (
            "Devices you’re signed in on: IP address and browser",
            "As long as the session: until you sign out, 14 days at most",
        ),
        (
            "What you’d typed when your session ended, except accessibility needs",
            "1 hour",
        ),
    ]
    assert {row["then"][:7] for row in rows} == {"Deleted"}


def test_retention_run_makes_one_query_per_rule_when_nothing_is_due(
    coming, django_assert_num_queries
):
    with django_assert_num_queries(5):
        erasure.apply_retention()


# Unused accounts, and mails to unknown addresses


def test_never_used_account_is_deleted():
    now = timezone.now()
    make_user("never@example.org", date_joined=now - 7 * DAY)
    make_user("new@example.org", date_joined=now - 6 * DAY)
    make_user("signed-in@example.org", date_joined=now - 8 * DAY, last_login=now)
    verified = make_user("verified@example.org", date_joined=now - 8 * DAY)
    verified.emailaddress_set.create(email=verified.email, verified=True)
    unverified = make_user("unverified@example.org", date_joined=now - 8 * DAY)
    unverified.emailaddress_set.create(email=unverified.email)
    make_organiser(email="organiser@example.org", date_joined=now - 8 * DAY)
    make_registration(user=make_user("registered@example.org", date_joined=now - 8 * DAY))
    door = make_user("door@example.org", date_joined=now - 8 * DAY)
    door.groups.create(name="Door")
    assert [
        erasure.delete_unused_accounts(now + SECOND),
        erasure.delete_unused_accounts(now + SECOND),
    ] == [2, 0]
    assert [user.email.partition("@")[0] for user in User.objects.all()] == [
        "door", "new", "organiser", "registered", "signed-in", "verified",
    ]  # fmt: skip


def test_sent_mails_to_unknown_addresses_are_deleted():
    user, invitation = make_user(), make_invitation()
    for to in (user.email, invitation.email, "gone@example.org"):
        mail.send_mail("Hello", "Hello", None, [to])
    assert erasure.delete_mails() == 0
    queue.send_due({})
    assert [erasure.delete_mails(), erasure.delete_mails()] == [1, 0]
    assert sorted(email.to for email in Email.objects.all()) == sorted(
        [user.email, invitation.email]
    )


def test_answer_texts_are_deleted_with_the_answers(past):
    erasure.apply_retention(end_of(past.edition) + 180 * DAY)
    assert (Answer.objects.count(), found(["arachides"])) == (0, [])
