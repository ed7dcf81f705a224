"""Signature and seal of an edition: they stand on certificates and letters, never on a page."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from pilkit.processors import ResizeToFit

from symposium.core.documents.drawings import printed
from symposium.core.images import LogoField, validate_logo

FOLDER = "signatures"  # not public: see `website.media`


class EditionSignature(models.Model):
    """Who signs the documents of an edition, and how."""

    signature = LogoField(
        verbose_name=_("signature"), upload_to=FOLDER, blank=True, default="", db_default="",
        validators=[validate_logo], processors=[ResizeToFit(900, 360, upscale=False)],
        format="PNG",
        help_text=_("SVG, or PNG with a transparent background. Only documents show it."),
    )  # fmt: skip
    signatory = models.CharField(
        _("name of the signatory"), max_length=100, blank=True, default="", db_default=""
    )
    signatory_role = models.CharField(
        _("function of the signatory"), max_length=150, blank=True, default="", db_default=""
    )
    seal = LogoField(
        verbose_name=_("seal"), upload_to=FOLDER, blank=True, default="", db_default="",
        validators=[validate_logo], processors=[ResizeToFit(600, 600, upscale=False)],
        format="PNG",
        help_text=_("SVG, or PNG with a transparent background. Only documents show it."),
    )  # fmt: skip

    class Meta:
        abstract = True

    @property
    def signed_by(self) -> dict:
        """Data of a printed signature in the active language; empty without any."""
        found = {
            "picture": printed(self.signature),
            "name": self.signatory or "",
            "role": self.signatory_role or "",
            "seal": printed(self.seal),
        }
        return found if any(found.values()) else {}
