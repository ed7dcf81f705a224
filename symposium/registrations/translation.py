"""Translated fields of categories, questions, their options and messages."""

from modeltranslation.translator import TranslationOptions, register

from symposium.registrations.models import Category, Message, Option, Question


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name", "description")


@register(Question)
class QuestionTranslation(TranslationOptions):
    fields = ("label", "help_text")


@register(Option)
class OptionTranslation(TranslationOptions):
    fields = ("label",)


@register(Message)
class MessageTranslation(TranslationOptions):
    fields = ("subject", "body")
