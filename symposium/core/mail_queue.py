"""The outbox: mails kept by `mail.py` in the transaction that needs them, sent from here.

A mail is claimed before it is sent: its next try is written down first, then it leaves, then it is
marked as sent. A worker that dies in between leaves one mail, which goes again a minute later; a
database that no longer takes a write stops the sending, and never repeats it.
"""

import datetime
import logging
import re
import smtplib
import time
from collections.abc import Callable, Mapping

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from post_office.models import STATUS, Email
from post_office.settings import get_backend

from symposium.core import mail
from symposium.core.i18n import typography

logger = logging.getLogger(__name__)

# (file name, content, MIME type), or None where there is no such file any more
Enclosure = tuple[str, bytes, str] | None
Makers = Mapping[str, Callable[[str], Enclosure]]

# After these a mail is tried again; after the last it has failed, and the organisers see it.
DELAYS = [datetime.timedelta(minutes=number) for number in (1, 5, 30, 2 * 60, 12 * 60)]
# Many servers let go after some mails.
PER_CONNECTION = 50
# Seconds of sending, after which the other tasks of the worker have their turn.
LONGEST = 20.0
# A mail that has waited as long says that nobody sends.
PATIENCE = datetime.timedelta(minutes=1)
DELETED_AT_ONCE = 1000
# « Authenticate first », « relaying denied »: what the operator mends, not a wrong address.
OUR_FAULT = re.compile(rb"5\.7\.\d+")


def due() -> QuerySet[Email]:
    """The mails that may leave now, the most urgent first."""
    now = timezone.now()
    return Email.objects.filter(
        Q(scheduled_time=None) | Q(scheduled_time__lte=now),
        Q(expires_at=None) | Q(expires_at__gt=now),
        status__in=[STATUS.queued, STATUS.requeued],
    ).order_by("-priority", "pk")


def waits() -> bool:
    """Whether a mail should have left some time ago: there is no worker, or no mail server."""
    since = Coalesce("scheduled_time", "created")
    return due().alias(since=since).filter(since__lt=timezone.now() - PATIENCE).exists()


def send_due(makers: Makers, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Send what is due, one mail after the other, and return how many were tried.

    `stop` is asked before each; after `LONGEST`, what is left waits for the next call. A mail
    server that is away raises before any mail is touched.
    """
    tried, end = 0, time.monotonic() + LONGEST

    def enough() -> bool:
        return stop() or (tried > 0 and time.monotonic() >= end)

    while not enough() and due().exists():
        with get_connection(get_backend()) as transport:
            for _number in range(PER_CONNECTION):
                email = None if enough() else claim()
                if not email:
                    break
                tried += 1
                if not deliver(email, makers, transport):
                    break  # the connection may be in any state: take another
    return tried


@transaction.atomic
def claim() -> Email | None:
    """Take the next mail and say when it is tried again, unless it is marked before."""
    email = due().select_for_update(skip_locked=True, of=("self",)).first()
    if email:
        email.number_of_retries = (
            0 if email.number_of_retries is None else email.number_of_retries + 1
        )
        last = len(DELAYS) - 1
        delay = DELAYS[min(email.number_of_retries, last)]
        mark(email, STATUS.requeued, scheduled_time=timezone.now() + delay)
    return email


def deliver(email: Email, makers: Makers, transport) -> bool:
    """Send one claimed mail, and keep what came of it; say whether it left."""
    try:
        transport.send_messages([message(email, makers)])
    except Exception as error:
        keep_failure(email, error)
        return False
    mark(email, STATUS.sent, scheduled_time=None)
    return True


def message(email: Email, makers: Makers) -> EmailMessage:
    """The mail as it leaves, with the files it names."""
    built = email.email_message()
    names = built.extra_headers.pop(mail.ENCLOSE, "")
    for name in filter(None, names.split(", ")):
        kind, _colon, code = name.partition(":")
        if enclosure := makers[kind](code):
            built.attach(*enclosure)
    return built


def keep_failure(email: Email, error: Exception) -> None:
    final = is_permanent(error) or email.number_of_retries >= len(DELAYS)
    words = typography.without_controls(str(error))
    # What the server said names the person: it stays in the database, and is deleted with it.
    logger.warning("Mail %s did not leave: %s", email.pk, type(error).__name__)
    email.logs.create(status=STATUS.failed, exception_type=type(error).__name__, message=words)
    if final:
        mark(email, STATUS.failed, scheduled_time=None)


def is_permanent(error: Exception) -> bool:
    """Whether the server refuses every address for good: 5xx (RFC 5321), unless we are at fault."""
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 and code != 530 and not OUR_FAULT.match(words)
        for code, words in error.recipients.values()
    )


def mark(email: Email, status: int, **fields) -> None:
    fields |= {"status": status, "number_of_retries": email.number_of_retries}
    Email.objects.filter(pk=email.pk).update(**fields, last_updated=timezone.now())


def send_again(emails: QuerySet[Email]) -> int:
    """Put failed mails back, as if they had never been tried."""
    return emails.filter(status=STATUS.failed).update(
        status=STATUS.queued, number_of_retries=None, scheduled_time=None,
        last_updated=timezone.now(),
    )  # fmt: skip


def forget_old() -> int:
    """Delete mails that left or failed `MAIL_KEPT_DAYS` ago, with their logs: they name people."""
    before = timezone.now() - datetime.timedelta(days=settings.MAIL_KEPT_DAYS)
    done = Email.objects.filter(status__in=[STATUS.sent, STATUS.failed], last_updated__lt=before)
    old = list(done.values_list("pk", flat=True)[:DELETED_AT_ONCE])
    Email.objects.filter(pk__in=old).delete()
    return len(old)
