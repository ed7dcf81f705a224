"""Cards of an abstract and of a keyword, for shared links."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from symposium.abstracts.citation.styles import Record
from symposium.abstracts.models import Abstract, Keyword
from symposium.core.i18n.localized import localized_text
from symposium.editions.cards import Card
from symposium.editions.models import Edition


def abstract_card(abstract: Abstract, shown: Record) -> Card:
    """Return the card of `abstract`; `shown` is its record in the language of the page.

    A draft session is not public: the card does not show its time.
    """
    title, language = localized_text(abstract, "title")
    session = None if abstract.session and abstract.session.is_draft else abstract.session
    return Card(
        edition=abstract.edition,
        name=f"card-abstract-{abstract.guid}",
        url=f"{abstract.get_absolute_url()}card.png",
        title=title,
        language=language,
        kind=abstract.get_kind_display(),
        track=session.track if session else None,
        people=tuple(author.natural for author in shown.authors),
        note=abstract.get_licence_display() if abstract.licence else "",
        session=session,
    )


def keyword_card(keyword: Keyword, edition: Edition) -> Card:
    """Return the card of a keyword of `used_in(edition)`, with its number of abstracts."""
    title, language = localized_text(keyword, "name")
    names = dict.fromkeys(name for _code, name in keyword.names())
    number = keyword.abstract_count  # type: ignore[attr-defined]
    abstracts = ngettext("%(number)s abstract", "%(number)s abstracts", number)
    return Card(
        edition=edition,
        name=f"card-keyword-{edition.pk}-{keyword.pk}",
        url=reverse("abstracts:keyword_card", args=[edition.slug, keyword.slug]),
        title=title,
        language=language,
        kind=_("Keyword"),
        people=tuple(name for name in names if name != title),
        words=abstracts % {"number": number},
        summary=keyword.definition,
    )
