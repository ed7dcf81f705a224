"""The table of the mail queue."""

import re

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Sign-in codes in subjects, which are for their reader only.
CODES = re.compile(r"[0-9]{6,}")


class Email(models.Model):
    """E-mail of the queue, to one reader, with its status and the errors of its attempts."""

    class Priority(models.IntegerChoices):
        LOW = 0
        MEDIUM = 1
        HIGH = 2

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        RETRYING = "retrying", _("will retry")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        HELD = "held", _("held")  # since a backup was restored

    to = models.CharField(_("recipient"), max_length=320)
    from_email = models.CharField(max_length=320)
    subject = models.TextField(_("subject"))
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    # Names such as "ticket:7K4Q2M9XTB", from which files are made when the e-mail is sent.
    attachments = models.JSONField(default=list)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.HIGH)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.QUEUED)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last change"), auto_now=True)
    scheduled_at = models.DateTimeField(_("scheduled for"), null=True)
    expires_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # A line for each failed attempt. The server's message may contain the reader's address.
    errors = models.TextField(_("errors"), blank=True)

    class Meta:
        verbose_name = pgettext_lazy("message", "email")
        verbose_name_plural = pgettext_lazy("messages", "emails")
        indexes = [
            models.Index(
                fields=["-priority", "id"], name="emails_to_send",
                condition=models.Q(status__in=["queued", "retrying"]),
            ),
            models.Index(fields=["status", "updated_at"], name="emails_by_status"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return CODES.sub("••••••", self.subject)
