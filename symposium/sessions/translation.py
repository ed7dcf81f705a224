"""Translated fields of tracks, rooms, sessions and documents."""

import simple_history
from modeltranslation.translator import TranslationOptions, register

from symposium.sessions.models import (
    Release,
    Resource,
    Room,
    Session,
    SessionKind,
    SpeakerRole,
    Track,
)


@register(Track)
class TrackTranslation(TranslationOptions):
    fields = ("name",)


@register(Room)
class RoomTranslation(TranslationOptions):
    fields = ("name", "description", "floor", "access")


@register(Session)
class SessionTranslation(TranslationOptions):
    fields = ("title", "description")


@register(SessionKind)
class SessionKindTranslation(TranslationOptions):
    fields = ("name",)


@register(SpeakerRole)
class SpeakerRoleTranslation(TranslationOptions):
    fields = ("name",)


@register(Resource)
class ResourceTranslation(TranslationOptions):
    fields = ("title",)


@register(Release)
class ReleaseTranslation(TranslationOptions):
    fields = ("note",)


simple_history.register(
    Session,
    excluded_fields=[
        "period", "allowed_period", "parent_status", "parent_room", "effective_status", "sequence",
    ],
)  # fmt: skip
