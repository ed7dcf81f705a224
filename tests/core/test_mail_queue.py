"""The mail queue: order of sending, retries, deletion."""

import datetime
import re
import threading

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMessage
from django.db import connection
from django.utils import timezone

from symposium.core.mail import queue
from symposium.core.mail.models import Email
from tests.factories import make_user
from tests.helpers import smtp

pytestmark = pytest.mark.django_db
Status = Email.Status

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
TEMPORARY = "451 4.7.1 try again later"
MINUTES = [1, 5, 30, 120, 720]


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "symposium.core.mail.queue.QueueBackend"
    settings.MAIL_TRANSPORT = LOCMEM


@pytest.fixture
def through(settings):
    """Function that makes a mail server of the tests the outgoing server."""
    settings.MAIL_TRANSPORT = SMTP
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""

    def use(server: smtp.Server) -> smtp.Server:
        settings.EMAIL_PORT = server.port
        return server

    return use


def write(to: str = "salma@example.org", *attachments: str) -> Email:
    email = queue.enqueue(EmailMessage(f"For {to}", "Good morning", to=[to]))
    Email.objects.filter(pk=email.pk).update(attachments=attachments)
    return email


def state(email: Email) -> tuple:
    email.refresh_from_db()
    minutes = None
    if email.scheduled_at:
        minutes = round((email.scheduled_at - timezone.now()).total_seconds() / 60)
    return email.status, email.attempts, minutes


