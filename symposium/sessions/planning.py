"""Operations on whole sessions, for organisers: set the status, swap, duplicate, order talks."""

import uuid

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from symposium.sessions.models import Participation, Session


@transaction.atomic
def save_together(*sessions: Session) -> None:
    """Save all sessions, then check for clashes, so that each check sees the new places of all.

    Raise ValidationError, which names the other session, or IntegrityError if a concurrent change
    came first; then nothing is saved.
    """
    for session in sessions:
        session.save()
    for session in sessions:
        session.clean()
        session.check_speakers(session.speakers.all())
    connection.check_constraints()


def set_status(session: Session, status: str) -> None:
    """Publish, unpublish or cancel; raise as `save_together` if a reinstated session clashes."""
    session.status = status
    save_together(session)


def swap(one: Session, other: Session) -> None:
    """Exchange the times and the rooms of two sessions."""
    one.starts_at, other.starts_at = other.starts_at, one.starts_at
    one.ends_at, other.ends_at = other.ends_at, one.ends_at
    one.room, other.room = other.room, one.room
    save_together(one, other)


@transaction.atomic
def move_talk(talk: Session, step: int) -> None:
    """Exchange a talk with the one before it (`step` -1) or after it (1) in their session.

    Both stay within their time, the first from its start, the last to its end; talks without a time
    exchange their positions. Raise ValidationError if there is no such neighbour, or only one of
    the two has a time, and as `save_together` if a speaker would be in two places.
    """
    talks = list(Session.objects.filter(parent=talk.parent_id).select_related("parent").in_order())
    at = [one.pk for one in talks].index(talk.pk)
    if not 0 <= at + step < len(talks):
        raise ValidationError(_("There is no other talk on that side."), code="alone")
    first, second = talks[min(at, at + step)], talks[max(at, at + step)]
    if (first.starts_at is None) != (second.starts_at is None):
        raise ValidationError(_("First choose a time for both talks."), code="time")
    if first.starts_at is None:
        talks[at], talks[at + step] = talks[at + step], talks[at]
        for order, one in enumerate(talks):
            one.order = order
        save_together(*(one for one in talks if one.starts_at is None))
        return
    start, end = first.starts_at, second.ends_at
    second.starts_at, second.ends_at = start, start + (end - second.starts_at)
    first.starts_at, first.ends_at = end - (first.ends_at - start), end
    save_together(first, second)


@transaction.atomic
def duplicate(session: Session) -> Session:
    """Return a draft with the same texts, room, speakers and talks.

    It has no time, so no clashes; its talks keep their order.
    """
    copy = copy_without_time(session)
    copy.status = Session.Status.DRAFT
    copy.save()
    for order, talk in enumerate(session.talks.in_order()):
        copy_without_time(talk, parent=copy, order=order)
    return copy


def copy_without_time(session: Session, **fields: object) -> Session:
    """Save a copy of a session, or of a talk, with its speakers and other `fields`; return it."""
    copy = Session.objects.get(pk=session.pk)
    copy.pk, copy._state.adding = None, True
    copy.slug, copy.guid = "", uuid.uuid4()
    copy.starts_at, copy.ends_at = None, None
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save()
    Participation.objects.bulk_create(
        Participation(
            session=copy,
            speaker_id=one.speaker_id,
            role=one.role,
            own_role_id=one.own_role_id,
            order=one.order,
        )
        for one in session.participations.all()
    )
    return copy
