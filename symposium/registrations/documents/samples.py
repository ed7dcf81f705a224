"""Person who doesn't exist, for the samples of documents that organisers look at."""

from django.utils.translation import gettext as _

from symposium.editions.models import Edition
from symposium.registrations.models import Category, Registration


def sample_registration(edition: Edition) -> Registration:
    """Return a registration that isn't saved, with its category in the active language."""
    return Registration(
        edition=edition, category=Category(edition=edition, name=_("Category")),
        given_name="Salma", family_name="Boussole", country="MA", affiliation="ENSA",
    )  # fmt: skip
