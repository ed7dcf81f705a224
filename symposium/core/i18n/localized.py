"""Choice of a translated text when it is missing in the reader's language."""

import re
import unicodedata

from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# Names in the reader's language; `settings.LANGUAGES` has each name in its own language.
LANGUAGE_NAMES = {
    "fr": pgettext_lazy("language", "French"),
    "en": pgettext_lazy("language", "English"),
    "ar": pgettext_lazy("language", "Arabic"),
}
# The Arabic article before two letters or more: الفاسي is sorted under ف.
ARTICLE = re.compile(r"\bال(?=\w{2})")


def in_each_language(*fields: str) -> list[str]:
    """Return the columns of translated `fields`: "title_fr", "title_en", "title_ar"."""
    return [f"{field}_{code}" for field in fields for code in LANGUAGES]


def localized_text(thing: object, field: str, language: str | None = None) -> tuple[str, str]:
    """Return the text of a translated `field` and the code of its language.

    The order is: the reader's language (or `language`), the object's `record_language` if it has
    one, then French, English, Arabic, as for the model's attribute. If all are empty, return "".
    """
    language = language or get_language() or settings.LANGUAGE_CODE
    record = getattr(thing, "record_language", language)
    for code in (language, record, *LANGUAGES):
        if text := getattr(thing, f"{field}_{code}", None):
            return text, code
    return "", language


def sort_key(text: str | None) -> str:
    """Return the sort key of `text`, without case, accents and Arabic article."""
    if not text or text.isascii():
        return (text or "").casefold()
    decomposed = unicodedata.normalize("NFKD", strip_article(text))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def strip_article(text: str) -> str:
    """Return `text` with its words free of the Arabic article: «البوصلة» becomes «بوصلة»."""
    return ARTICLE.sub("", text)
