"""Readable addresses: slugs made of titles, former slugs that lead to the new one, codes."""

import secrets

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import Http404
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from symposium.core.i18n.localized import LANGUAGES

# Letters and digits that nobody confuses when reading a code aloud.
UNAMBIGUOUS = "abcdefghjkmnpqrstuvwxyz23456789"


def random_code(length: int = 6) -> str:
    return "".join(secrets.choice(UNAMBIGUOUS) for _ in range(length))


def former_slugs(model: type[models.Model], edition_id: int | None) -> models.QuerySet:
    FormerSlug = apps.get_model("symposium_editions", "FormerSlug")
    return FormerSlug.objects.filter(table=model._meta.db_table, edition_id=edition_id)


def find_by_slug(queryset: models.QuerySet, slug: str, edition_id: int | None = None):
    """Return `(object, moved)`: the object with this slug, and whether the slug is a former one.

    Raise Http404 if `queryset`, which decides what the reader may see, has no such object.
    """
    found = queryset.filter(slug=slug).first()
    if found:
        return found, False
    former = former_slugs(queryset.model, edition_id).filter(slug=slug)
    found = queryset.filter(pk__in=former.values("target")).first()
    if found:
        return found, True
    raise Http404


class SluggedModel(models.Model):
    """Object with a slug of its own, which never comes to mean another object.

    An empty slug is made from the first language in which `slug_source` gives one, French first. If
    no text has Latin letters, it is the model's name and a short code (`session-7k3m9q`).
    """

    slug = models.SlugField(
        _("address"), max_length=80, blank=True,
        help_text=_("If blank, it’s made from the title. Old addresses still redirect here."),
    )  # fmt: skip

    slug_source = "title"

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self.slug:
            self.slug = self.free_slug()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        self.clean_slug()
        self.clean_edition()

    def clean_slug(self) -> None:
        """Raise ValidationError if the slug is a former one of another object."""
        if (
            self.slug
            and self.former_slugs().filter(slug=self.slug).exclude(target=self.pk).exists()
        ):
            raise ValidationError(
                {
                    "slug": ValidationError(
                        _("This address has been used before. Choose another."),
                        code="former_slug",
                    )
                }
            )

    def clean_edition(self) -> None:
        """Raise ValidationError if the object has changed edition: its URL names the edition."""
        edition = getattr(self, "edition_id", None)
        kept = type(self)._default_manager.filter(pk=self.pk)
        if self.pk and edition and kept.exclude(edition=edition).exists():
            raise ValidationError(
                {
                    "edition": ValidationError(
                        _("You can’t move this to another edition. Create a new one there."),
                        code="other_edition",
                    )
                }
            )

    def former_slugs(self):
        return former_slugs(type(self), getattr(self, "edition_id", None))

    def free_slug(self) -> str:
        base = self.slug_base()
        slug, number = base, 1
        while self.slug_is_taken(slug):
            number += 1
            slug = f"{base}-{number}"
        return slug

    def slug_base(self) -> str:
        """Return the slug that the object would have if it were free."""
        texts = (getattr(self, f"{self.slug_source}_{code}", "") for code in LANGUAGES)
        words = next((s for s in (slugify(text or "")[:60].strip("-") for text in texts) if s), "")
        return words or f"{self._meta.model_name}-{random_code()}"

    def slug_is_taken(self, slug: str) -> bool:
        same = Q(slug=slug)
        if hasattr(self, "edition_id"):
            same &= Q(edition_id=self.edition_id)
        others = type(self)._default_manager.filter(same).exclude(pk=self.pk)
        return others.exists() or self.former_slugs().filter(slug=slug).exists()
