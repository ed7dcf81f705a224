"""Words of the organisers on certificates and letters, in place of the standard ones."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from symposium.editions.models import Edition, has_translations
from symposium.registrations.models.organiser_texts import OrganiserText

MAX_CERTIFICATE_CHARS = 400
NAME = "{name}"


class DocumentText(OrganiserText):
    """Heading and text of one kind of document."""

    TITLE = "heading"

    class Kind(models.TextChoices):
        CERTIFICATE = "certificate", _("Certificate of attendance")
        LETTER = "letter", _("Invitation letter")

    PLACEHOLDERS = {
        Kind.CERTIFICATE: ("name", "symposium", "dates", "place", "hours", "days"),
        Kind.LETTER: (
            "name", "affiliation", "country", "category", "symposium", "dates", "place",
            "address", "code",
        ),
    }  # fmt: skip

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="document_texts", verbose_name=_("edition")
    )
    kind = models.CharField(_("document"), max_length=20, choices=Kind)
    heading = models.CharField(_("heading"), max_length=80)
    body = models.TextField(
        _("text"), max_length=3000, help_text=_("A blank line begins another paragraph.")
    )

    class Meta:
        verbose_name = _("document text")
        verbose_name_plural = _("texts of documents")
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "kind"],
                name="document_texts_once",
                violation_error_message=_("This document already has a text in this edition."),
            ),
            models.CheckConstraint(
                condition=has_translations("heading", "body"),
                name="document_texts_written",
                violation_error_message=_(
                    "Enter the heading and the text in at least one language."
                ),
            ),
        ]

    def fault_of(self, field: str, language: str) -> ValidationError | None:
        """Return what is wrong with a text; that of a certificate is a sentence about a name."""
        text = getattr(self, f"{field}_{language}") or ""
        is_sentence = self.kind == self.Kind.CERTIFICATE and field == "body" and text
        if is_sentence and text.count(NAME) != 1:
            return ValidationError(
                _("Enter {name} once: the name stands there in large letters."), code="name"
            )
        if is_sentence and len(text) > MAX_CERTIFICATE_CHARS:
            return ValidationError(
                _("The text of a certificate has at most %(limit)s characters."),
                code="too_long",
                params={"limit": MAX_CERTIFICATE_CHARS},
            )
        return super().fault_of(field, language)
