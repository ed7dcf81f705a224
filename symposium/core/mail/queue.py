"""Queue of e-mails: written in the transaction that causes them, sent by the worker.

An e-mail is claimed before it is sent: its next attempt is scheduled, then it is sent, then it is
marked as sent. If a worker dies in between, that one e-mail is sent again a minute later. If the
database refuses writes, the sending stops, so that no e-mail is sent twice.
"""

import datetime
import logging
import re
import smtplib
import time
from collections.abc import Callable, Iterable, Mapping
from email.mime.image import MIMEImage
from email.utils import make_msgid
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import (
    EmailMessage,
    EmailMultiAlternatives,
    SafeMIMEMultipart,
    get_connection,
)
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from symposium.core.i18n import typography
from symposium.core.mail.models import Email

logger = logging.getLogger(__name__)


class InlineImage(NamedTuple):
    """PNG image that the HTML part shows as `<img src="cid:…">` (RFC 2392)."""

    content_id: str
    content: bytes


# (file name, content, MIME type), an image, or None if the file no longer exists
Attachment = tuple[str, bytes, str] | InlineImage | None
Makers = Mapping[str, Callable[[str], Attachment]]

# Programs do not reply to it, for example with an out-of-office message (RFC 3834).
AUTOMATIC = {"Auto-Submitted": "auto-generated"}
Status = Email.Status
# Delays before the next attempt; after the last one the e-mail has failed, as the desk shows.
DELAYS = [datetime.timedelta(minutes=number) for number in (1, 5, 30, 2 * 60, 12 * 60)]
# Many servers close a connection after some e-mails.
MAX_PER_CONNECTION = 50
# Then the other tasks of the worker run.
MAX_SEND_SECONDS = 20.0
# If an e-mail has waited longer, no worker is sending.
MAX_WAIT = datetime.timedelta(minutes=1)
MAX_DELETED_AT_ONCE = 1000
# “Authenticate first”, “relaying denied”: errors that the operator must fix, not a wrong address.
OUR_FAULT = re.compile(rb"5\.7\.\d+")


class QueueBackend(BaseEmailBackend):
    """E-mail backend that writes each e-mail, ours or allauth's, in the caller's transaction."""

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        return len([enqueue(message) for message in email_messages])


def enqueue(message: EmailMessage) -> Email:
    """Write an e-mail to one reader into the queue.

    Raise BadHeaderError for a header of several lines, ValueError for files or several readers.
    """
    if message.attachments:
        raise ValueError("The queue holds no files: name them in `attachments`.")
    [to] = message.recipients()
    check_headers(message)
    headers = AUTOMATIC | message.extra_headers
    if message.reply_to:
        headers["Reply-To"] = ", ".join(message.reply_to)
    # The same for each attempt, so that a mailbox can show an e-mail once that was sent twice.
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
        # E-mails of dependencies are allauth's: a reader is waiting for a code.
        priority=getattr(message, "priority", Email.Priority.HIGH),
    )


def check_headers(message: EmailMessage) -> None:
    """Raise BadHeaderError for a header of several lines. The texts are encoded by the worker."""
    EmailMessage(
        message.subject,
        "",
        message.from_email,
        message.to,
        headers=message.extra_headers,
        cc=message.cc,
        reply_to=message.reply_to,
    ).message()


def unsent() -> QuerySet[Email]:
    """Return the e-mails that are still to be sent, whatever their number of attempts."""
    return Email.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=timezone.now()),
        status__in=[Status.QUEUED, Status.RETRYING],
    )


def due() -> QuerySet[Email]:
    """Return the e-mails that may be sent now, the most urgent first."""
    scheduled = Q(scheduled_at=None) | Q(scheduled_at__lte=timezone.now())
    return unsent().filter(scheduled).order_by("-priority", "pk")


def oldest_unsent() -> datetime.datetime | None:
    """Return when the oldest e-mail that is still to be sent was written."""
    return unsent().aggregate(Min("created_at"))["created_at__min"]


def fails() -> bool:
    """Return whether no e-mail has left for MAX_WAIT although there is one: none is accepted."""
    oldest = oldest_unsent()
    if oldest is None or oldest > timezone.now() - MAX_WAIT:
        return False
    return not Email.objects.filter(status=Status.SENT, updated_at__gt=oldest).exists()


def failed_in_the_last_hour() -> int:
    since = timezone.now() - datetime.timedelta(hours=1)
    return Email.objects.filter(status=Status.FAILED, updated_at__gt=since).count()


