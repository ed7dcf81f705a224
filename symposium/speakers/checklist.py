"""What the checklist of an edition asks about its speakers."""

from django.utils.translation import ngettext_lazy

from symposium.core.admin.base import is_untranslated
from symposium.editions.checklist import Check

CHECKS = (
    Check(
        "programme", lambda edition: edition.speakers.filter(photo=""),
        ngettext_lazy("%(n)d speaker with no photo", "%(n)d speakers with no photo", "n"),
        query={"missing": "photo"},
    ),
    Check(
        "programme", lambda edition: edition.speakers.filter(is_untranslated("family_name")),
        ngettext_lazy("%(n)d speaker to translate", "%(n)d speakers to translate", "n"),
        query={"untranslated": "any"},
    ),
    Check(
        "programme", lambda edition: edition.speakers.filter(is_published=False),
        ngettext_lazy("%(n)d speaker not published", "%(n)d speakers not published", "n"),
        query={"is_published__exact": 0},
    ),
)  # fmt: skip
