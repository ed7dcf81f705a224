from django.db import models
from django.utils.translation import gettext_lazy as _

from symposium.core.mail.models import Email

__all__ = ["Email", "Revision"]


class Revision(models.Model):
    """A counter of commits that changed what the public reads of one edition.

    The row without an edition counts what every page may show, such as the list of editions. Only
    the function `symposium_move_revision` writes here; see `revision.py`.
    """

    # Its slug, which never changes. The row of an edition that was deleted stays: numbers go up.
    edition = models.CharField(max_length=40, primary_key=True, editable=False)
    number = models.BigIntegerField(editable=False)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.edition} {self.number}".strip()