def waits() -> bool:
    """Return whether an e-mail is overdue: there is no worker, or no mail server."""
    since = Coalesce("scheduled_at", "created_at")
    return due().alias(since=since).filter(since__lt=timezone.now() - MAX_WAIT).exists()


def send_due(makers: Makers, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Send the due e-mails one by one, and return the number of attempts.

    `stop` is called before each; after `MAX_SEND_SECONDS` the rest waits for the next call. If the
    mail server is away, the exception is raised before any e-mail is claimed.
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
                    break  # the state of the connection is unknown: open another
    return tried


@transaction.atomic
def claim() -> Email | None:
    """Take the next e-mail, and schedule its next attempt in case this one never ends."""
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
    """Send one claimed e-mail and record the outcome; return whether it was sent."""
    try:
        transport.send_messages([build(email, makers)])
    except Exception as error:
        record_failure(email, error)
        return False
    update(email, status=Status.SENT, scheduled_at=None)
    return True


class IllustratedMessage(EmailMultiAlternatives):
    """E-mail whose HTML part is in one `multipart/related` with its images (RFC 2387)."""

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.images: list[InlineImage] = []

    def message(self):
        whole = super().message()
        for part in whole.walk() if self.images else ():
            if part.get_content_type() == "multipart/alternative":
                text, html = part.get_payload()
                part.set_payload([text, self.related(html)])
        return whole

    def related(self, html) -> SafeMIMEMultipart:
        group = SafeMIMEMultipart(_subtype="related", encoding=self.encoding)
        group.attach(html)
        for image in self.images:
            part = MIMEImage(image.content, "png")
            part["Content-ID"] = f"<{image.content_id}>"
            part.add_header("Content-Disposition", "inline", filename=f"{image.content_id}.png")
            group.attach(part)
        return group


def build(email: Email, makers: Makers) -> EmailMessage:
    """Return the e-mail to send, with its attachments and images."""
    message = IllustratedMessage(
        email.subject, email.text, email.from_email, [email.to], headers=email.headers
    )
    if email.html:
        message.attach_alternative(email.html, "text/html")
    for name in email.attachments:
        kind, _colon, code = name.partition(":")
        attachment = makers[kind](code)
        if isinstance(attachment, InlineImage):
            message.images.append(attachment)
        elif attachment:
            message.attach(*attachment)
    return message


def record_failure(email: Email, error: Exception) -> None:
    # The server's message may name the reader: it is stored in the row only, and deleted with it.
    logger.warning("Email %s did not leave: %s", email.pk, type(error).__name__)
    words = typography.strip_controls(f"{type(error).__name__}: {error}").replace("\n", " ")
    errors = f"{email.errors}{timezone.now():%Y-%m-%d %H:%M} {words}\n"
    if is_permanent(error) or email.attempts > len(DELAYS):
        update(email, errors=errors, status=Status.FAILED, scheduled_at=None)
    else:
        update(email, errors=errors)


def is_permanent(error: Exception) -> bool:
    """Return whether the server refuses every address for good: 5xx (RFC 5321), not our fault."""
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 and code != 530 and not OUR_FAULT.match(words)
        for code, words in error.recipients.values()
    )


def update(email: Email, **fields) -> None:
    """Write these fields only, if the row still exists."""
    Email.objects.filter(pk=email.pk).update(**fields, updated_at=timezone.now())


def send_again(emails: QuerySet[Email]) -> int:
    """Queue failed e-mails again, with a new count of attempts; return their number."""
    return emails.filter(status=Status.FAILED).update(
        status=Status.QUEUED, attempts=0, scheduled_at=None, updated_at=timezone.now()
    )


def release(emails: QuerySet[Email]) -> int:
    """Queue the emails that are held since a backup was restored; return their number."""
    return emails.filter(status=Status.HELD).update(
        status=Status.QUEUED, attempts=0, scheduled_at=None, updated_at=timezone.now()
    )


def delete_expired_emails() -> int:
    """Delete e-mails sent or failed more than `MAIL_RETENTION_DAYS` ago, as they name people.

    Return the number deleted, `MAX_DELETED_AT_ONCE` at most.
    """
    before = timezone.now() - datetime.timedelta(days=settings.MAIL_RETENTION_DAYS)
    done = Email.objects.filter(status__in=[Status.SENT, Status.FAILED], updated_at__lt=before)
    expired = done.values("pk")[:MAX_DELETED_AT_ONCE]
    return Email.objects.filter(pk__in=expired).delete()[0]
