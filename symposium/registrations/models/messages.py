"""Messages of the organisers to the people registered."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from symposium.accounts.models import User
from symposium.editions.models import Edition, News, has_translation
from symposium.registrations.models.registrations import Registration


class Message(models.Model):
    """Message of the organisers to selected registrations, stored as it was sent."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="messages", verbose_name=_("edition")
    )
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"), max_length=5000)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    # The news that the message emailed. News is emailed once.
    news = models.OneToOneField(
        News, models.SET_NULL, null=True, blank=True, editable=False, related_name="message",
        verbose_name=_("news item"),
    )  # fmt: skip
    recipients = models.ManyToManyField(
        Registration, related_name="messages", verbose_name=_("recipients")
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-sent_at"]
        constraints = [
            models.CheckConstraint(
                condition=has_translation("subject") & has_translation("body"),
                name="messages_written",
                violation_error_message=_(
                    "Enter the subject and the message in at least one language."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.subject or ""
