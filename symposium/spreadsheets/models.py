"""Imports of spreadsheets: their preview, what they wrote, and the remembered headings."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from symposium.editions.models import Edition

PREVIEW_AGE = datetime.timedelta(days=1)
UNDO_AGE = datetime.timedelta(days=7)


class ImportQuerySet(models.QuerySet):
    def expired(self, at: datetime.datetime | None = None):
        """Return the forgotten previews, and the imports that can no longer be undone."""
        at = at or timezone.now()
        return self.filter(
            Q(applied_at=None, created_at__lt=at - PREVIEW_AGE) | Q(applied_at__lt=at - UNDO_AGE)
        )

    def applied(self):
        return self.filter(applied_at__isnull=False)


class Import(models.Model):
    """Import of a spreadsheet into an edition: first a preview, then applied, then perhaps undone.

    `content`, `choices` and `preview` are emptied when it is applied; `written` holds the objects
    before and after, for as long as it can be undone. Then the row is deleted.
    """

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="+", verbose_name=_("edition"), editable=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+",
        verbose_name=_("imported by"), editable=False,
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=20, editable=False)
    file_name = models.CharField(_("file"), max_length=150, editable=False)
    content = models.JSONField(default=list, editable=False)
    choices = models.JSONField(default=dict, editable=False)
    preview = models.JSONField(default=dict, editable=False)
    written = models.JSONField(default=list, editable=False)
    counts = models.JSONField(_("what it wrote"), default=dict, editable=False)
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    applied_at = models.DateTimeField(_("imported"), null=True, editable=False)
    undone_at = models.DateTimeField(_("undone"), null=True, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(applied_at__isnull=False),
                name="imports_undone_after_applied",
                violation_error_message=_("An import can be undone once it’s applied."),
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def undo_until(self) -> datetime.datetime | None:
        return self.applied_at + UNDO_AGE if self.applied_at else None

    @property
    def can_be_undone(self) -> bool:
        until = self.undo_until
        return bool(until and not self.undone_at and self.written and timezone.now() < until)


class Heading(models.Model):
    """Column that an organiser chose for a heading of a spreadsheet; "" means not imported."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="+", verbose_name=_("edition"), editable=False
    )
    kind = models.CharField(max_length=20, editable=False)
    heading = models.CharField(max_length=200, editable=False)
    column = models.CharField(max_length=40, blank=True, editable=False)

    class Meta:
        verbose_name = _("heading of a spreadsheet")
        verbose_name_plural = _("headings of spreadsheets")
        ordering = ["kind", "heading"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "kind", "heading"],
                name="headings_once",
                violation_error_message=_("This heading is already known."),
            )
        ]

    def __str__(self) -> str:
        return self.heading


def delete_expired_imports(at: datetime.datetime | None = None) -> int:
    """Delete the imports that nobody can apply or undo any more; return their number."""
    deleted, _by_model = Import.objects.expired(at).delete()
    return deleted
