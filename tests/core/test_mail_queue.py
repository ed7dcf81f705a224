"""The outbox: what leaves and when, what is tried again, what is forgotten."""

import datetime
import threading

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import F
from django.utils import timezone
from post_office.models import PRIORITY, STATUS, Email, Log

from symposium.core import mail_queue
from tests.factories import make_user
from tests.helpers import smtp

pytestmark = pytest.mark.django_db

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
TEMPORARY = "451 4.7.1 try again later"
MINUTES = [1, 5, 30, 120, 720]


@pytest.fixture(autouse=True)
def _outbox(settings):
    settings.EMAIL_BACKEND = "symposium.core.mail.Outbox"
    settings.POST_OFFICE = {"BACKENDS": {"default": LOCMEM}}


@pytest.fixture
def through(settings):
    """Send through a mail server of the tests."""
    settings.POST_OFFICE = {"BACKENDS": {"default": SMTP}}
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""

    def use(server: smtp.Server) -> smtp.Server:
        settings.EMAIL_PORT = server.port
        return server

    return use


def write(to: str = "salma@example.org", *, enclose: str = "") -> Email:
    headers = {"X-Symposium-Enclose": enclose} if enclose else {}
    EmailMessage(f"For {to}", "Good morning", to=[to], headers=headers).send()
    return Email.objects.latest("pk")


def state(email: Email) -> tuple:
    email.refresh_from_db()
    minutes = None
    if email.scheduled_time:
        minutes = round((email.scheduled_time - timezone.now()).total_seconds() / 60)
    return email.status, email.number_of_retries, minutes


def pass_time() -> None:
    """As if every mail that waits for its next try had waited."""
    Email.objects.filter(status=STATUS.requeued).update(scheduled_time=timezone.now())


def recipients() -> list[str]:
    return [message.to[0] for message in django_mail.outbox]


def test_a_mail_leaves_once():
    email = write()
    assert (mail_queue.send_due({}), mail_queue.send_due({})) == (1, 0)
    assert (state(email), recipients()) == ((STATUS.sent, 0, None), ["salma@example.org"])
    [message] = django_mail.outbox
    assert message.extra_headers == {
        "Auto-Submitted": "auto-generated", "Message-ID": email.message_id,
    }  # fmt: skip


def test_the_urgent_leave_first_and_the_others_in_their_order():
    for to, priority in [("c", "low"), ("a", "high"), ("d", "low"), ("b", "medium")]:
        email = write(f"{to}@example.org")
        Email.objects.filter(pk=email.pk).update(priority=getattr(PRIORITY, priority))
    mail_queue.send_due({})
    assert recipients() == [f"{to}@example.org" for to in "abcd"]


def test_nothing_leaves_before_its_time_nor_after_it():
    now = timezone.now()
    hour = datetime.timedelta(hours=1)
    for times in ({"scheduled_time": now + hour}, {"expires_at": now - hour}):
        Email.objects.filter(pk=write().pk).update(**times)
    assert (mail_queue.send_due({}), recipients()) == (0, [])


def test_it_stops_between_two_mails():
    for _ in range(3):
        write()
    mail_queue.send_due({}, stop=lambda: len(django_mail.outbox) == 2)
    assert Email.objects.filter(status=STATUS.sent, number_of_retries=0).count() == 2
    assert Email.objects.filter(status=STATUS.queued, number_of_retries=None).count() == 1


def test_it_makes_way_for_the_other_tasks(monkeypatch):
    """A great many mails take minutes; those who wait for a place are not kept so long."""
    monkeypatch.setattr(mail_queue, "LONGEST", 0)
    for _ in range(3):
        write()
    assert [mail_queue.send_due({}) for _ in range(4)] == [1, 1, 1, 0]
    assert len(recipients()) == 3


# Files


