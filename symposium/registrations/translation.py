"""Translated fields of categories, questions, options, messages, and texts of organisers."""

from modeltranslation.translator import TranslationOptions, register

from symposium.registrations.models import (
    Category,
    DocumentText,
    MailText,
    Message,
    Option,
    Question,
)


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name", "description")


@register(Question)
class QuestionTranslation(TranslationOptions):
    fields = ("label", "help_text")


@register(Option)
class OptionTranslation(TranslationOptions):
    fields = ("label",)


@register(MailText)
class MailTextTranslation(TranslationOptions):
    fields = ("subject", "body")


@register(DocumentText)
class DocumentTextTranslation(TranslationOptions):
    fields = ("heading", "body")


@register(Message)
class MessageTranslation(TranslationOptions):
    fields = ("subject", "body")
