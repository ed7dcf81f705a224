"""Authors of an abstract with their affiliations, as the head of its page shows them."""

from dataclasses import dataclass

from symposium.abstracts.citation.styles import Person, Record
from symposium.abstracts.models import Abstract, Author

MAX_LARGE_NAMES = 10  # authors; the names of more are smaller


@dataclass(frozen=True)
class Affiliation:
    name: str
    url: str = ""


@dataclass(frozen=True)
class NumberedAuthor:
    """Author, and the number of their affiliation; None without one, or if all share one."""

    author: Author
    person: Person
    number: int | None


@dataclass(frozen=True)
class Byline:
    lines: list[NumberedAuthor]
    affiliations: list[Affiliation]

    @property
    def are_many(self) -> bool:
        return len(self.lines) > MAX_LARGE_NAMES

    @property
    def is_numbered(self) -> bool:
        return any(line.number for line in self.lines)


def byline(abstract: Abstract, record: Record) -> Byline:
    """Return the authors in their order, and their affiliations, each once.

    Numbers join them, unless all authors have the same affiliation.
    """
    of_each = [
        Affiliation(person.affiliation, person.ror_url) if person.affiliation else None
        for person in record.authors
    ]
    affiliations = list(dict.fromkeys(filter(None, of_each)))
    is_shared = len(affiliations) == 1 and None not in of_each
    numbers = [affiliations.index(one) + 1 if one and not is_shared else None for one in of_each]
    authors = abstract.authors.all()
    return Byline(
        [NumberedAuthor(*one) for one in zip(authors, record.authors, numbers, strict=True)],
        affiliations,
    )
