"""Long lists: filters that are links with a count, and pages once a list is long."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise

LONG = 100  # entries: a list of as many is paged


@dataclass(frozen=True)
class Entry:
    """Entry of a list: the key of its object, and its values of each filter."""

    pk: int
    values: Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Filter:
    """Filter of a list. `choices` has a label, or an object to show, by value, in order."""

    name: str
    label: str | Promise
    everything: str | Promise
    choices: Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """Link that applies a filter; without `value`, the link that removes it."""

    value: str
    shown: Any
    count: int
    address: str
    is_current: bool


class Listing:
    """List as the query string asks for it.

    `asked` has the parameters; a value that a filter does not know is in `unknown` and ignored.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        filters: Iterable[Filter],
        asked: Mapping[str, str],
        *,
        page_size: int = LONG,
    ):
        self.entries, self.filters = list(entries), list(filters)
        self.page_size = page_size
        self.chosen = {
            each.name: asked[each.name]
            for each in self.filters
            if asked.get(each.name, "") in each.choices
        }
        self.unknown = [
            {"name": each.label, "value": asked[each.name]}
            for each in self.filters
            if asked.get(each.name) and each.name not in self.chosen
        ]
        self.asked_page = asked.get("page")

    def matching(self, *, without: str = "") -> list[Entry]:
        """Return the entries that match all filters except the one named `without`."""
        chosen = [(name, value) for name, value in self.chosen.items() if name != without]
        return [
            entry
            for entry in self.entries
            if all(value in entry.values[name] for name, value in chosen)
        ]

    @cached_property
    def page(self) -> Page:
        """Page of entries. Raise Http404 if the list has no page with the number that is asked."""
        found = self.matching()
        pages = Paginator(found, self.page_size if len(found) >= LONG else LONG)
        numbers = {str(number): number for number in pages.page_range[1:]}
        if self.asked_page is not None and self.asked_page not in numbers:
            raise Http404
        return pages.page(numbers.get(self.asked_page or "", 1))

    @property
    def keys(self) -> list[int]:
        return [entry.pk for entry in self.page]

    @property
    def is_long(self) -> bool:
        return len(self.entries) >= LONG

    def objects(self, found: Mapping[int, Any]) -> list[Any]:
        """Return the objects of the page from `found`, by key; one may be deleted in between."""
        return [found[pk] for pk in self.keys if pk in found]

    def address(self, **changes: str | int) -> str:
        """Return the address with some parameters changed; "" removes one."""
        values = {name: value for name, value in (self.chosen | changes).items() if value}
        return f"?{urlencode(values)}" if values else "."

    @property
    def previous_address(self) -> str:
        """Address of the page before, or "" on the first."""
        if not self.page.has_previous():
            return ""
        number = self.page.previous_page_number()
        return self.address(page=number if number > 1 else "")

    @property
    def next_address(self) -> str:
        """Address of the next page, or "" on the last."""
        return self.address(page=self.page.next_page_number()) if self.page.has_next() else ""

    @cached_property
    def menus(self) -> dict[str, dict]:
        """Filters with two choices or more, by name, each with its links; the first removes it."""
        return {
            each.name: {"filter": each, "choices": self.choices(each)}
            for each in self.filters
            if len(each.choices) > 1
        }

    def choices(self, each: Filter) -> list[Choice]:
        current = self.chosen.get(each.name, "")
        found = self.matching(without=each.name)
        counts = dict.fromkeys(each.choices, 0)
        for entry in found:
            for value in entry.values[each.name]:
                if value in counts:
                    counts[value] += 1
        whole = Choice(
            "", each.everything, len(found), self.address(**{each.name: ""}), not current
        )
        return [whole] + [
            Choice(
                value, shown, counts[value],
                self.address(**{each.name: value}), value == current,
            )
            for value, shown in each.choices.items()
        ]  # fmt: skip

    def page_url(self, url: str) -> str:
        """Return the canonical URL of the page of a list at `url`: filters repeat its entries."""
        is_later = self.page.number > 1 and not self.chosen
        return f"{url}?page={self.page.number}" if is_later else url

    def stored(self, response: HttpResponse) -> HttpResponse:
        """Return `response`, which caches must not store if a value was unknown."""
        if self.unknown:
            patch_cache_control(response, private=True)
        return response
