"""Arrangements: which parts of the site an edition shows, and in which order.

An arrangement is a list of names in their order; a name after “-” is hidden. The list of an edition
that arranged nothing is empty. A part that the list does not name, such as a page added since, has
its standard place: after the part that stands before it, and shown if it is shown by default.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HIDDEN = "-"


@dataclass(frozen=True)
class Place:
    """Part by name, and whether it is shown."""

    name: str
    shown: bool = True

    def __str__(self) -> str:
        return self.name if self.shown else f"{HIDDEN}{self.name}"


def places(chosen: Iterable[str], standard: Sequence[Place]) -> list[Place]:
    """Return the `standard` parts as `chosen` arranges them; drop names that are none of them."""
    known = {place.name: place for place in standard}
    found: dict[str, Place] = {}
    for text in chosen:
        name = text.removeprefix(HIDDEN)
        if name in known:
            found.setdefault(name, Place(name, not text.startswith(HIDDEN)))
    order = list(found)
    for number, place in enumerate(standard):
        if place.name not in found:
            before = standard[number - 1].name if number else None
            order.insert(order.index(before) + 1 if before else 0, place.name)
    return [found.get(name, known[name]) for name in order]


def shown(chosen: Iterable[str], standard: Sequence[Place]) -> list[str]:
    """Return the names of the parts that are shown, in order."""
    return [place.name for place in places(chosen, standard) if place.shown]


def stored(arranged: Sequence[Place], standard: Sequence[Place]) -> list[str]:
    """Return the list to store: nothing for the standard arrangement."""
    return [] if list(arranged) == list(standard) else [str(place) for place in arranged]


def moved(arranged: Sequence[Place], name: str, step: int) -> list[Place]:
    """Return the parts with one moved by `step`, which is -1 (up) or 1 (down)."""
    order = list(arranged)
    at = next((number for number, place in enumerate(order) if place.name == name), None)
    if at is not None and 0 <= at + step < len(order):
        order[at], order[at + step] = order[at + step], order[at]
    return order
