"""What the next edition takes from the programme of an earlier one."""

from django.utils.translation import gettext_lazy as _

from symposium.editions.copying import Copying, Part
from symposium.sessions.models import Room, SessionKind, SpeakerRole, Track


def copy_rooms(copying: Copying) -> None:
    copying.copy_rows(copying.source.rooms.all())


def copy_tracks(copying: Copying) -> None:
    copying.copy_rows(copying.source.tracks.all())


def copy_kinds(copying: Copying) -> None:
    copying.copy_rows(copying.source.session_kinds.all())


def copy_roles(copying: Copying) -> None:
    copying.copy_rows(copying.source.speaker_roles.all())


PARTS = (
    Part("rooms", _("Rooms"), (Room,), copy_rooms),
    Part("tracks", _("Tracks"), (Track,), copy_tracks),
    Part("kinds", _("Kinds of sessions"), (SessionKind,), copy_kinds),
    Part("roles", _("Roles in sessions"), (SpeakerRole,), copy_roles),
)