def errors(email: Email) -> list[str]:
    """Return the recorded error of each attempt, without its time."""
    email.refresh_from_db()
    return [re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d ", "", line) for line in email.errors.splitlines()]


def pass_time() -> None:
    """Make every mail that waits for its next attempt due now."""
    Email.objects.filter(status=Status.RETRYING).update(scheduled_at=timezone.now())


def recipients() -> list[str]:
    return [message.to[0] for message in django_mail.outbox]


def test_mail_is_sent_once():
    email = write()
    assert (queue.send_due({}), queue.send_due({})) == (1, 0)
    assert (state(email), recipients()) == ((Status.SENT, 1, None), ["salma@example.org"])
    [message] = django_mail.outbox
    assert message.extra_headers == {
        "Auto-Submitted": "auto-generated", "Message-ID": email.headers["Message-ID"],
    }  # fmt: skip


def test_mails_are_sent_by_priority_then_order():
    for to, priority in [("c", "low"), ("a", "high"), ("d", "low"), ("b", "medium")]:
        email = write(f"{to}@example.org")
        Email.objects.filter(pk=email.pk).update(priority=getattr(Email.Priority, priority.upper()))
    queue.send_due({})
    assert recipients() == [f"{to}@example.org" for to in "abcd"]


def test_mail_is_not_sent_before_schedule_or_after_expiry():
    now = timezone.now()
    hour = datetime.timedelta(hours=1)
    for times in ({"scheduled_at": now + hour}, {"expires_at": now - hour}):
        Email.objects.filter(pk=write().pk).update(**times)
    assert (queue.send_due({}), recipients()) == (0, [])


def test_sending_stops_between_two_mails():
    for _ in range(3):
        write()
    queue.send_due({}, stop=lambda: len(django_mail.outbox) == 2)
    assert Email.objects.filter(status=Status.SENT, attempts=1).count() == 2
    assert Email.objects.filter(status=Status.QUEUED, attempts=0).count() == 1


def test_sending_yields_to_other_tasks(monkeypatch):
    """Many mails take minutes to send; people who wait for a place do not wait that long."""
    monkeypatch.setattr(queue, "MAX_SEND_SECONDS", 0)
    for _ in range(3):
        write()
    assert [queue.send_due({}) for _ in range(4)] == [1, 1, 1, 0]
    assert len(recipients()) == 3


# Attachments


def test_enclosures_are_generated_when_sending():
    write("a@example.org", "ticket:7K4Q", "calendar:7K4Q", "ticket:gone")
    makers = {
        "ticket": lambda code: (
            None if code == "gone" else (f"{code}.pdf", b"%PDF", "application/pdf")
        ),
        "calendar": lambda code: (f"{code}.ics", b"BEGIN", "text/calendar"),
    }
    queue.send_due(makers)
    [message] = django_mail.outbox
    assert [tuple(attachment) for attachment in message.attachments] == [
        ("7K4Q.pdf", b"%PDF", "application/pdf"),
        ("7K4Q.ics", "BEGIN", "text/calendar"),
    ]


def test_mail_that_cannot_be_built_does_not_stop_others():
    broken = [write("a@example.org", name) for name in ("ticket:A", "unknown:A", "nonsense")]
    write("next@example.org")

    def fail(code):
        raise RuntimeError("no typst here\x00")

    assert (queue.send_due({"ticket": fail}), recipients()) == (4, ["next@example.org"])
    assert [state(email) for email in broken] == [(Status.RETRYING, 1, 1)] * 3
    assert [errors(email) for email in broken] == [
        ["RuntimeError: no typst here"], ["KeyError: 'unknown'"], ["KeyError: 'nonsense'"],
    ]  # fmt: skip


# Failures and retries


def test_mail_is_retried_with_growing_delays_then_fails(through):
    email = write("busy@example.org")
    refusals = {"busy@example.org": TEMPORARY}
    with through(smtp.Server(**refusals)):
        for attempts, minutes in enumerate(MINUTES, start=1):
            assert queue.send_due({}) == 1
            assert state(email) == (Status.RETRYING, attempts, minutes)
            assert queue.send_due({}) == 0
            pass_time()
        assert queue.send_due({}) == 1
        assert state(email) == (Status.FAILED, 6, None)
        assert queue.send_due({}) == 0
    assert (
        errors(email)
        == ["SMTPRecipientsRefused: {'busy@example.org': (451, b'4.7.1 try again later')}"] * 6
    )


def test_retried_mail_is_sent(through):
    email = write("busy@example.org")
    with through(smtp.Server(**{"busy@example.org": TEMPORARY})) as server:
        queue.send_due({})
        pass_time()
        server.refusals.clear()
        queue.send_due({})
        assert server.recipients == ["busy@example.org"]
    assert state(email) == (Status.SENT, 2, None)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("550 5.1.1 nobody of that name", Status.FAILED),
        ("553 malformed", Status.FAILED),
        ("450 4.2.1 mailbox busy", Status.RETRYING),
        ("530 5.7.0 authenticate first", Status.RETRYING),
        ("554 5.7.1 relaying denied", Status.RETRYING),
    ],
)
def test_permanently_refused_address_fails_without_retry(through, answer, status):
    refused, other = write("nobody@example.org"), write("salma@example.org")
    with through(smtp.Server(**{"nobody@example.org": answer})) as server:
        queue.send_due({})
        assert server.recipients == ["salma@example.org"]
    assert (state(refused)[0], state(other)[0]) == (status, Status.SENT)
    assert [error.partition(":")[0] for error in errors(refused)] == ["SMTPRecipientsRefused"]


def test_unreachable_mail_server_counts_no_retry(through):
    email = write()
    with through(smtp.Server()):
        pass
    with pytest.raises(ConnectionRefusedError):
        queue.send_due({})
    assert state(email) == (Status.QUEUED, 0, None)


def test_read_only_database_sends_no_mail():
    """Otherwise the same mail would leave every second."""
    write()

    def read_only(execute, sql, params, many, context):
        if sql.startswith("UPDATE"):
            raise RuntimeError("read-only")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(read_only), pytest.raises(RuntimeError):
        queue.send_due({})
    assert recipients() == []


