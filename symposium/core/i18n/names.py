import re

from symposium.core.i18n.localized import localized_text, sort_key

# Two languages of one script lend each other a given name that one of them lacks.
SAME_SCRIPT = {"fr": "en", "en": "fr"}


class PersonName:
    """The name of whoever has a `given_name` and a `family_name`: whole, and in one script.

    A body (an association, a committee) has a family name alone.
    """

    def name_in(self, language: str) -> str:
        """Return the name in `language`, or nothing where its family name is not written."""
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


WORD = re.compile(r"\w+")
ONE_FORM = str.maketrans({"ى": "ي", "ة": "ه", "ـ": None, "ؤ": "و", "ئ": "ي", "ٱ": "ا"})


def fold_name(name: str) -> str:
    """The words of a name in one form and order: two people of that name may be one."""
    return " ".join(sorted(WORD.findall(sort_key(name).translate(ONE_FORM))))
