"""Triggers of the programme: the copies that constraints read, the talks, the log of changes."""

import pgtrigger
from django.utils.translation import gettext_lazy as _


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


class CopyParent(pgtrigger.Trigger):
    """Copy the status and the room of its session to a talk; a room that is the same is no own one.

    The session is locked for sharing, as the edition is above.
    """

    name = "parent"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.UpdateOf(
        "parent_id", "parent_status", "parent_room_id", "room_id"
    )
    func = """
    NEW.parent_status := 'published';
    NEW.parent_room_id := NULL;
    IF NEW.parent_id IS NOT NULL THEN
        SELECT parent.status, parent.room_id INTO NEW.parent_status, NEW.parent_room_id
        FROM symposium_sessions_session parent WHERE parent.id = NEW.parent_id FOR SHARE;
        NEW.parent_status := coalesce(NEW.parent_status, 'published');
        NEW.room_id := nullif(NEW.room_id, NEW.parent_room_id);
    END IF;
    RETURN NEW;
    """


class MoveTalks(pgtrigger.Trigger):
    """Move the talks of a session along with it, and give them its new status and room.

    A talk keeps its distance from the start of its session; it has no time when its session has
    none. A talk whose times the same statement writes keeps what was written: whoever writes the
    times of a session and of its talks in several statements writes those of the session first.
    """

    name = "talks"
    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Update
    referencing = pgtrigger.Referencing(old="before", new="after")
    func = """
    IF NOT EXISTS (
        SELECT FROM symposium_sessions_session talk WHERE talk.parent_id IN (SELECT id FROM before)
    ) THEN
        RETURN NULL;
    END IF;
    WITH written AS (
        SELECT later.id, later.starts_at - earlier.starts_at AS shift,
               (earlier.starts_at, earlier.ends_at)
               IS DISTINCT FROM (later.starts_at, later.ends_at) AS is_timed,
               (earlier.starts_at, earlier.status, earlier.room_id)
               IS DISTINCT FROM (later.starts_at, later.status, later.room_id) AS is_followed
        FROM before earlier JOIN after later USING (id)
    ), timed AS (SELECT id FROM written WHERE is_timed)
    UPDATE symposium_sessions_session talk
    SET parent_id = talk.parent_id,
        starts_at = talk.starts_at + CASE
            WHEN talk.id IN (TABLE timed) THEN interval '0' ELSE written.shift END,
        ends_at = talk.ends_at + CASE
            WHEN talk.id IN (TABLE timed) THEN interval '0' ELSE written.shift END
    FROM written WHERE talk.parent_id = written.id AND written.is_followed;
    RETURN NULL;
    """


class KeepTalksInside(pgtrigger.Trigger):
    """Refuse a talk outside the time of its session, of a break, or of a talk.

    It is checked as the transaction commits, whatever was written first. The session is locked for
    sharing, so that it cannot change beside a talk that is being written.
    """

    name = "talks_inside"
    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("parent_id", "starts_at", "ends_at", "kind")
    timing = pgtrigger.Deferred
    # Sentences of the constraints that the function names.
    messages = {
        "sessions_talk_inside": _(
            "A talk must take place during its session. Move the talk, or change the times of the "
            "session."
        ),
        "sessions_one_level": _("A talk can’t hold talks of its own."),
        "sessions_break_alone": _("A break can’t hold talks or be part of a session."),
    }
    declare = [("fault", "text")]
    func = """
    PERFORM FROM symposium_sessions_session parent WHERE parent.id = (
        SELECT talk.parent_id FROM symposium_sessions_session talk WHERE talk.id = NEW.id
    ) FOR SHARE;
    SELECT CASE
        WHEN parent.parent_id IS NOT NULL THEN 'sessions_one_level'
        WHEN 'break' IN (parent.kind, talk.kind) THEN 'sessions_break_alone'
        WHEN NOT coalesce(talk.period <@ parent.period, talk.period IS NULL)
            THEN 'sessions_talk_inside'
    END INTO fault
    FROM symposium_sessions_session talk
    JOIN symposium_sessions_session parent ON parent.id = talk.parent_id
    WHERE NEW.id IN (talk.id, parent.id) ORDER BY 1 LIMIT 1;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'a talk does not fit into its session'
            USING ERRCODE = 'check_violation', CONSTRAINT = fault;
    END IF;
    RETURN NULL;
    """


