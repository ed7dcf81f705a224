"""Translated fields of tracks, rooms, sessions and documents."""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from symposium.sessions.models import Resource, Room, Session, Track


@register(Track)
class TrackTranslation(TranslationOptions):
    fields = ("name",)


@register(Room)
class RoomTranslation(TranslationOptions):
    fields = ("name", "description", "floor", "access")


@register(Session)
class SessionTranslation(TranslationOptions):
    fields = ("title", "description")


@register(Resource)
class ResourceTranslation(TranslationOptions):
    fields = ("title",)


simple_history.register(
    Session,
    excluded_fields=[
        "period", "allowed_period", "parent_status", "parent_room", "effective_status", "sequence",
    ],
)  # fmt: skip
