"""The speaker, with portrait and links."""

import unicodedata
import uuid
from pathlib import Path

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Case, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from imagekit.models import ImageSpecField
from pilkit.processors import ResizeToFit

from symposium.core.i18n.localized import in_each_language, strip_article
from symposium.core.i18n.names import PersonName, fold_name
from symposium.core.images import Cropped, PictureField, validate_picture
from symposium.editions.models import Edition, has_translation
from symposium.editions.slugs import SluggedModel, random_code
from symposium.editions.triggers import KeepSlug, MoveRevision
from symposium.speakers.orcid import OrcidField
from symposium.speakers.triggers import JoinByOrcid, MovePersonRevision


def photo_name(speaker: "Speaker", name: str) -> str:
    """Return a random path, so that the photo of a person not announced yet cannot be guessed."""
    return f"speakers/{random_code(16)}{Path(name).suffix}"


class SpeakerQuerySet(models.QuerySet):
    def published(self):
        return self.filter(is_published=True, edition__is_published=True)

    def for_list(self):
        """Load without biographies, for a list."""
        return self.defer(*in_each_language("biography"))

    def same_person(self, speaker: "Speaker"):
        """Return this person at the other editions, the latest edition first."""
        found = self.filter(person=speaker.person).exclude(pk=speaker.pk)
        return found.select_related("edition").order_by("-edition__starts_on", "pk")

    def featured(self):
        """Order for the home page: featured speakers first, then speakers with a photo."""
        return self.order_by("-is_featured", Case(When(photo="", then=1), default=0), "pk")


class Speaker(PersonName, SluggedModel):
    """Person as they appear at one edition."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="speakers", verbose_name=_("edition")
    )
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100)
    position = models.CharField(_("position"), max_length=200, blank=True)
    affiliation = models.CharField(_("affiliation"), max_length=200, blank=True)
    biography = models.TextField(_("biography"), max_length=5000, blank=True)
    photo = PictureField(
        verbose_name=_("photo"), upload_to=photo_name, blank=True, validators=[validate_picture],
        processors=[ResizeToFit(1200, 1500, upscale=False)],
        format="JPEG", options={"quality": 85},
        help_text=_("JPEG, PNG or WebP, portrait format, up to 8 MB. We remove hidden data such "
                    "as location."),
    )  # fmt: skip
    portrait = ImageSpecField(
        source="photo", processors=[Cropped(608, 760)], format="WEBP", options={"quality": 78}
    )
    # Four thumbnails are on the home page, whose first view must not exceed 100 kB.
    thumbnail = ImageSpecField(
        source="photo",
        processors=[Cropped(280, 350)],
        format="WEBP",
        options={"quality": 50, "method": 6},
    )
    orcid = OrcidField("ORCID iD", max_length=19, blank=True, help_text="0000-0000-0000-0000")
    is_published = models.BooleanField(_("published"), default=True)
    is_featured = models.BooleanField(
        _("on the home page"), default=False, help_text=_("Featured on the home page.")
    )
    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The speakers of all editions who are one person share it: see `person.py` and `JoinByOrcid`.
    person = models.UUIDField(
        default=uuid.uuid4, db_default=RandomUUID(), db_index=True, editable=False
    )
    updated_at = models.DateTimeField(_("last change"), auto_now=True, editable=False)

    objects = SpeakerQuerySet.as_manager()

    slug_source = "name"

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ["family_name_fr", "given_name_fr", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "slug"],
                name="speakers_slug_once_per_edition",
                violation_error_message=_(
                    "This address is already used by another speaker in this edition."
                ),
            ),
            models.UniqueConstraint(fields=["id", "edition"], name="speakers_id_edition"),
            models.UniqueConstraint(
                fields=["edition", "orcid"],
                condition=models.Q(orcid__gt=""),
                name="speakers_orcid_once_per_edition",
                violation_error_message=_(
                    "This ORCID iD is already used by another speaker in this edition."
                ),
            ),
            models.UniqueConstraint(
                fields=["edition", "person"],
                name="speakers_person_once_per_edition",
                violation_error_message=_("This person is already a speaker of this edition."),
            ),
            models.CheckConstraint(
                condition=has_translation("family_name"),
                name="speakers_named",
                violation_error_message=_("Enter a family name in at least one script."),
            ),
        ]
        triggers = [
            KeepSlug("edition_id"),
            MoveRevision(),
            JoinByOrcid(),
            MovePersonRevision("OLD.person, NEW.person"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("speakers:detail", args=[self.edition.slug, self.slug])

    @property
    def name_and_affiliation(self) -> str:
        """Name and affiliation, to distinguish people with the same name."""
        return " · ".join(filter(None, [self.name, self.affiliation]))

    def namesakes(self) -> list["Speaker"]:
        """Return the other speakers of the edition with the same name in at least one language."""
        others = self.edition.speakers.for_list().exclude(pk=self.pk)
        return [other for other in others if self.folded_names & other.folded_names]

    @property
    def folded_names(self) -> set[str]:
        return {fold_name(name) for name in (self.name_fr, self.name_en, self.name_ar) if name}

    @property
    def placeholder_colour(self) -> int:
        """Colour of the placeholder of a missing photo, 1 to 4, always the same for a person."""
        return self.guid.int % 4 + 1

    @property
    def initials(self) -> str:
        """First letters of the names without the Arabic article.

        A space separates Arabic letters, which would join otherwise.
        """
        names = map(strip_article, (self.given_name or "", self.family_name or ""))
        letters = [letter for name in names if (letter := next(filter(str.isalpha, name), ""))]
        apart = any(unicodedata.bidirectional(letter) == "AL" for letter in letters)
        return (" " if apart else "").join(letters)


class Link(models.Model):
    """External page about a speaker: a laboratory, a profile, a book."""

    speaker = models.ForeignKey(Speaker, models.CASCADE, related_name="links")
    label = models.CharField(_("link text"), max_length=80)
    url = models.URLField(_("address"))
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=has_translation("label"),
                name="links_labelled",
                violation_error_message=_("Enter the link text in at least one language."),
            ),
        ]
        triggers = [MoveRevision(through="speaker")]

    def __str__(self) -> str:
        return self.label
