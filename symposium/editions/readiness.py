"""List, for organisers, of what an edition needs before registration can open."""

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from symposium.editions.models import Edition, Page

# Name, and the page of the desk on which it is added, with preset fields.
PLACES = {
    "category": (_("a category"), "admin:symposium_registrations_category_add", {}),
    "privacy": (
        _("a privacy notice"), "admin:symposium_editions_page_add", {"slug": Page.PRIVACY}
    ),
}  # fmt: skip


def missing_links(edition: Edition) -> str:
    """Return links to the pages where missing things are added, or "" if all is there."""
    links = []
    for name in edition.missing_for_registration:
        words, page, filled_in = PLACES[name]
        query = {"edition": edition.pk} | filled_in
        links.append((f"{reverse(page)}?{urlencode(query)}", words))
    return format_html_join(" · ", '<a href="{}">{}</a>', links)
