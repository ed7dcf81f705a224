"""My programme of an account: stars, the address of its calendar, whether it is shared."""

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from symposium.accounts.models import User
from symposium.sessions.models import Session


def new_calendar_token() -> str:
    """Return 192 random bits as URL-safe text: the secret that gives access to a calendar."""
    return secrets.token_urlsafe(24)


class StarQuerySet(models.QuerySet):
    def public(self):
        """Return the stars of public sessions; the others are hidden until theirs is public."""
        return self.filter(session__in=Session.objects.published())

    def in_order(self):
        shown = self.select_related("session__edition", "session__room", "session__track")
        return shown.order_by("session__starts_at", "session_id")


class Star(models.Model):
    """Session that a user has added to their own programme."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="stars", verbose_name=_("account"), editable=False
    )
    session = models.ForeignKey(
        Session, models.CASCADE, related_name="stars", verbose_name=_("session"), editable=False
    )
    # `Session.sequence` at the last notification of this user.
    notified_sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("starred"), default=timezone.now, editable=False)

    objects = StarQuerySet.as_manager()

    class Meta:
        verbose_name = _("star")
        verbose_name_plural = _("stars")
        ordering = ["created_at", "id"]
        # Stars are private: organisers have no permission on them.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "session"],
                name="stars_once",
                violation_error_message=_("This session is already in your programme."),
            )
        ]

    def __str__(self) -> str:
        return str(self.session)


class Agenda(models.Model):
    """Preferences of a user for their own programme: the calendar to subscribe to, the e-mails."""

    user = models.OneToOneField(
        User, models.CASCADE, related_name="agenda", verbose_name=_("account"), editable=False
    )
    # None if there is no token: "" would not be unique.
    token = models.CharField(max_length=32, unique=True, null=True, editable=False)  # noqa: DJ001
    token_made_at = models.DateTimeField(_("calendar link created"), null=True, editable=False)
    wants_mail = models.BooleanField(
        _("email when a starred session changes"), default=False, editable=False
    )

    class Meta:
        verbose_name = _("personal programme")
        verbose_name_plural = _("personal programmes")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user)

    def renew_token(self) -> None:
        """Give the calendar a new URL; the old one stops working."""
        self.token, self.token_made_at = new_calendar_token(), timezone.now()
        self.save(update_fields=["token", "token_made_at"])

    def drop_token(self) -> None:
        self.token = self.token_made_at = None
        self.save(update_fields=["token", "token_made_at"])
