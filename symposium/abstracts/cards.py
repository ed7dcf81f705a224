"""Card of an abstract, for shared links."""

from symposium.abstracts.citation.styles import Record
from symposium.abstracts.models import Abstract
from symposium.core.i18n.localized import localized_text
from symposium.editions.cards import Card


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
