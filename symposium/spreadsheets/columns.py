"""Columns of spreadsheets: from the attribute of an object to the text of a cell, and back.

A column reads what people write and writes it in one way. `read` raises ValidationError with a
sentence about the cell.
"""

import datetime
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from symposium.core.admin.spreadsheet import LIST_ITEM, PHONE_NUMBER
from symposium.core.i18n.localized import LANGUAGE_NAMES, LANGUAGES, in_each_language
from symposium.spreadsheets import values
from symposium.spreadsheets.known import Known, code_of
from symposium.spreadsheets.tables import clean, plain
from symposium.spreadsheets.values import fold, invalid

if TYPE_CHECKING:
    from symposium.spreadsheets.runs import Run

YES = {"yes", "oui", "نعم", "1", "x", "vrai", "true", "o", "y"}
NO = {"no", "non", "لا", "0", "faux", "false", "n"}
# A part of a cell that would run as a formula, or that `escaped` could have made of one.
STARTS_A_FORMULA = re.compile(r"'*[\s\"]*[=+\-@＝＋－＠]")


def escaped(text: str) -> str:
    """Return the text for a cell: as it is stored, without formulas that would run.

    As `escape_formula`, with one more apostrophe where there is one already: `unescaped` gives
    every text back.
    """
    return LIST_ITEM.sub(lambda part: f"'{part[0]}" if runs(part[0]) else part[0], clean(text))


def runs(part: str) -> bool:
    return bool(STARTS_A_FORMULA.match(part)) and not PHONE_NUMBER.fullmatch(part.strip())


def unescaped(text: str) -> str:
    """Return the text without the apostrophes of `escaped`."""

    def bare(part: str) -> str:
        return part[1:] if part[0] == "'" and STARTS_A_FORMULA.match(part[1:]) else part

    return LIST_ITEM.sub(lambda part: bare(part[0]), text)


class Column:
    """Text of one line. `headings` are other headings by which people know the column."""

    # Whether `get` has a value: other columns are read, and never exported.
    exported = True

    def __init__(self, name: str, label: str | Promise, *headings: str,
                 note: str | Promise = "", required: bool = False):  # fmt: skip
        self.name, self.label, self.headings = name, label, headings
        self.note, self.required = note, required

    def get(self, obj: Any) -> Any:
        return getattr(obj, self.name)

    def text(self, value: Any, known: Known) -> str:
        """Return the value as an export writes it, before formulas are escaped."""
        return clean(str(value or ""))

    def read(self, text: str, run: "Run") -> Any:
        return plain(text)

    def choices(self, known: Known) -> list[str]:
        return []

    def folded_headings(self) -> set[str]:
        found = {fold(heading) for heading in self.headings}
        for language in LANGUAGES:
            with translation.override(language):
                found.add(fold(str(self.label)))
        return found


class Identifier(Column):
    """Address of the object, by which a row finds it again; it is never changed."""

    def __init__(self, name: str = "identifier"):
        super().__init__(
            name, gettext_lazy("Identifier"), "ID", "Code", "Ref", "Référence",
            note=gettext_lazy("Leave it as it is: it finds the object again. Leave it empty in "
                              "a new row."),
        )  # fmt: skip

    def get(self, obj: Any) -> str:
        return code_of(obj) if obj.pk else ""


class Text(Column):
    """Text of several lines."""

    def read(self, text: str, run: "Run") -> str:
        return clean(text)


def translated(
    name: str, label: str | Promise, column: type[Column] = Column, *,
    headings: dict[str, Iterable[str]] | None = None, note: str | Promise = "",
) -> list[Column]:  # fmt: skip
    """Return the columns of a text in each language; `headings` are by language."""
    others = headings or {}
    return [
        column(
            f"{name}_{code}", format_lazy("{} ({})", label, LANGUAGE_NAMES[code]),
            *others.get(code, ()), note=note,
        )
        for code in LANGUAGES
    ]  # fmt: skip


class Number(Column):
    def text(self, value: int | None, known: Known) -> str:
        return "" if value is None else str(value)

    def read(self, text: str, run: "Run") -> int | None:
        text = values.digits(text).replace(" ", "")
        if not text:
            return None
        if not re.fullmatch(r"\d{1,9}(\.0+)?", text):
            raise invalid(_("Write a whole number."))
        return int(float(text))


class YesNo(Column):
    def text(self, value: bool, known: Known) -> str:
        return _("Yes") if value else _("No")

    def read(self, text: str, run: "Run") -> bool:
        word = fold(text)
        if word in YES or word in NO | {""}:
            return word in YES
        raise invalid(_("Write yes or no."))

    def choices(self, known: Known) -> list[str]:
        return [_("Yes"), _("No")]


class Choice(Column):
    """One of the choices of a model field, by its label in any language, its value or another word.

    `words` are other words, by value.
    """

    def __init__(self, name: str, label: str | Promise, field: Any, *headings: str,
                 words: dict[str, list[str]] | None = None, note: str | Promise = ""):  # fmt: skip
        super().__init__(name, label, *headings, note=note)
        self.field, self.words = field, words or {}

    def text(self, value: str, known: Known) -> str:
        return str(dict(self.field.flatchoices).get(value, value or ""))

    def read(self, text: str, run: "Run") -> str:
        word = fold(text)
        if not word:
            return self.field.get_default()
        if (found := self.by_word().get(word)) is not None:
            return found
        allowed = ", ".join(self.choices(run.known))
        raise invalid(_("Write one of these: %(allowed)s.") % {"allowed": allowed})

    def by_word(self) -> dict[str, str]:
        found = {fold(word): value for value, words in self.words.items() for word in words}
        for language in LANGUAGES:
            with translation.override(language):
                found |= {fold(str(label)): value for value, label in self.field.flatchoices}
        return found | {fold(value): value for value, _label in self.field.flatchoices}

    def choices(self, known: Known) -> list[str]:
        return [str(label) for _value, label in self.field.flatchoices]


