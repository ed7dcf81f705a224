"""What the checklist of an edition asks about its registrations."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from symposium.core.admin.base import is_untranslated
from symposium.editions.checklist import Check
from symposium.registrations.models.registrations import State

CHECKS = (
    Check(
        "registration", lambda edition: edition.categories.all(), _("No category"), "add",
        is_required=True,
    ),
    Check(
        "registration", lambda edition: edition.categories.filter(is_untranslated("name")),
        ngettext_lazy("%(n)d category to translate", "%(n)d categories to translate", "n"),
        query={"untranslated": "any"},
    ),
    Check(
        "registration", lambda edition: edition.questions.filter(is_untranslated("label")),
        ngettext_lazy("%(n)d question to translate", "%(n)d questions to translate", "n"),
        query={"untranslated": "any"},
    ),
    Check(
        "day", lambda edition: edition.registrations.filter(state=State.PENDING),
        ngettext_lazy(
            "%(n)d registration awaiting approval", "%(n)d registrations awaiting approval", "n"
        ),
        query={"state__exact": State.PENDING.value},
    ),
)  # fmt: skip