def test_the_worker_makes_the_files():
    write(enclose="ticket:7K4Q, calendar:7K4Q, ticket:gone")
    makers = {
        "ticket": lambda code: (
            None if code == "gone" else (f"{code}.pdf", b"%PDF", "application/pdf")
        ),
        "calendar": lambda code: (f"{code}.ics", b"BEGIN", "text/calendar"),
    }
    mail_queue.send_due(makers)
    [message] = django_mail.outbox
    assert [tuple(attachment) for attachment in message.attachments] == [
        ("7K4Q.pdf", b"%PDF", "application/pdf"),
        ("7K4Q.ics", "BEGIN", "text/calendar"),
    ]
    assert "X-Symposium-Enclose" not in message.extra_headers


def test_a_mail_that_cannot_be_built_stops_no_other():
    broken = [write(enclose=name) for name in ("ticket:A", "unknown:A", "nonsense")]
    write("next@example.org")

    def fail(code):
        raise RuntimeError("no typst here\x00")

    assert (mail_queue.send_due({"ticket": fail}), recipients()) == (4, ["next@example.org"])
    assert [state(email) for email in broken] == [(STATUS.requeued, 0, 1)] * 3
    assert list(Log.objects.order_by("pk").values_list("exception_type", "message")) == [
        ("RuntimeError", "no typst here"), ("KeyError", "'unknown'"), ("KeyError", "'nonsense'"),
    ]  # fmt: skip


# Failing and trying again


def test_a_mail_is_tried_again_later_and_later_then_it_has_failed(through):
    email = write("busy@example.org")
    refusals = {"busy@example.org": TEMPORARY}
    with through(smtp.Server(**refusals)):
        for retries, minutes in enumerate(MINUTES):
            assert mail_queue.send_due({}) == 1
            assert state(email) == (STATUS.requeued, retries, minutes)
            assert mail_queue.send_due({}) == 0
            pass_time()
        assert mail_queue.send_due({}) == 1
        assert state(email) == (STATUS.failed, 5, None)
        assert mail_queue.send_due({}) == 0
    assert email.logs.count() == 6


def test_a_mail_that_is_tried_again_leaves(through):
    email = write("busy@example.org")
    with through(smtp.Server(**{"busy@example.org": TEMPORARY})) as server:
        mail_queue.send_due({})
        pass_time()
        server.refusals.clear()
        mail_queue.send_due({})
        assert server.recipients == ["busy@example.org"]
    assert state(email) == (STATUS.sent, 1, None)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("550 5.1.1 nobody of that name", STATUS.failed),
        ("553 malformed", STATUS.failed),
        ("450 4.2.1 mailbox busy", STATUS.requeued),
        ("530 5.7.0 authenticate first", STATUS.requeued),
        ("554 5.7.1 relaying denied", STATUS.requeued),
    ],
)
def test_an_address_refused_for_good_has_failed_at_once(through, answer, status):
    refused, other = write("nobody@example.org"), write("salma@example.org")
    with through(smtp.Server(**{"nobody@example.org": answer})) as server:
        mail_queue.send_due({})
        assert server.recipients == ["salma@example.org"]
    assert (state(refused)[0], state(other)[0]) == (status, STATUS.sent)
    assert refused.logs.get().exception_type == "SMTPRecipientsRefused"


def test_a_mail_server_that_is_away_costs_no_mail_a_try(through):
    email = write()
    with through(smtp.Server()):
        pass
    with pytest.raises(ConnectionRefusedError):
        mail_queue.send_due({})
    assert state(email) == (STATUS.queued, None, None)


def test_a_database_that_takes_no_write_sends_nothing():
    """Or the same mail would leave each second."""
    write()

    def read_only(execute, sql, params, many, context):
        if sql.startswith("UPDATE"):
            raise RuntimeError("read-only")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(read_only), pytest.raises(RuntimeError):
        mail_queue.send_due({})
    assert recipients() == []


def test_failed_mails_are_sent_again_when_asked():
    failed, sent = write(), write()
    Email.objects.update(number_of_retries=5)
    Email.objects.filter(pk=failed.pk).update(status=STATUS.failed)
    Email.objects.filter(pk=sent.pk).update(status=STATUS.sent)
    assert mail_queue.send_again(Email.objects.all()) == 1
    assert (state(failed), state(sent)) == ((STATUS.queued, None, None), (STATUS.sent, 5, None))


