"""A registration form that was begun and not yet sent."""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from symposium.accounts.models import User
from symposium.editions.models import Edition

MAX_AGE = datetime.timedelta(hours=1)
MAX_BYTES = 64 * 1024  # bytes: a form is stored percent-encoded, in ASCII


class DraftQuerySet(models.QuerySet):
    def expired(self, at: datetime.datetime):
        return self.filter(expires_at__lte=at)


class Draft(models.Model):
    """Form sent after the user's session had ended; at most one per account."""

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="draft", verbose_name=_("account")
    )
    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="+", verbose_name=_("edition")
    )
    typed = models.CharField(_("what was typed"), max_length=MAX_BYTES)
    expires_at = models.DateTimeField(_("saved until"), db_index=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("saved form")
        verbose_name_plural = _("saved forms")

    def __str__(self) -> str:
        return str(self.edition)
