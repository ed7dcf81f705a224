"""What the checklist of an edition asks about its programme."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from symposium.core.admin.base import is_untranslated
from symposium.editions.checklist import Check
from symposium.sessions.models import Resource, Session

CHECKS = (
    Check("programme", lambda edition: edition.rooms.all(), _("No room"), "add", is_required=True),
    Check(
        "programme", lambda edition: edition.sessions.all(), _("No session"), "add",
        is_required=True,
    ),
    Check(
        "programme", lambda edition: edition.sessions.without_room(),
        ngettext_lazy("%(n)d session with no room", "%(n)d sessions with no room", "n"),
        query={"missing": "room"},
    ),
    Check(
        "programme", lambda edition: edition.sessions.without_time(),
        ngettext_lazy("%(n)d session with no time", "%(n)d sessions with no time", "n"),
        query={"missing": "time"},
    ),
    Check(
        "programme", lambda edition: edition.sessions.without_speaker(),
        ngettext_lazy("%(n)d session with no speaker", "%(n)d sessions with no speaker", "n"),
        query={"missing": "speaker"},
    ),
    Check(
        "programme", lambda edition: edition.sessions.filter(status=Session.Status.DRAFT),
        ngettext_lazy("%(n)d session in draft", "%(n)d sessions in draft", "n"),
        query={"status__exact": Session.Status.DRAFT.value},
    ),
    Check(
        "programme", lambda edition: edition.sessions.filter(is_untranslated("title")),
        ngettext_lazy("%(n)d session to translate", "%(n)d sessions to translate", "n"),
        query={"untranslated": "any"},
    ),
    Check(
        "programme", lambda edition: edition.speakers.filter(participations=None),
        ngettext_lazy(
            "%(n)d speaker who is in no session", "%(n)d speakers who are in no session", "n"
        ),
        query={"missing": "session"},
    ),
    Check(
        "archive",
        lambda edition: Session.objects.filter(
            edition=edition, resources__in=Resource.objects.published()
        ),
        _("No recording and no document of a session"), is_required=True,
    ),
)  # fmt: skip
