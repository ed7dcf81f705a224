"""Names of people: order, initials, comparison without accents."""

import re

from symposium.core.i18n.localized import localized_text, sort_key

# These languages share a script: a given name missing in one is taken from the other.
SAME_SCRIPT = {"fr": "en", "en": "fr"}


class PersonName:
    """Mixin for models with a translated `given_name` and `family_name`: names in a single script.

    An organisation (an association, a committee) has only a family name.
    """

    def name_in(self, language: str) -> str:
        """Return the name in `language`, or "" if the family name is not written in it."""
        family = getattr(self, f"family_name_{language}")
        if not family:
            return ""
        given = getattr(self, f"given_name_{language}") or (
            getattr(self, f"given_name_{SAME_SCRIPT[language]}") if language in SAME_SCRIPT else ""
        )
        return f"{given or ''} {family}".strip()

    @property
    def name(self) -> str:
        return localized_text(self, "name")[0]

    @property
    def name_fr(self) -> str:
        return self.name_in("fr")

    @property
    def name_en(self) -> str:
        return self.name_in("en")

    @property
    def name_ar(self) -> str:
        return self.name_in("ar")


NAME_PART = re.compile(r"\w+")
ONE_FORM = str.maketrans({"ى": "ي", "ة": "ه", "ـ": None, "ؤ": "و", "ئ": "ي", "ٱ": "ا"})


def fold_name(name: str) -> str:
    """Return the words sorted and in a unified spelling: equal results may be the same person."""
    return " ".join(sorted(NAME_PART.findall(sort_key(name).translate(ONE_FORM))))
