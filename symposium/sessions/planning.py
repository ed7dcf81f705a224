"""Operations on whole sessions, for organisers: set the status, swap, duplicate."""

import uuid

from django.db import connection, transaction

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
