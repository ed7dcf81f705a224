"""Translated fields of keywords, abstracts, authors and versions."""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from symposium.abstracts.models import Abstract, Author, Keyword, Version


@register(Keyword)
class KeywordTranslation(TranslationOptions):
    fields = ("name", "definition")


@register(Abstract)
class AbstractTranslation(TranslationOptions):
    fields = ("title", "text", "withdrawal_reason")


@register(Author)
class AuthorTranslation(TranslationOptions):
    fields = ("given_name", "family_name", "affiliation")


@register(Version)
class VersionTranslation(TranslationOptions):
    fields = ("note",)


simple_history.register(Abstract)
