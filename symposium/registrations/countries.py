"""Countries as the reader's language names them."""

from collections.abc import Iterable

from django_countries import countries

from symposium.core.i18n.localized import sort_key


def named_countries(codes: Iterable[str]) -> list[tuple[str, str]]:
    """`(code, name)` of each, in the order of the names; a code that nobody knows is its name."""
    pairs = [(str(code), str(countries.name(code) or code)) for code in codes]
    return sorted(pairs, key=lambda pair: sort_key(pair[1]))


def all_countries() -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in countries]
