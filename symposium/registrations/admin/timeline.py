"""The timeline of a registration: its states, the entrance, the certificate."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from symposium.registrations.models import CheckIn, Registration

MOST_STATES = 4


def timeline(registration: Registration) -> list[dict]:
    """Return the steps `{"name", "words", "is_next"}`, at most six, in their order."""
    changes = list(registration.changes.select_related("by").order_by("at", "pk"))
    steps = [step(change.get_state_display(), moment(change.at), change.by) for change in changes]
    steps = steps[-MOST_STATES:]
    if not registration.is_active:
        return steps
    return [*steps, entrance(registration), certificate(registration)]


def step(name, words: str, by=None, *, is_next: bool = False) -> dict:
    named = _("%(date)s, by %(name)s") % {"date": words, "name": by} if by else words
    return {"name": name, "words": named, "is_next": is_next}


def moment(at) -> str:
    return date_format(timezone.localtime(at), "j F H:i")


def entrance(registration: Registration) -> dict:
    entries = CheckIn.objects.active().at_the_entrance().filter(registration=registration)
    if entry := entries.order_by("scanned_at").first():
        return step(_("Check-in"), moment(entry.scanned_at))
    first_day = date_format(registration.edition.starts_on, "j F")
    return step(_("Check-in"), first_day, is_next=True)


def certificate(registration: Registration) -> dict:
    name = pgettext("certificate", "Certificate")
    if hasattr(registration, "certificate"):
        return step(name, moment(registration.certificate.issued_at))
    return step(name, _("after the symposium"), is_next=True)
