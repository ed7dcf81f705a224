"""Translated fields of editions, pages, partners and news."""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from symposium.editions.models import Edition, News, Page, PageFile, Partner


@register(Edition)
class EditionTranslation(TranslationOptions):
    fields = (
        "name", "short_name", "kicker", "theme", "description",
        "city", "country", "venue", "address", "hero_alt", "signatory", "signatory_role",
        "sender_name",
    )  # fmt: skip


@register(Partner)
class PartnerTranslation(TranslationOptions):
    fields = ("name",)


@register(Page)
class PageTranslation(TranslationOptions):
    fields = ("title", "body")


@register(PageFile)
class PageFileTranslation(TranslationOptions):
    fields = ("description",)


@register(News)
class NewsTranslation(TranslationOptions):
    fields = ("title", "body")


# The history is registered after the translated fields, to get their columns too.
simple_history.register(Edition, excluded_fields=["period"])
simple_history.register(Page)
simple_history.register(News)
