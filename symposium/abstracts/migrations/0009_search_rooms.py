# ruff: noqa: S608 - all that is put together here is written here
"""Rooms are found: by their names, and by the words under them, which say where they are.

What a room says lies in its own row alone, so that its triggers are short beside those of 0006.
"""

from django.db import migrations

LANGUAGES = ("fr", "en", "ar")
TABLE = "symposium_sessions_room"
COLUMNS = [f"{part}_{code}" for part in ("title", "also", "body") for code in LANGUAGES]
SAID = [f"coalesce(room.name_{code}, '')" for code in LANGUAGES]
SAID += ["''"] * len(LANGUAGES)
SAID += [f"coalesce(room.description_{code}, '')" for code in LANGUAGES]
KEPT = ", ".join(["edition_id", *COLUMNS])
NEW = ", ".join(f"excluded.{column}" for column in ["edition_id", *COLUMNS])

FOLLOW = f"""
CREATE FUNCTION symposium_search_room(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO symposium_search AS known (kind, id, public_from, {KEPT})
    SELECT 'room', room.id, '-infinity', room.edition_id, {", ".join(SAID)}
    FROM {TABLE} room WHERE room.id = ANY(ids) ORDER BY room.id
    ON CONFLICT (kind, id) DO UPDATE SET ({KEPT}) = ROW({NEW})
    WHERE ({", ".join(f"known.{column}" for column in KEPT.split(", "))}) IS DISTINCT FROM ({NEW});
END
$$;
CREATE FUNCTION symposium_follow_sessions_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM symposium_search WHERE kind = 'room';
    ELSIF TG_OP = 'DELETE' THEN
        DELETE FROM symposium_search WHERE kind = 'room' AND id IN (SELECT id FROM changed);
    ELSE
        PERFORM symposium_search_room(ARRAY(SELECT id FROM changed));
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER search_insert AFTER INSERT ON {TABLE} REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION symposium_follow_sessions_room();
CREATE TRIGGER search_update AFTER UPDATE ON {TABLE} REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION symposium_follow_sessions_room();
CREATE TRIGGER search_delete AFTER DELETE ON {TABLE} REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION symposium_follow_sessions_room();
CREATE TRIGGER search_truncate AFTER TRUNCATE ON {TABLE}
FOR EACH STATEMENT EXECUTE FUNCTION symposium_follow_sessions_room();
SELECT symposium_search_room(ARRAY(SELECT id FROM {TABLE}));
"""
GONE = """
DROP FUNCTION symposium_follow_sessions_room CASCADE;
DROP FUNCTION symposium_search_room;
DELETE FROM symposium_search WHERE kind = 'room';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_abstracts", "0008_search_signs"),
        ("symposium_sessions", "0008_announce_programmes"),
    ]

    operations = [migrations.RunSQL([FOLLOW], [GONE])]
