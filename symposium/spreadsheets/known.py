"""Objects of an edition by their names, loaded once, to match cells of a spreadsheet with them."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any

from symposium.core.i18n.names import fold_name
from symposium.editions.models import Edition
from symposium.spreadsheets.tables import plain
from symposium.spreadsheets.values import DayNames, day_names

ALIKE = 0.88  # how much of two names must be the same letters in the same order
ARABIC = re.compile(r"[\u0620-\u064a]")


def language_of(text: str) -> str:
    """Return the language column for a name: Arabic script is Arabic, the rest French."""
    return "ar" if ARABIC.search(text) else "fr"


def code_of(obj: Any) -> str:
    """Return the identifier of an object: its address, or its kind and number (`partner-12`)."""
    return getattr(obj, "slug", "") or f"{obj._meta.model_name}-{obj.pk}"


def fold(text: str) -> str:
    return fold_name(plain(text))


def are_alike(one: str, other: str) -> bool:
    """Return whether two folded names may be of one person: an initial, or another spelling."""
    words, others = set(one.split()), set(other.split())
    if not words & others:
        return False
    left, right = sorted(words - others), sorted(others - words)
    if left and len(left) == len(right):
        shorts = zip(left, right, strict=True)
        if all(1 in (len(a), len(b)) and a[0] == b[0] for a, b in shorts):
            return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


class Index:
    """Objects by key and by folded name; several may have one name."""

    def __init__(self, objects: Iterable[Any], names: Callable[[Any], Iterable[str]]):
        self.names = names
        self.by_pk: dict[int, Any] = {}
        self.by_code: dict[str, Any] = {}
        self.by_name: dict[str, list[Any]] = {}
        self.by_word: dict[str, set[str]] = {}
        for found in objects:
            self.add(found)

    def add(self, found: Any) -> None:
        self.by_pk[found.pk] = found
        self.by_code[code_of(found)] = found
        for name in self.folded(found):
            same = self.by_name.setdefault(name, [])
            if found not in same:
                same.append(found)
            for word in name.split():
                self.by_word.setdefault(word, set()).add(name)

    def remove(self, found: Any) -> None:
        self.by_pk.pop(found.pk, None)
        self.by_code.pop(code_of(found), None)
        for name in self.folded(found):
            if found in self.by_name.get(name, ()):
                self.by_name[name].remove(found)

    def folded(self, found: Any) -> set[str]:
        return {fold(name) for name in self.names(found) if name} - {""}

    def find(self, name: str) -> list[Any]:
        return list(self.by_name.get(fold(name), ()))

    def alike(self, name: str) -> list[Any]:
        """Return the objects whose names resemble `name`, in order of their keys."""
        folded = fold(name)
        names = {one for word in folded.split() for one in self.by_word.get(word, ())}
        found = {
            one.pk: one
            for other in names
            if other != folded and are_alike(folded, other)
            for one in self.by_name.get(other, ())
        }
        return [found[pk] for pk in sorted(found)]


class Known:
    """The objects of an edition, by kind of sheet; `sheets` are those of `registry.SHEETS`."""

    def __init__(self, edition: Edition, sheets: Mapping[str, Any]):
        self.edition, self.sheets = edition, sheets
        self.indexes: dict[str, Index] = {}
        self.days: DayNames = day_names()
        self.former: dict[str, set[str]] = {}
        self.own: dict[str, dict[str, Any]] = {}

    def index(self, kind: str) -> Index:
        if kind not in self.indexes:
            sheet = self.sheets[kind]
            self.indexes[kind] = Index(sheet.objects(self.edition), sheet.names)
        return self.indexes[kind]

    def own_words(self, relation: str) -> dict[str, Any]:
        """Return the own words of the edition, such as its `session_kinds`, by their choice."""
        if relation not in self.own:
            found = getattr(self.edition, relation).all()
            self.own[relation] = {word.choice: word for word in found}
        return self.own[relation]

    def free_slug(self, kind: str, obj: Any) -> str:
        """Return the address that a new object would be given, without a query for each."""
        if kind not in self.former:
            self.former[kind] = set(obj.former_slugs().values_list("slug", flat=True))
        taken = self.index(kind).by_code
        base = obj.slug_base()
        slug, number = base, 1
        while slug in taken or slug in self.former[kind]:
            number += 1
            slug = f"{base}-{number}"
        return slug

    def label(self, kind: str, found: Any) -> str:
        """Return the name of an object for a cell, with its address if others have this name."""
        name = plain(str(found))
        same = self.index(kind).find(name)
        return name if same == [found] else f"{name} [{code_of(found)}]"
