"""Words of the organisers in the e-mails that everybody gets, in place of the standard ones."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from symposium.editions.models import Edition, has_translations
from symposium.editions.triggers import MoveRevision
from symposium.registrations.models.organiser_texts import OrganiserText

EVERYWHERE = ("name", "symposium", "dates", "place", "category", "link")


class MailText(OrganiserText):
    """Subject and text of one kind of e-mail."""

    TITLE = "subject"

    class Kind(models.TextChoices):
        """The names are those of the templates in `registrations/email/`, or of `VARIANTS`."""

        CONFIRMED = "confirmed", _("Registration confirmed, with the ticket")
        PENDING = "pending", _("Request received")
        WAITING = "waiting", _("Waiting list")
        REFUSED = "refused", _("Request refused")
        CATEGORY_CHANGED = "category_changed", _("Category changed, registration confirmed")
        OFFERED = "offered", _("Place offered")
        OFFER_EXPIRED = "offer_expired", _("Offer of a place expired")
        CANCELLED = "cancelled", _("Registration cancelled by the organisers")
        WITHDRAWN = "withdrawn", _("Registration cancelled by the person")
        BOOKED = "booked", _("Seat booked")
        SEAT_WAITING = "seat_waiting", _("Waiting list of a session")
        SEAT_OFFERED = "seat_offered", _("Seat offered")
        SEAT_EXPIRED = "seat_expired", _("Offer of a seat expired")
        SESSION_CHANGED = "session_changed", _("Booked sessions changed")
        REMINDER = "reminder", _("Reminder before the first day")
        CERTIFICATE = "certificate_ready", _("Certificate of attendance")

    # Where one template serves several kinds: its name, and the context of this kind.
    VARIANTS: Mapping[str, tuple[str, Mapping[str, bool]]] = {
        Kind.CATEGORY_CHANGED: ("category_changed", {"confirmed": True}),
        Kind.OFFERED: ("offered", {"is_seat": False}),
        Kind.OFFER_EXPIRED: ("offer_expired", {"is_seat": False}),
        Kind.CANCELLED: ("cancelled", {"by_organiser": True}),
        Kind.WITHDRAWN: ("cancelled", {"by_organiser": False}),
        Kind.BOOKED: ("booked", {"confirmed": True}),
        Kind.SEAT_WAITING: ("booked", {"confirmed": False, "has_place": True}),
        Kind.SEAT_OFFERED: ("offered", {"is_seat": True}),
        Kind.SEAT_EXPIRED: ("offer_expired", {"is_seat": True}),
    }
    PLACEHOLDERS = {
        **dict.fromkeys(Kind, EVERYWHERE),
        **dict.fromkeys(
            [Kind.CONFIRMED, Kind.CATEGORY_CHANGED, Kind.REMINDER], (*EVERYWHERE, "code")
        ),
        **dict.fromkeys(
            [Kind.BOOKED, Kind.SEAT_OFFERED, Kind.SEAT_EXPIRED], (*EVERYWHERE, "session", "when")
        ),
        Kind.WAITING: (*EVERYWHERE, "rank"),
        Kind.SEAT_WAITING: (*EVERYWHERE, "session", "when", "rank"),
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
        triggers = [MoveRevision(name="form_revision")]

    @classmethod
    def template_of(cls, kind: str) -> tuple[str, Mapping[str, bool]]:
        """Return the template of a kind, and the context that tells it from others."""
        return cls.VARIANTS.get(kind, (kind, {}))

    @classmethod
    def kind_of(cls, template: str, context: Mapping[str, object]) -> str | None:
        """Return the kind of an e-mail, or None if organisers cannot word it."""
        for kind in cls.Kind.values:
            name, variant = cls.template_of(kind)
            if name == template and all(bool(context.get(key)) == variant[key] for key in variant):
                return kind
        return None
