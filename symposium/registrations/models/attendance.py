"""Check-ins, and certificates of attendance."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from symposium.accounts.models import User
from symposium.editions.models import Edition
from symposium.editions.slugs import random_code
from symposium.registrations.models.registrations import Registration, State
from symposium.sessions.models import Session


class CheckInQuerySet(models.QuerySet):
    def active(self):
        return self.filter(undone_at=None)

    def at_the_entrance(self):
        return self.filter(session=None)


class CheckIn(models.Model):
    """Scan of a ticket at the entrance, once a day, or at a session, once per session."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="check_ins", editable=False)
    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="check_ins", verbose_name=_("registration")
    )
    session = models.ForeignKey(
        Session, models.RESTRICT, related_name="check_ins", null=True, blank=True,
        verbose_name=_("session"),
    )  # fmt: skip
    day = models.DateField(_("day"))
    scanned_at = models.DateTimeField(_("scanned"))
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )  # fmt: skip
    # The device's own number of the scan: a scan sent twice counts once.
    nonce = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )

    objects = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["-scanned_at", "-id"]
        permissions = [("check_in", _("Can check people in at the entrance"))]
        indexes = [models.Index(fields=["edition", "day"], name="check_ins_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "day"],
                condition=Q(session=None, undone_at=None),
                name="check_ins_once_a_day",
                violation_error_message=_("This person is already checked in."),
            ),
            models.UniqueConstraint(
                fields=["registration", "session"],
                condition=Q(session__isnull=False, undone_at=None),
                name="check_ins_once_per_session",
                violation_error_message=_("This person is already checked in to this session."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration} · {self.day}"


class CertificateQuerySet(models.QuerySet):
    def valid(self):
        """Return the certificates of confirmed registrations with an active check-in.

        Certificates of a demonstration are valid too; every page and PDF shows that they certify
        nothing.
        """
        seen = CheckIn.objects.active().filter(registration=models.OuterRef("registration"))
        return self.filter(
            models.Exists(seen),
            registration__state=State.CONFIRMED,
            registration__anonymised_at=None,
            registration__edition__is_published=True,
        )


def new_certificate_token() -> str:
    return random_code(20)


class Certificate(models.Model):
    """Content of a certificate of attendance, stored so that anybody can verify it later."""

    registration = models.OneToOneField(
        Registration, models.CASCADE, related_name="certificate", verbose_name=_("registration")
    )
    token = models.CharField(_("token"), max_length=20, unique=True, default=new_certificate_token)
    name = models.CharField(_("name"), max_length=202)
    name_ar = models.CharField(_("name in Arabic script"), max_length=202, blank=True)
    days = ArrayField(models.DateField(), verbose_name=_("days"))
    minutes = models.PositiveIntegerField(_("minutes"))
    issued_at = models.DateTimeField(_("issued"), default=timezone.now)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate of attendance")
        verbose_name_plural = _("certificates of attendance")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("registrations:verify", args=[self.token])

    @property
    def is_specimen(self) -> bool:
        """Whether it is a specimen: the people of a demonstration are fictional."""
        return self.registration.edition.is_demonstration
