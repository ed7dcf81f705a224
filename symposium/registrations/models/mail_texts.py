"""Words of the organisers in the e-mails that everybody gets, in place of the standard ones."""

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from symposium.core.i18n.localized import LANGUAGES
from symposium.editions.models import Edition, has_translations

PLACEHOLDER = re.compile(r"\{([^{}\s]*)\}")
EVERYWHERE = ("name", "symposium", "dates", "place", "category", "link")


class MailText(models.Model):
    """Subject and text of one kind of e-mail; a language left blank has the standard words.

    The text is plain. A name in braces, such as {name}, is replaced once by what it stands for, and
    is no template.
    """

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

    def __str__(self) -> str:
        return self.get_kind_display()

    def clean(self) -> None:
        faults = {}
        for field in ("subject", "body"):
            for code in LANGUAGES:
                if fault := self.fault_of(field, code):
                    faults[f"{field}_{code}"] = fault
        if faults:
            raise ValidationError(faults)

    def fault_of(self, field: str, language: str) -> ValidationError | None:
        """Return what is wrong with a text: its other half is missing, or a name is unknown."""
        text = getattr(self, f"{field}_{language}") or ""
        other = "body" if field == "subject" else "subject"
        if not text.strip() and getattr(self, f"{other}_{language}"):
            return ValidationError(
                _("Enter both the subject and the text in this language."), code="half"
            )
        known = self.PLACEHOLDERS.get(self.Kind(self.kind), ()) if self.kind in self.Kind else ()
        if wrong := next((name for name in PLACEHOLDER.findall(text) if name not in known), None):
            return ValidationError(
                _("{%(name)s} can’t stand in this email. Use one of these: %(known)s."),
                code="placeholder",
                params={"name": wrong, "known": listed(known)},
            )
        return None

    def words(self, language: str) -> tuple[str, str] | None:
        """Return subject and text in a language, or None where it has the standard words."""
        subject, body = (getattr(self, f"{field}_{language}") for field in ("subject", "body"))
        return (subject, body) if subject and body else None


def listed(names: tuple[str, ...]) -> str:
    return " ".join(f"\u2066{{{name}}}\u2069" for name in names)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with each {name} replaced by its value, once: values are never read again."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
