"""Translated fields of speakers and their links."""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from symposium.speakers.models import Link, Speaker


@register(Speaker)
class SpeakerTranslation(TranslationOptions):
    fields = ("given_name", "family_name", "position", "affiliation", "biography")


@register(Link)
class LinkTranslation(TranslationOptions):
    fields = ("label",)


# Restoring a former state leaves the speaker the person that they are now.
simple_history.register(Speaker, excluded_fields=["person"])
