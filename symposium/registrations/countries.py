"""Names of countries in the active language."""

from collections.abc import Iterable

from django_countries import countries

from symposium.core.i18n.localized import sort_key


def named_countries(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return `(code, name)` pairs sorted by name; an unknown code is its own name."""
    pairs = [(str(code), str(countries.name(code) or code)) for code in codes]
    return sorted(pairs, key=lambda pair: sort_key(pair[1]))


def all_countries() -> list[tuple[str, str]]:
    return [(code, str(name)) for code, name in countries]
