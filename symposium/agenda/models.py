import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from symposium.accounts.models import User
from symposium.sessions.models import Session


def new_token() -> str:
    """192 bits in the letters of an address: whoever knows it reads, nobody guesses it."""
    return secrets.token_urlsafe(24)


class StarQuerySet(models.QuerySet):
    def public(self):
        """Those of sessions that the public sees: the others wait, unseen."""
        return self.filter(session__in=Session.objects.published())

    def in_order(self):
        return self.select_related("session__edition", "session__room").order_by(
            "session__starts_at", "session_id"
        )


class Star(models.Model):
    """A session that somebody has put on their own programme."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="stars", verbose_name=_("account"), editable=False
    )
    session = models.ForeignKey(
        Session, models.CASCADE, related_name="stars", verbose_name=_("session"), editable=False
    )
    # How often the session had changed when the person was last told: `Session.sequence`.
    notified_sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("starred"), default=timezone.now, editable=False)

    objects = StarQuerySet.as_manager()

    class Meta:
        verbose_name = _("star")
        verbose_name_plural = _("stars")
        ordering = ["created_at", "id"]
        # It is nobody's but the person's: no organiser has a right to it.
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
    """What somebody has asked for around their programme: a calendar to subscribe to, mails."""

    user = models.OneToOneField(
        User, models.CASCADE, related_name="agenda", verbose_name=_("account"), editable=False
    )
    # None while there is none: no text could be the token of two people.
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
        """A new address for the calendar: the one before leads nowhere from now on."""
        self.token, self.token_made_at = new_token(), timezone.now()
        self.save(update_fields=["token", "token_made_at"])

    def drop_token(self) -> None:
        self.token = self.token_made_at = None
        self.save(update_fields=["token", "token_made_at"])
