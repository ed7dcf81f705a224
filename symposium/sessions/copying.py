"""What the next edition takes from the programme of an earlier one."""

from django.utils.translation import gettext_lazy as _

from symposium.editions.copying import Copying, Part
from symposium.sessions.models import Room, SessionKind, Track


def copy_rooms(copying: Copying) -> None:
    copying.copy_rows(copying.source.rooms.all())


def copy_tracks(copying: Copying) -> None:
    copying.copy_rows(copying.source.tracks.all())


def copy_kinds(copying: Copying) -> None:
    copying.copy_rows(copying.source.session_kinds.all())


PARTS = (
    Part("rooms", _("Rooms"), (Room,), copy_rooms),
    Part("tracks", _("Tracks"), (Track,), copy_tracks),
    Part("kinds", _("Kinds of sessions"), (SessionKind,), copy_kinds),
)
