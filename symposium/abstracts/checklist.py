"""What the checklist of an edition asks about its abstracts."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from symposium.abstracts.models import Abstract
from symposium.core.admin.base import is_untranslated
from symposium.editions.checklist import Check

CHECKS = (
    Check(
        "announcement",
        lambda edition: edition.abstracts.main_abstracts().filter(status=Abstract.Status.PUBLISHED),
        _("The symposium’s own abstract isn’t published"), is_required=True,
    ),
    Check(
        "programme", lambda edition: edition.abstracts.filter(is_untranslated("title")),
        ngettext_lazy("%(n)d abstract to translate", "%(n)d abstracts to translate", "n"),
        query={"untranslated": "any"},
    ),
    Check(
        "archive", lambda edition: edition.abstracts.filter(status=Abstract.Status.DRAFT),
        ngettext_lazy("%(n)d abstract not published", "%(n)d abstracts not published", "n"),
        query={"status__exact": Abstract.Status.DRAFT.value},
    ),
    Check(
        "programme",
        lambda edition: edition.abstracts.not_main().not_withdrawn().filter(session=None),
        ngettext_lazy(
            "%(n)d abstract that is in no session", "%(n)d abstracts that are in no session", "n"
        ),
    ),
)  # fmt: skip
