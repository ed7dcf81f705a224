"""Row triggers of the programme: the copies that constraints read, and the log of changes."""

import pgtrigger


class CopyAllowedPeriod(pgtrigger.Trigger):
    """Copy the days of the edition to a session, for a check to compare with its times.

    The row of the edition is locked for sharing, so that its days cannot change under a session
    that is being written: whoever comes second sees what the first has committed.
    """

    name = "allowed_period"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("edition_id", "allowed_period")
    func = """
    SELECT edition.period INTO NEW.allowed_period FROM symposium_editions_edition edition
    WHERE edition.id = NEW.edition_id FOR SHARE;
    RETURN NEW;
    """


class CopyPeriod(pgtrigger.Trigger):
    """Copy the edition and the times of the session, so that no speaker is in two places at once.

    A cancelled or unscheduled session takes nobody's time. The session is locked for sharing, as
    the edition is above.
    """

    name = "period"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    func = """
    SELECT session.edition_id,
           CASE WHEN session.status <> 'cancelled' THEN
               CASE WHEN session.ends_at > session.starts_at
                    THEN tstzrange(session.starts_at, session.ends_at) END
           END
    INTO NEW.edition_id, NEW.period
    FROM symposium_sessions_session session WHERE session.id = NEW.session_id FOR SHARE;
    RETURN NEW;
    """


class CopyPeriodToParticipations(pgtrigger.Trigger):
    """Copy new times of a session to the participations in it."""

    name = "period_to_participations"
    when = pgtrigger.After
    operation = pgtrigger.UpdateOf("starts_at", "ends_at", "status")
    condition = pgtrigger.AnyChange("starts_at", "ends_at", "status")
    func = """
    UPDATE symposium_sessions_participation SET session_id = NEW.id WHERE session_id = NEW.id;
    RETURN NULL;
    """


class CountSequence(pgtrigger.Trigger):
    """Count the changes of time, room and status, whatever number is written.

    RFC 5545, 3.8.7.4: calendars that know a session take it again when its number is higher. Only
    the database counts: whoever writes a stale number, or none, gets the right one.
    """

    name = "sequence"
    when = pgtrigger.Before
    operation = pgtrigger.UpdateOf("starts_at", "ends_at", "room_id", "status", "sequence")
    func = """
    NEW.sequence := OLD.sequence;
    IF (NEW.starts_at, NEW.ends_at, NEW.room_id, NEW.status)
       IS DISTINCT FROM (OLD.starts_at, OLD.ends_at, OLD.room_id, OLD.status) THEN
        NEW.sequence := OLD.sequence + 1;
        NEW.updated_at := greatest(NEW.updated_at, clock_timestamp());
    END IF;
    RETURN NEW;
    """


class RecordChange(pgtrigger.Trigger):
    """Record what changes in a public programme, and announce the programme with its first session.

    What the public sees is told apart here from what it does not: the row of a draft has no status,
    no time and no room, and nothing is kept of an edition while it is hidden. A reader who was last
    told of one number of the session is told of the changes with a higher one.
    """

    name = "changes"
    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("starts_at", "ends_at", "room_id", "status")
    declare = [
        (
            "is_shown",
            """boolean := EXISTS (
        SELECT FROM symposium_editions_edition edition
        WHERE edition.id = NEW.edition_id AND edition.is_published
    )""",
        ),
        ("was", "boolean := is_shown AND TG_OP = 'UPDATE' AND OLD.status <> 'draft'"),
        ("is_now", "boolean := is_shown AND NEW.status <> 'draft'"),
    ]
    func = """
    IF NOT was AND NOT is_now THEN
        RETURN NULL;
    END IF;
    IF was AND is_now AND (NEW.starts_at, NEW.ends_at, NEW.room_id, NEW.status)
       IS NOT DISTINCT FROM (OLD.starts_at, OLD.ends_at, OLD.room_id, OLD.status) THEN
        RETURN NULL;
    END IF;
    INSERT INTO symposium_sessions_change (
        edition_id, session_id, at, sequence, old_status, old_starts_at, old_ends_at, old_room_id,
        new_status, new_starts_at, new_ends_at, new_room_id
    ) VALUES (
        NEW.edition_id, NEW.id, clock_timestamp(), NEW.sequence,
        CASE WHEN was THEN OLD.status ELSE '' END, CASE WHEN was THEN OLD.starts_at END,
        CASE WHEN was THEN OLD.ends_at END, CASE WHEN was THEN OLD.room_id END,
        CASE WHEN is_now THEN NEW.status ELSE '' END, CASE WHEN is_now THEN NEW.starts_at END,
        CASE WHEN is_now THEN NEW.ends_at END, CASE WHEN is_now THEN NEW.room_id END
    );
    IF is_now THEN
        PERFORM symposium_announce(NEW.edition_id);
    END IF;
    RETURN NULL;
    """


class DropMove(pgtrigger.Trigger):
    """Delete the move of a session from the draft once it is released, or was made in public.

    A move was planned from a public place: a new public place ends it, whatever it planned. A new
    status ends it only if nothing is left of it.
    """

    name = "drop_move"
    when = pgtrigger.After
    operation = pgtrigger.UpdateOf("starts_at", "ends_at", "room_id", "status")
    condition = pgtrigger.AnyChange("starts_at", "ends_at", "room_id", "status")
    func = """
    DELETE FROM symposium_sessions_move move WHERE move.session_id = NEW.id AND (
        (NEW.starts_at, NEW.ends_at, NEW.room_id)
        IS DISTINCT FROM (OLD.starts_at, OLD.ends_at, OLD.room_id)
        OR (move.starts_at, move.ends_at, move.room_id)
        IS NOT DISTINCT FROM (NEW.starts_at, NEW.ends_at, NEW.room_id)
        AND move.status IN ('', NEW.status)
    );
    RETURN NULL;
    """