class OwnChoice(Choice):
    """A choice among the standard values and the own words of the edition, its `relation`."""

    def __init__(self, name: str, label: str | Promise, field: Any, relation: str, *headings: str,
                 words: dict[str, list[str]] | None = None):  # fmt: skip
        super().__init__(name, label, field, *headings, words=words)
        self.relation = relation

    def get(self, obj: Any) -> str:
        return getattr(obj, f"{self.name}_choice")

    def text(self, value: str, known: Known) -> str:
        own = known.own_words(self.relation).get(value)
        return clean(str(own)) if own else super().text(value, known)

    def read(self, text: str, run: "Run") -> str:
        return self.own_by_word(run.known).get(fold(text)) or super().read(text, run)

    def own_by_word(self, known: Known) -> dict[str, str]:
        """Return the choices of the own words by their names in all languages."""
        return {
            fold(getattr(word, name)): choice
            for choice, word in known.own_words(self.relation).items()
            for name in in_each_language("name")
            if getattr(word, name)
        }

    def choices(self, known: Known) -> list[str]:
        return [*super().choices(known), *map(str, known.own_words(self.relation).values())]


class Languages(Column):
    """List of languages, by code or by name."""

    def text(self, value: list[str] | None, known: Known) -> str:
        return "; ".join(value or ())

    def read(self, text: str, run: "Run") -> list[str]:
        known = {code: code for code in LANGUAGES}
        for language in LANGUAGES:
            with translation.override(language):
                known |= {fold(str(name)): code for code, name in LANGUAGE_NAMES.items()}
        found = []
        for word in re.split(r"[;,/\n+]|\bet\b|\band\b|\s-\s", plain(text)):
            code = known.get(fold(word))
            if fold(word) and not code:
                raise invalid(_("Write the languages as fr, en or ar, with semicolons between."))
            if code and code not in found:
                found.append(code)
        return found


class OneLanguage(Languages):
    def text(self, value: Any, known: Known) -> str:
        return value or ""

    def read(self, text: str, run: "Run") -> Any:
        found = super().read(text, run)
        if len(found) > 1:
            raise invalid(_("Write one language: fr, en or ar."))
        return found[0] if found else LANGUAGES[0]


class Day(Column):
    def text(self, value: datetime.date | None, known: Known) -> str:
        return f"{value:%Y-%m-%d}" if value else ""

    def read(self, text: str, run: "Run") -> datetime.date | None:
        if not text:
            return None
        return values.parse_day(text, run.edition.days, run.known.days, run.is_1904)


class Clock(Column):
    def text(self, value: datetime.time | None, known: Known) -> str:
        return f"{value:%H:%M}" if value else ""

    def read(self, text: str, run: "Run") -> datetime.time | None:
        return values.parse_clock(text) if text else None


class Times(Column):
    """Start and end in one cell; read only."""

    exported = False

    def text(self, value: Any, known: Known) -> str:
        return f"{value[0]:%H:%M}–{value[1]:%H:%M}" if value else ""

    def get(self, obj: Any) -> None:
        return None

    def read(self, text: str, run: "Run") -> Any:
        return values.parse_times(text) if text else None


class Address(Column):
    def read(self, text: str, run: "Run") -> str:
        text = plain(text)
        return f"https://{text}" if text.startswith("www.") else text


class Cleaned(Column):
    """Identifier that the model's own field reads, such as an ORCID iD."""

    def __init__(self, name: str, label: str | Promise, field: Any, *headings: str,
                 note: str | Promise = ""):  # fmt: skip
        super().__init__(name, label, *headings, note=note)
        self.field = field

    def read(self, text: str, run: "Run") -> str:
        return self.field.to_python(plain(text))


class Related(Column):
    """Another object of the edition, by its name; `kind` is its sheet."""

    def __init__(self, name: str, label: str | Promise, kind: str, *headings: str,
                 note: str | Promise = ""):  # fmt: skip
        super().__init__(name, label, *headings, note=note)
        self.kind = kind

    def text(self, value: Any, known: Known) -> str:
        return known.label(self.kind, value) if value else ""

    def read(self, text: str, run: "Run") -> Any:
        return run.related(self.kind, text) if text else None

    def choices(self, known: Known) -> list[str]:
        found = known.index(self.kind).by_pk.values()
        return [known.label(self.kind, one) for one in found]


class RelatedList(Column):
    """Other objects, by name, with semicolons between; `get` gives them in order."""

    def __init__(self, name: str, label: str | Promise, kind: str, *headings: str,
                 note: str | Promise = ""):  # fmt: skip
        super().__init__(name, label, *headings, note=note)
        self.kind = kind

    def text(self, value: Any, known: Known) -> str:
        return "; ".join(known.label(self.kind, one) for one in value or ())

    def read(self, text: str, run: "Run") -> list[Any]:
        names = values.parse_list(text)
        if len(names) == 1 and not run.known.index(self.kind).find(names[0]):
            names = [name for part in re.split("[,،]", names[0]) if (name := plain(part))]
        return list(dict.fromkeys(run.related(self.kind, name) for name in names))


def messages_of(error: ValidationError) -> str:
    return " ".join(error.messages)
