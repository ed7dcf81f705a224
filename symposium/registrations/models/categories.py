"""Categories of registration, with their places, and invitations."""

import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from symposium.accounts.models import User
from symposium.core.validators import validate_name
from symposium.editions.models import Edition, has_translation
from symposium.editions.triggers import MoveEveryRevision, MoveRevision


class CategoryQuerySet(models.QuerySet):
    def shown_to(self, user: User):
        """Return the categories that `user` may see; those by invitation only if invited."""
        return self.filter(
            Q(by_invitation=False) | Q(pk__in=self.filter(invitations__email=user.email))
        )

    def open_to(self, user: User, at: datetime.datetime | None = None):
        """Return the categories that `user` may choose now: visible to them, and open."""
        at = at or timezone.now()
        return (
            self.shown_to(user)
            .filter(Q(opens_at=None) | Q(opens_at__lte=at))
            .filter(Q(closes_at=None) | Q(closes_at__gt=at))
        )


class Category(models.Model):
    """Way to take part, with its own places: on site, online, student, press, by invitation."""

    class Colour(models.TextChoices):
        SEA = "sea", _("blue")
        GREEN = "green", _("green")
        AMBER = "amber", _("amber")
        TERRA = "terra", _("terracotta")
        INK = "ink", _("dark grey")

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="categories", verbose_name=_("edition")
    )
    name = models.CharField(
        _("name"), max_length=80,
        help_text=_("Printed on badges. Say who these people are, not how they’re admitted."),
    )  # fmt: skip
    description = models.CharField(
        _("description"), max_length=300, blank=True,
        help_text=_("Who it’s for and what it includes. Shown next to it in the form."),
    )  # fmt: skip
    colour = models.CharField(
        _("colour on the badge"), max_length=5, choices=Colour, default=Colour.SEA
    )
    on_site = models.BooleanField(
        _("on site"), default=True, help_text=_("These people attend in person, with a badge.")
    )
    online_access = models.BooleanField(
        _("online access"), default=False, help_text=_("These people can watch the live streams.")
    )
    places = models.PositiveIntegerField(
        _("places"),
        null=True,
        blank=True,
        help_text=_("If blank, the number of places is unlimited."),
    )
    opens_at = models.DateTimeField(
        _("opens"), null=True, blank=True, help_text=_("If blank, same dates as registration.")
    )
    closes_at = models.DateTimeField(
        _("closes"), null=True, blank=True, help_text=_("If blank, same dates as registration.")
    )
    needs_approval = models.BooleanField(
        _("needs approval"), default=False,
        help_text=_("An organiser accepts or declines each request. Until then it takes no place."),
    )  # fmt: skip
    by_invitation = models.BooleanField(
        _("by invitation"), default=False,
        help_text=_("Only for email addresses on its list of invitations."),
    )  # fmt: skip
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "edition"], name="categories_id_edition"),
            models.CheckConstraint(
                condition=has_translation("name"),
                name="categories_named",
                violation_error_message=_("Enter a name in at least one language."),
            ),
            models.CheckConstraint(
                condition=Q(on_site=True) | Q(online_access=True),
                name="categories_on_site_or_online",
                violation_error_message=_("Tick “on site”, “online access”, or both."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="categories_close_after_they_open",
                violation_error_message=_("The category must close after it opens."),
            ),
        ]
        # Pages link to the registration if there is a category to choose; its form shows the rest.
        triggers = [
            MoveEveryRevision(operation=pgtrigger.Insert | pgtrigger.Delete),
            MoveRevision(name="form_revision", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return self.name or ""

    def is_open_to(self, user: User, at: datetime.datetime | None = None) -> bool:
        """Return whether `open_to` includes this category."""
        at = at or timezone.now()
        is_open = (not self.opens_at or self.opens_at <= at) and (
            not self.closes_at or at < self.closes_at
        )
        return is_open and self.is_shown_to(user)

    def is_shown_to(self, user: User) -> bool:
        """Return whether `shown_to` includes this category."""
        return not self.by_invitation or self.invitations.filter(email=user.email).exists()


class Invitation(models.Model):
    """E-mail address that may register in a category by invitation."""

    category = models.ForeignKey(
        Category, models.CASCADE, related_name="invitations", verbose_name=_("category")
    )
    email = models.EmailField(_("email address"), max_length=254)
    name = models.CharField(_("name"), max_length=150, blank=True, validators=[validate_name])
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default="fr"
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "email"],
                name="invitations_once_per_category",
                violation_error_message=_("This address is already invited in this category."),
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="invitations_email_in_lower_case",
                violation_error_message=_("Enter the email address in lower case."),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        self.email = self.email.strip().lower()
