import simple_history
from modeltranslation.translator import TranslationOptions, register

from symposium.abstracts.models import Abstract, Author, Keyword


@register(Keyword)
class KeywordTranslation(TranslationOptions):
    fields = ("name", "definition")


@register(Abstract)
class AbstractTranslation(TranslationOptions):
    fields = ("title", "text")


@register(Author)
class AuthorTranslation(TranslationOptions):
    fields = ("given_name", "family_name", "affiliation")


simple_history.register(Abstract)
