"""The revision of what the public reads, the mail queue, and what last ran when."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from symposium.core.mail.models import Email

__all__ = ["Email", "LastRun", "Revision"]


class Revision(models.Model):
    """Counter of the commits that changed public content of one edition.

    The row with edition "" counts changes of content that every page may show, such as the list of
    editions. Only the SQL function `symposium_move_revision` writes here; see `revision.py`.
    """

    # The slug, which never changes. The row of a deleted edition stays, so that numbers only grow.
    edition = models.CharField(max_length=40, primary_key=True, editable=False)
    number = models.BigIntegerField(editable=False)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.edition} {self.number}".strip()


class LastRun(models.Model):
    """Time when something last ran: a turn of the worker, a backup."""

    name = models.CharField(max_length=20, primary_key=True, editable=False)
    at = models.DateTimeField(editable=False)
    details = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("last run")
        verbose_name_plural = _("last runs")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
