"""Words that organisers write in place of the standard ones: plain texts with named placeholders.

A name in braces, such as {name}, is replaced once by what it stands for; nothing is a template.
"""

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from symposium.core.i18n.localized import LANGUAGES

PLACEHOLDER = re.compile(r"\{([^{}\s]*)\}")


class OrganiserText(models.Model):
    """Title and text of one `kind`; a language left blank has the standard words."""

    Kind: type[models.TextChoices]
    PLACEHOLDERS: Mapping[str, tuple[str, ...]]
    TITLE: str  # the field beside `body`

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.get_kind_display()  # type: ignore[attr-defined]

    def clean(self) -> None:
        faults = {}
        for field in (self.TITLE, "body"):
            for code in LANGUAGES:
                if fault := self.fault_of(field, code):
                    faults[f"{field}_{code}"] = fault
        if faults:
            raise ValidationError(faults)

    @property
    def known(self) -> tuple[str, ...]:
        """Placeholders that this kind knows."""
        kind: str = self.kind  # type: ignore[attr-defined]
        return self.PLACEHOLDERS.get(kind, ())

    def fault_of(self, field: str, language: str) -> ValidationError | None:
        """Return what is wrong with a text: its other half is missing, or a name is unknown."""
        text = getattr(self, f"{field}_{language}") or ""
        other = "body" if field == self.TITLE else self.TITLE
        if not text.strip() and getattr(self, f"{other}_{language}"):
            return ValidationError(
                _("Enter both the subject and the text in this language."), code="half"
            )
        wrong = next((name for name in PLACEHOLDER.findall(text) if name not in self.known), None)
        if wrong is None:
            return None
        return ValidationError(
            _("{%(name)s} can’t stand in this text. Use one of these: %(known)s."),
            code="placeholder",
            params={"name": wrong, "known": listed(self.known)},
        )

    def words(self, language: str) -> tuple[str, str] | None:
        """Return title and text in a language, or None where it has the standard words."""
        title, body = (getattr(self, f"{field}_{language}") for field in (self.TITLE, "body"))
        return (title, body) if title and body else None


def listed(names: tuple[str, ...]) -> str:
    return " ".join(f"\u2066{{{name}}}\u2069" for name in names)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with each {name} replaced by its value, once: values are never read again."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
