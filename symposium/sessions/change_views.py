"""Changes of a programme, and its versions: for each a page, and a feed with the same content."""

from itertools import groupby

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from symposium.core.exports import export_view
from symposium.core.feeds import AtomFeed, absolute_url, host
from symposium.core.i18n.localized import localized_text
from symposium.core.i18n.typography import strip_controls
from symposium.core.page_cache import published_page
from symposium.editions.models import Edition
from symposium.editions.rendering import render_page
from symposium.editions.views import in_edition
from symposium.sessions import changes
from symposium.sessions.releases import versions

MAX_FEED_ITEMS = 100


@published_page
@require_safe
@in_edition
def changes_page(request: HttpRequest, edition: Edition) -> HttpResponse:
    shifts = changes.public_changes(edition)

    def day(shift: changes.SessionChange):
        return shift.at.astimezone(edition.zone).date()

    return render_page(
        request,
        edition,
        "sessions/changes.html",
        {
            "section": "programme",
            "heading": _("Programme changes"),
            "description": _("Sessions of %(name)s that were moved, added or cancelled.")
            % {"name": edition},
            "crumbs": [(_("Programme"), reverse("sessions:programme", args=[edition.slug]))],
            "has_versions": any(shift.last.release for shift in shifts),
            "days": [(date, list(found)) for date, found in groupby(shifts, key=day)],
        },
    )


class ChangesFeed(Feed):
    """Feed of the latest changes; an entry keeps its id if the session moves again soon after."""

    feed_type = AtomFeed

    def get_object(self, request: HttpRequest, edition: Edition):
        return edition

    def feed_guid(self, edition):
        return f"tag:{host()},2021:changes:{edition.slug}:{get_language()}"

    def title(self, edition):
        name = strip_controls(f"{edition} {edition.slug}")
        return _("Programme changes · %(name)s") % {"name": name}

    def author_name(self, edition):
        return strip_controls(edition.name)

    def link(self, edition):
        return absolute_url(reverse("sessions:changes", args=[edition.slug]))

    def feed_url(self, edition):
        path = reverse("session_exports:changes", args=[edition.slug])
        return f"{absolute_url(path)}?lang={get_language()}"

    def feed_extra_kwargs(self, edition):
        return {"updated": edition.updated_at}

    def items(self, edition):
        return changes.public_changes(edition)[:MAX_FEED_ITEMS]

    def item_title(self, shift):
        title, _language = localized_text(shift.session, "title")
        return strip_controls(f"{shift.kind.label} · {title}")

    def item_description(self, shift):
        return strip_controls(shift.sentence)

    def item_link(self, shift):
        return absolute_url(shift.session.get_absolute_url())

    def item_guid(self, shift):
        return f"tag:{host()},2021:change:{shift.session.guid}:{shift.first.pk}:{get_language()}"

    def item_pubdate(self, shift):
        return shift.first.at

    def item_updateddate(self, shift):
        return shift.at

    def item_extra_kwargs(self, shift):
        return {"language": get_language()}


changes_feed = ChangesFeed()


@export_view
@in_edition
def feed(request: HttpRequest, edition: Edition) -> HttpResponse:
    return changes_feed(request, edition=edition)


@published_page
@require_safe
@in_edition
def versions_page(request: HttpRequest, edition: Edition) -> HttpResponse:
    crumbs = [
        (_("Programme"), reverse("sessions:programme", args=[edition.slug])),
        (_("Programme changes"), reverse("sessions:changes", args=[edition.slug])),
    ]
    found = versions(edition)
    return render_page(
        request,
        edition,
        "sessions/versions.html",
        {
            "section": "programme",
            "heading": _("Versions of the programme"),
            "description": _("What changed in each version of the programme of %(name)s.")
            % {"name": edition},
            "crumbs": crumbs,
            "versions": found,
            "unlisted": not found,
        },
    )


class VersionsFeed(ChangesFeed):
    """Feed of the versions of the programme, with their notes and what changed in each."""

    def feed_guid(self, edition):
        return f"tag:{host()},2021:versions:{edition.slug}:{get_language()}"

    def title(self, edition):
        name = strip_controls(f"{edition} {edition.slug}")
        return _("Versions of the programme · %(name)s") % {"name": name}

    def link(self, edition):
        return absolute_url(reverse("sessions:versions", args=[edition.slug]))

    def feed_url(self, edition):
        path = reverse("session_exports:versions", args=[edition.slug])
        return f"{absolute_url(path)}?lang={get_language()}"

    def items(self, edition):
        return versions(edition)[:MAX_FEED_ITEMS]

    def item_title(self, version):
        return _("Version %(n)s") % {"n": version.release.number}

    def item_description(self, version):
        note, _language = localized_text(version.release, "note")
        lines = [f"{title_of(shift)}: {shift.sentence}" for shift in version.changes]
        return strip_controls("\n".join(filter(None, [note, *lines])))

    def item_link(self, version):
        page = reverse("sessions:versions", args=[version.release.edition.slug])
        return f"{absolute_url(page)}#v{version.release.number}"

    def item_guid(self, version):
        made = version.release
        return f"tag:{host()},2021:version:{made.edition.slug}:{made.number}:{get_language()}"

    def item_pubdate(self, version):
        return version.release.at

    item_updateddate = item_pubdate


def title_of(shift: changes.SessionChange) -> str:
    return localized_text(shift.session, "title")[0]


versions_feed = VersionsFeed()


@export_view
@in_edition
def versions_atom(request: HttpRequest, edition: Edition) -> HttpResponse:
    return versions_feed(request, edition=edition)