# Two senders


def send_from_two_threads(number: int) -> dict[str, int]:
    """Write mails, send them from two threads at once; how often each arrived."""
    for one in range(number):
        write(f"{one}@example.org")
    both_ready = threading.Barrier(2)

    def sender():
        try:
            both_ready.wait()
            mail_queue.send_due({})
        finally:
            connection.close()

    threads = [threading.Thread(target=sender) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {to: recipients().count(to) for to in recipients()}


@pytest.mark.django_db(transaction=True)
def test_two_senders_send_every_mail_once():
    assert send_from_two_threads(20) == {f"{one}@example.org": 1 for one in range(20)}


@pytest.mark.django_db(transaction=True)
def test_two_senders_without_a_claim_send_a_mail_twice(monkeypatch):
    """The control: they read the queue as post_office does, and meet at each mail."""
    both_read = threading.Barrier(2)

    def read():
        email = mail_queue.due().first()
        both_read.wait()
        if email:
            email.number_of_retries = 0
        return email

    monkeypatch.setattr(mail_queue, "claim", read)
    assert send_from_two_threads(1) == {"0@example.org": 2}


# Waiting, forgetting


def test_mail_waits_when_nobody_sends():
    email = write()
    now = timezone.now()
    minute = datetime.timedelta(minutes=1)
    assert not mail_queue.waits()
    Email.objects.update(created=now - 2 * minute)
    assert mail_queue.waits()
    Email.objects.update(status=STATUS.requeued, scheduled_time=now + minute)
    assert not mail_queue.waits()
    Email.objects.update(scheduled_time=now - 2 * minute)
    assert mail_queue.waits()
    mail_queue.send_due({})
    assert (state(email)[0], mail_queue.waits()) == (STATUS.sent, False)


def test_what_left_or_failed_is_forgotten_after_a_time(settings):
    settings.MAIL_KEPT_DAYS = 30
    day = datetime.timedelta(days=1)
    for status in (STATUS.sent, STATUS.failed, STATUS.queued, STATUS.requeued):
        for age in (29, 31):
            email = write(f"{status}-{age}@example.org")
            email.logs.create(status=STATUS.failed, message="Salma is not here")
            Email.objects.filter(pk=email.pk).update(
                status=status, last_updated=timezone.now() - age * day
            )
    assert (mail_queue.forget_old(), mail_queue.forget_old()) == (2, 0)
    kept = {email.to[0] for email in Email.objects.all()}
    assert kept == {
        f"{name}@example.org" for name in ("0-29", "1-29", "2-29", "2-31", "3-29", "3-31")
    }
    assert Log.objects.exclude(email__pk=F("email_id")).count() == 0
    assert Log.objects.count() == 6


# The desk


def test_the_desk_shows_superusers_what_failed_and_sends_it_again(client):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    email = write()
    Email.objects.update(status=STATUS.failed, message="123456")
    email.logs.create(status=STATUS.failed, message="550 nobody of that name")
    page = client.get(f"/admin/post_office/email/{email.pk}/change/").content.decode()
    assert ("550 nobody of that name" in page, "123456" in page) == (True, False)
    answer = client.post(
        "/admin/post_office/email/", {"action": "send_again", "_selected_action": email.pk}
    )
    assert (answer.status_code, state(email)[0]) == (302, STATUS.queued)


@pytest.mark.parametrize("page", ["", "1/change/"])
def test_the_outbox_is_closed_to_other_organisers(client, page):
    client.force_login(make_user(is_staff=True))
    Email.objects.filter(pk=write().pk).update(id=1)
    assert client.get(f"/admin/post_office/email/{page}").status_code == 403


@pytest.mark.parametrize("model", ["emailtemplate", "attachment", "log"])
def test_the_package_s_own_pages_are_gone(client, model):
    client.force_login(make_user(is_staff=True, is_superuser=True))
    assert client.get(f"/admin/post_office/{model}/").status_code == 404
