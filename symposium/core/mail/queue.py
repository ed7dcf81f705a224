"""The queue of emails: written in the transaction that needs them, sent by the worker.

An email is claimed before it is sent: its next attempt is scheduled first, then it leaves, then it
is marked as sent. A worker that dies in between leaves one email, which is sent again a minute
later. A database that refuses writes stops the sending: no email leaves twice.
"""

import datetime
import logging
import re
import smtplib
import time
from collections.abc import Callable, Iterable, Mapping
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from symposium.core.i18n import typography
from symposium.core.mail.models import Email

logger = logging.getLogger(__name__)

# (file name, content, MIME type), or None where there is no such file any more
Attachment = tuple[str, bytes, str] | None
Makers = Mapping[str, Callable[[str], Attachment]]

# No program answers it, as with a notice of absence (RFC 3834).
AUTOMATIC = {"Auto-Submitted": "auto-generated"}
Status = Email.Status
# An email is tried again after these; after the last it has failed, and the organisers see it.
DELAYS = [datetime.timedelta(minutes=number) for number in (1, 5, 30, 2 * 60, 12 * 60)]
# Many servers close a connection after some emails.
MAX_PER_CONNECTION = 50
# After this the other tasks of the worker have their turn.
MAX_SEND_SECONDS = 20.0
# An email that has waited longer shows that nobody sends.
MAX_WAIT = datetime.timedelta(minutes=1)
MAX_DELETED_AT_ONCE = 1000
# “Authenticate first”, “relaying denied”: for the operator to mend, not a wrong address.
OUR_FAULT = re.compile(rb"5\.7\.\d+")


class QueueBackend(BaseEmailBackend):
    """Django's emails, ours and allauth's, become rows in the caller's transaction."""

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        return len([enqueue(message) for message in email_messages])


def enqueue(message: EmailMessage) -> Email:
    """Write an email to one reader into the queue.

    Raises BadHeaderError for a header of several lines, ValueError for files or more readers.
    """
    if message.attachments:
        raise ValueError("The queue holds no files: name them in `attachments`.")
    [to] = message.recipients()
    message.message()  # checks the headers
    headers = AUTOMATIC | message.extra_headers
    if message.reply_to:
        headers["Reply-To"] = ", ".join(message.reply_to)
    # The same if the email is sent twice, so that a mailbox may show it once.
    headers["Message-ID"] = make_msgid(domain=urlsplit(settings.SITE_URL).hostname)
    html = [text for text, kind in getattr(message, "alternatives", []) if kind == "text/html"]
    return Email.objects.create(
        to=to,
        from_email=message.from_email,
        subject=str(message.subject),
        text=str(message.body),
        html="".join(html),
        headers=headers,
        attachments=list(getattr(message, "attachment_names", [])),
        # Emails of dependencies are allauth's: somebody is waiting for a code.
        priority=getattr(message, "priority", Email.Priority.HIGH),
    )


def due() -> QuerySet[Email]:
    """Return the emails that may leave now, the most urgent first."""
    now = timezone.now()
    return Email.objects.filter(
        Q(scheduled_at=None) | Q(scheduled_at__lte=now),
        Q(expires_at=None) | Q(expires_at__gt=now),
        status__in=[Status.QUEUED, Status.RETRYING],
    ).order_by("-priority", "pk")


def waits() -> bool:
    """Whether an email is overdue: there is no worker, or no mail server."""
    since = Coalesce("scheduled_at", "created_at")
    return due().alias(since=since).filter(since__lt=timezone.now() - MAX_WAIT).exists()


def send_due(makers: Makers, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Send the due emails, one after the other, and return how many were tried.

    `stop` is asked before each; after `MAX_SEND_SECONDS` the rest waits for the next call. A mail
    server that is away raises before any email is touched.
    """
    tried, end = 0, time.monotonic() + MAX_SEND_SECONDS

    def enough() -> bool:
        return stop() or (tried > 0 and time.monotonic() >= end)

    while not enough() and due().exists():
        with get_connection(settings.MAIL_TRANSPORT) as transport:
            for _number in range(MAX_PER_CONNECTION):
                email = None if enough() else claim()
                if not email:
                    break
                tried += 1
                if not deliver(email, makers, transport):
                    break  # the connection may be in any state: take another
    return tried


@transaction.atomic
def claim() -> Email | None:
    """Take the next email, and schedule its next attempt in case this one never ends."""
    email = due().select_for_update(skip_locked=True).first()
    if email:
        delay = DELAYS[min(email.attempts, len(DELAYS) - 1)]
        email.attempts += 1
        update(
            email, status=Status.RETRYING, attempts=email.attempts,
            scheduled_at=timezone.now() + delay,
        )  # fmt: skip
    return email


def deliver(email: Email, makers: Makers, transport) -> bool:
    """Send one claimed email and record the outcome; return whether it left."""
    try:
        transport.send_messages([build(email, makers)])
    except Exception as error:
        record_failure(email, error)
        return False
    update(email, status=Status.SENT, scheduled_at=None)
    return True


def build(email: Email, makers: Makers) -> EmailMessage:
    """Return the email as it leaves, with its attachments."""
    message = EmailMultiAlternatives(
        email.subject, email.text, email.from_email, [email.to], headers=email.headers
    )
    if email.html:
        message.attach_alternative(email.html, "text/html")
    for name in email.attachments:
        kind, _colon, code = name.partition(":")
        if attachment := makers[kind](code):
            message.attach(*attachment)
    return message


def record_failure(email: Email, error: Exception) -> None:
    # What the server said names the reader: it stays in the database, and is deleted with the row.
    logger.warning("Email %s did not leave: %s", email.pk, type(error).__name__)
    words = typography.strip_controls(f"{type(error).__name__}: {error}").replace("\n", " ")
    errors = f"{email.errors}{timezone.now():%Y-%m-%d %H:%M} {words}\n"
    if is_permanent(error) or email.attempts > len(DELAYS):
        update(email, errors=errors, status=Status.FAILED, scheduled_at=None)
    else:
        update(email, errors=errors)


def is_permanent(error: Exception) -> bool:
    """Whether the server refuses every address for good: 5xx (RFC 5321), unless we are at fault."""
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 and code != 530 and not OUR_FAULT.match(words)
        for code, words in error.recipients.values()
    )


def update(email: Email, **fields) -> None:
    """Write these fields only, if the row has not been deleted meanwhile."""
    Email.objects.filter(pk=email.pk).update(**fields, updated_at=timezone.now())


def send_again(emails: QuerySet[Email]) -> int:
    """Queue failed emails again, as if they had never been tried."""
    return emails.filter(status=Status.FAILED).update(
        status=Status.QUEUED, attempts=0, scheduled_at=None, updated_at=timezone.now()
    )


def delete_expired_emails() -> int:
    """Delete emails that left or failed `MAIL_RETENTION_DAYS` ago: they name people."""
    before = timezone.now() - datetime.timedelta(days=settings.MAIL_RETENTION_DAYS)
    done = Email.objects.filter(status__in=[Status.SENT, Status.FAILED], updated_at__lt=before)
    expired = done.values("pk")[:MAX_DELETED_AT_ONCE]
    return Email.objects.filter(pk__in=expired).delete()[0]
