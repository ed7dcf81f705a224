"""Which text a reader gets when one is missing in their language."""

import re
import unicodedata

from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# In the reader's language; `settings.LANGUAGES` has the name of each in its own.
LANGUAGE_NAMES = {
    "fr": pgettext_lazy("language", "French"),
    "en": pgettext_lazy("language", "English"),
    "ar": pgettext_lazy("language", "Arabic"),
}
# The Arabic article, before a word of two letters or more: الفاسي is looked for under ف.
ARTICLE = re.compile(r"\bال(?=\w{2})")


def in_each_language(*fields: str) -> list[str]:
    """Return the columns of translated `fields`: "title_fr", "title_en", "title_ar"."""
    return [f"{field}_{code}" for field in fields for code in LANGUAGES]


def localized_text(thing: object, field: str, language: str | None = None) -> tuple[str, str]:
    """Return the text of a translated `field` and the language it is in.

    The reader's language first, then that of the record where the thing is one (its
    `record_language`), then French, English, Arabic, as the model's attribute falls back.
    """
    language = language or get_language() or settings.LANGUAGE_CODE
    record = getattr(thing, "record_language", language)
    for code in (language, record, *LANGUAGES):
        if text := getattr(thing, f"{field}_{code}", None):
            return text, code
    return "", language


def sort_key(text: str | None) -> str:
    """Where a reader looks for `text` in a list: by no case, accent or Arabic article."""
    decomposed = unicodedata.normalize("NFKD", strip_article(text or ""))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def strip_article(text: str) -> str:
    """`text` without the Arabic article of its words: « البوصلة » is « بوصلة »."""
    return ARTICLE.sub("", text)