def test_failed_mails_are_requeued_on_request():
    failed, sent = write(), write()
    Email.objects.update(attempts=6)
    Email.objects.filter(pk=failed.pk).update(status=Status.FAILED)
    Email.objects.filter(pk=sent.pk).update(status=Status.SENT)
    assert queue.send_again(Email.objects.all()) == 1
    assert (state(failed), state(sent)) == ((Status.QUEUED, 0, None), (Status.SENT, 6, None))


def test_address_with_a_comma_is_one_reader(through):
    write(to := '"a,salma@example.org,b"@example.net')
    with through(smtp.Server()) as server:
        queue.send_due({})
        assert (server.readers, server.recipients) == ([[to]], [to])


# Concurrent senders


def send_from_two_threads(number: int) -> dict[str, int]:
    """Write `number` mails, send them from two threads; return how often each arrived."""
    for one in range(number):
        write(f"{one}@example.org")
    both_ready = threading.Barrier(2)

    def sender():
        try:
            both_ready.wait()
            queue.send_due({})
        finally:
            connection.close()

    threads = [threading.Thread(target=sender) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {to: recipients().count(to) for to in recipients()}


@pytest.mark.django_db(transaction=True)
def test_concurrent_senders_send_each_mail_once():
    assert send_from_two_threads(20) == {f"{one}@example.org": 1 for one in range(20)}


@pytest.mark.django_db(transaction=True)
def test_concurrent_senders_without_a_claim_send_a_mail_twice(monkeypatch):
    """Negative control: without a claim, both threads read the same mail before either sends it."""
    both_read = threading.Barrier(2)

    def read():
        email = queue.due().first()
        both_read.wait()
        if email:
            email.attempts = 1
        return email

    monkeypatch.setattr(queue, "claim", read)
    assert send_from_two_threads(1) == {"0@example.org": 2}


# Waiting mails and deletion


def test_overdue_mail_is_reported_as_waiting():
    email = write()
    now = timezone.now()
    minute = datetime.timedelta(minutes=1)
    assert not queue.waits()
    Email.objects.update(created_at=now - 2 * minute)
    assert queue.waits()
    Email.objects.update(status=Status.RETRYING, scheduled_at=now + minute)
    assert not queue.waits()
    Email.objects.update(scheduled_at=now - 2 * minute)
    assert queue.waits()
    queue.send_due({})
    assert (state(email)[0], queue.waits()) == (Status.SENT, False)


def test_sent_and_failed_mails_are_deleted_after_retention(settings):
    settings.MAIL_RETENTION_DAYS = 30
    day = datetime.timedelta(days=1)
    for status in (Status.SENT, Status.FAILED, Status.QUEUED, Status.RETRYING):
        for age in (29, 31):
            email = write(f"{status}-{age}@example.org")
            Email.objects.filter(pk=email.pk).update(
                status=status, updated_at=timezone.now() - age * day
            )
    assert (queue.delete_expired_emails(), queue.delete_expired_emails()) == (2, 0)
    kept = set(Email.objects.values_list("to", flat=True))
    assert kept == {
        f"{name}@example.org"
        for name in (
            "sent-29", "failed-29", "queued-29", "queued-31", "retrying-29", "retrying-31",
        )
    }  # fmt: skip


# The desk


def test_superuser_sees_and_resends_failed_mails_in_admin(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    email = write()
    Email.objects.update(status=Status.FAILED, text="123456", errors="550 nobody of that name")
    page = client.get(f"/admin/symposium_core/email/{email.pk}/change/").content.decode()
    assert ("550 nobody of that name" in page, "123456" in page) == (True, False)
    answer = client.post(
        "/admin/symposium_core/email/", {"action": "send_again", "_selected_action": email.pk}
    )
    assert (answer.status_code, state(email)[0]) == (302, Status.QUEUED)


@pytest.mark.parametrize("page", ["", "1/change/"])
def test_outbox_admin_is_closed_to_non_superusers(client, page):
    client.force_login(make_user(is_staff=True))
    Email.objects.filter(pk=write().pk).update(id=1)
    assert client.get(f"/admin/symposium_core/email/{page}").status_code == 403
