"""What organisers do with whole sessions: hold or cancel them, swap their places, copy them."""

import uuid

from django.db import connection, transaction

from symposium.sessions.models import Participation, Session


@transaction.atomic
def save_together(*sessions: Session) -> None:
    """Save the sessions, then look for clashes: each one sees where the others have gone.

    Raises ValidationError, which names the other session, or IntegrityError when somebody else
    was quicker; then nothing is saved.
    """
    for session in sessions:
        session.save()
    for session in sessions:
        session.clean()
        session.check_speakers(session.speakers.all())
    connection.check_constraints()


def set_status(session: Session, status: str) -> None:
    """Publish, take back or cancel. A session that is held again must find its place free."""
    session.status = status
    save_together(session)


def swap(one: Session, other: Session) -> None:
    """Each session takes the time and the room of the other."""
    one.starts_at, other.starts_at = other.starts_at, one.starts_at
    one.ends_at, other.ends_at = other.ends_at, one.ends_at
    one.room, other.room = other.room, one.room
    save_together(one, other)


@transaction.atomic
def duplicate(session: Session) -> Session:
    """A draft with the same texts, room and speakers, and no time: it clashes with nothing."""
    copy = Session.objects.get(pk=session.pk)
    copy.pk, copy._state.adding = None, True
    copy.slug, copy.guid = "", uuid.uuid4()
    copy.status, copy.starts_at, copy.ends_at = Session.Status.DRAFT, None, None
    copy.save()
    Participation.objects.bulk_create(
        Participation(session=copy, speaker_id=one.speaker_id, role=one.role, order=one.order)
        for one in session.participations.all()
    )
    return copy
