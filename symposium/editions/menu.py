"""Menu and footer of an edition: the parts that have a content, in the order it chose."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from symposium.editions.arrangements import Place, shown

PRACTICAL = "practical"
# Parts by name: their words and their addresses. `Edition.contents` says which of them are there.
PARTS = {
    "abstract": (_("The symposium"), "abstracts:main", "main_abstract"),
    "programme": (_("Programme"), "sessions:programme", "programme"),
    "abstracts": (_("Abstracts"), "abstracts:list", "abstracts"),
    "speakers": (_("Speakers"), "speakers:list", "speakers"),
    "news": (_("News"), "editions:news", "news"),
    "participants": (_("Participants"), "registrations:participants", "participants"),
    "keywords": (_("Keywords"), "abstracts:keywords", "keywords"),
    "editions": (_("Editions"), "editions:editions", "editions"),
}
CONTACT = "contact"
IN_MENU = ("abstract", "programme", "abstracts", "speakers", PRACTICAL, "news")
IN_FOOTER = ("participants", "keywords", "editions", CONTACT)
ALSO_IN_FOOTER = ("abstract", "programme", "abstracts", "speakers", "news")


@dataclass(frozen=True)
class Entry:
    """Link of the menu or of the footer: to a part of the site in `words`, or to a `page`."""

    name: str
    url: str
    words: Any = ""
    page: Any = None


def page_name(page) -> str:
    """Return the name of a page in an arrangement."""
    return PRACTICAL if page.slug == PRACTICAL else f"page:{page.slug}"


def entries(edition) -> dict[str, Entry]:
    """Return everything with a content to which menu and footer may link, by name."""
    found = [
        Entry(name, reverse(view, args=[edition.slug]), words)
        for name, (words, view, content) in PARTS.items()
        if edition.contents[content]
    ]
    for page in edition.published_pages:
        address = reverse("editions:page", args=[edition.slug, page.slug])
        words = _("Getting there") if page.slug == PRACTICAL else ""
        found.append(Entry(page_name(page), address, words, page))
    if edition.contact_email:
        found.append(Entry(CONTACT, f"mailto:{edition.contact_email}", _("Contact")))
    return {entry.name: entry for entry in found}


def standard_menu(edition) -> list[Place]:
    """Return the parts of the menu; a page is shown once an organiser says so."""
    pages = (page_name(page) for page in edition.published_pages)
    more = [Place(name, shown=False) for name in pages if name != PRACTICAL]
    return [*map(Place, IN_MENU), *more]


def standard_footer(edition) -> list[Place]:
    pages = [Place(page_name(page)) for page in edition.published_pages]
    more = [Place(name, shown=False) for name in ALSO_IN_FOOTER]
    return [*pages, *map(Place, IN_FOOTER), *more]


def menu(edition) -> list[Entry]:
    """Return the entries of the menu; nobody is told the way to an edition that is over."""
    found = entries(edition)
    if edition.is_over:
        found.pop(PRACTICAL, None)
    return [found[name] for name in shown(edition.menu, standard_menu(edition)) if name in found]


def footer(edition) -> list[Entry]:
    found = entries(edition)
    names = shown(edition.footer, standard_footer(edition))
    return [found[name] for name in names if name in found]