class CopyPeriod(pgtrigger.Trigger):
    """Copy the edition and the times of the session, so that no speaker is in two places at once.

    A cancelled or unscheduled session takes nobody's time. The chair of a session may speak in its
    talks. The session is locked for sharing, as the edition is above.
    """

    name = "period"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    func = """
    SELECT session.edition_id,
           CASE WHEN session.effective_status <> 'cancelled' THEN
               CASE WHEN session.ends_at > session.starts_at
                    THEN tstzrange(session.starts_at, session.ends_at) END
           END,
           coalesce(session.parent_id, session.id)
    INTO NEW.edition_id, NEW.period, NEW.top_session
    FROM symposium_sessions_session session WHERE session.id = NEW.session_id FOR SHARE;
    RETURN NEW;
    """


class CopyPeriodToParticipations(pgtrigger.Trigger):
    """Copy new times of a session to the participations in it."""

    name = "period_to_participations"
    when = pgtrigger.After
    operation = pgtrigger.UpdateOf("starts_at", "ends_at", "status", "parent_id")
    condition = pgtrigger.AnyChange("starts_at", "ends_at", "effective_status", "parent_id")
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
    operation = pgtrigger.UpdateOf(
        "starts_at", "ends_at", "room_id", "status", "parent_id", "sequence"
    )
    func = """
    NEW.sequence := OLD.sequence;
    IF (NEW.starts_at, NEW.ends_at, coalesce(NEW.room_id, NEW.parent_room_id), NEW.status,
        NEW.parent_status)
       IS DISTINCT FROM (OLD.starts_at, OLD.ends_at, coalesce(OLD.room_id, OLD.parent_room_id),
        OLD.status, OLD.parent_status) THEN
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
    operation = pgtrigger.Insert | pgtrigger.UpdateOf(
        "starts_at", "ends_at", "room_id", "status", "parent_id"
    )
    declare = [
        (
            "is_shown",
            """boolean := EXISTS (
        SELECT FROM symposium_editions_edition edition
        WHERE edition.id = NEW.edition_id AND edition.is_published
    )""",
        ),
        (
            "old_room",
            """bigint := CASE
        WHEN TG_OP = 'UPDATE' THEN coalesce(OLD.room_id, OLD.parent_room_id)
    END""",
        ),
        ("new_room", "bigint := coalesce(NEW.room_id, NEW.parent_room_id)"),
        ("was", "boolean := is_shown AND TG_OP = 'UPDATE' AND OLD.effective_status <> 'draft'"),
        ("is_now", "boolean := is_shown AND NEW.effective_status <> 'draft'"),
    ]
    func = """
    IF NOT was AND NOT is_now THEN
        RETURN NULL;
    END IF;
    IF was AND is_now AND (NEW.starts_at, NEW.ends_at, new_room, NEW.effective_status)
       IS NOT DISTINCT FROM (OLD.starts_at, OLD.ends_at, old_room, OLD.effective_status) THEN
        RETURN NULL;
    END IF;
    INSERT INTO symposium_sessions_change (
        edition_id, session_id, at, sequence, old_status, old_starts_at, old_ends_at, old_room_id,
        new_status, new_starts_at, new_ends_at, new_room_id
    ) VALUES (
        NEW.edition_id, NEW.id, clock_timestamp(), NEW.sequence,
        CASE WHEN was THEN OLD.effective_status ELSE '' END,
        CASE WHEN was THEN OLD.starts_at END, CASE WHEN was THEN OLD.ends_at END,
        CASE WHEN was THEN old_room END,
        CASE WHEN is_now THEN NEW.effective_status ELSE '' END,
        CASE WHEN is_now THEN NEW.starts_at END, CASE WHEN is_now THEN NEW.ends_at END,
        CASE WHEN is_now THEN new_room END
    );
    IF is_now THEN
        PERFORM symposium_announce(NEW.edition_id);
    END IF;
    RETURN NULL;
    """
