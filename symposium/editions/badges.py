"""Printed badges of an edition: their paper and their background picture."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from symposium.core.documents.drawings import printed
from symposium.core.images import Cropped, PictureField, validate_picture

FOLDER = "badges"  # not public: see `website.media`
# 105 × 148 mm at 300 dots per inch.
WIDTH, HEIGHT = 1240, 1748


class EditionBadges(models.Model):
    """Paper on which the badges of an edition are printed, and the picture behind their texts."""

    class BadgeLayout(models.TextChoices):
        FOUR = "four", _("A4 sheets of four badges")
        SINGLE = "single", _("One badge per page, 105 × 148 mm")
        LABEL = "label", _("Black labels, 100 × 62 mm")

    badge_layout = models.CharField(
        _("paper of the badges"), max_length=10, choices=BadgeLayout, default=BadgeLayout.FOUR,
        db_default=BadgeLayout.FOUR,
    )  # fmt: skip
    badge_background = PictureField(
        verbose_name=_("background of the badges"), upload_to=FOLDER, blank=True, default="",
        db_default="", validators=[validate_picture], processors=[Cropped(WIDTH, HEIGHT)],
        format="JPEG", options={"quality": 88},
        help_text=_(
            "JPEG or PNG, upright, 1240 × 1748 px. It is cropped to 105 × 148 mm. The top 32 mm "
            "stay free of text. Below, the texts are on a white panel. Labels have no background."
        ),
    )  # fmt: skip

    class Meta:
        abstract = True

    @property
    def badge_looks(self) -> dict:
        """Paper and background in the data of printed badges."""
        has_background = self.badge_layout != self.BadgeLayout.LABEL
        background = printed(self.badge_background) if has_background else None
        return {"layout": self.badge_layout, "background": background}


BADGE_LAYOUT_KNOWN = models.CheckConstraint(
    condition=Q(badge_layout__in=EditionBadges.BadgeLayout.values),
    name="editions_badge_layout_known",
    violation_error_message=_("Choose a paper for the badges."),
)
