"""Lists of sessions that a URL names: reading them, and what their pages need."""

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from symposium.agenda import personal_programme
from symposium.editions.models import Edition
from symposium.sessions.models import Session, SessionQuerySet


def chosen_sessions(edition: Edition, chosen: str) -> tuple[list[Session], str]:
    """Return the public sessions of the list in a URL, and its canonical form.

    Raise Http404 if it is no such list or has no public session.
    """
    try:
        numbers = personal_programme.parse_numbers(chosen)
    except ValueError:
        raise Http404 from None
    found = list(programme_items(edition).filter(pk__in=numbers))
    if not found:
        raise Http404
    return found, "-".join(map(str, numbers))


def programme_items(edition: Edition) -> SessionQuerySet:
    """Return the public sessions in order, with only the relations that a list item shows."""
    return edition.sessions.published().for_programme()


def calendar_address(edition: Edition, chosen: str) -> str:
    """Return the full URL of the calendar of a list of sessions, in the reader's language."""
    path = reverse("shared_calendar", args=[edition.slug, chosen])
    return f"{settings.SITE_URL}{path}?lang={get_language()}"


def crumbs(edition: Edition) -> list[tuple[str, str]]:
    return [(_("Programme"), reverse("sessions:programme", args=[edition.slug]))]
