"""Words of the organisers in the e-mails that everybody gets, in place of the standard ones."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from symposium.editions.models import Edition, has_translations
from symposium.registrations.models.organiser_texts import OrganiserText

EVERYWHERE = ("name", "symposium", "dates", "place", "category", "link")


class MailText(OrganiserText):
    """Subject and text of one kind of e-mail."""

    TITLE = "subject"

    class Kind(models.TextChoices):
        """The names are those of the templates in `registrations/email/`."""

        CONFIRMED = "confirmed", _("Registration confirmed, with the ticket")
        PENDING = "pending", _("Request received")
        WAITING = "waiting", _("Waiting list")
        REMINDER = "reminder", _("Reminder before the first day")
        CERTIFICATE = "certificate_ready", _("Certificate of attendance")

    PLACEHOLDERS = {
        Kind.CONFIRMED: (*EVERYWHERE, "code"),
        Kind.PENDING: EVERYWHERE,
        Kind.WAITING: (*EVERYWHERE, "rank"),
        Kind.REMINDER: (*EVERYWHERE, "code"),
        Kind.CERTIFICATE: (*EVERYWHERE, "certificate"),
    }

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="mail_texts", verbose_name=_("edition")
    )
    kind = models.CharField(_("email"), max_length=20, choices=Kind)
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"), max_length=5000)

    class Meta:
        verbose_name = _("email text")
        verbose_name_plural = _("email texts")
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "kind"],
                name="mail_texts_once",
                violation_error_message=_("This email already has a text in this edition."),
            ),
            models.CheckConstraint(
                condition=has_translations("subject", "body"),
                name="mail_texts_written",
                violation_error_message=_(
                    "Enter the subject and the message in at least one language."
                ),
            ),
        ]
