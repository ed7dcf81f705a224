from django.db import migrations

# A session, its room, its track and its speakers belong to one edition: foreign keys on
# (id, edition) say so, deferred like Django's own.
SAME_EDITION = [
    ("session", "room", "symposium_sessions_room"),
    ("session", "track", "symposium_sessions_track"),
    ("participation", "session", "symposium_sessions_session"),
    ("participation", "speaker", "symposium_speakers_speaker"),
]

# The row of the edition is locked for sharing, so that its days cannot change under a session
# that is being written: whoever comes second sees what the first has committed.
ALLOWED_PERIOD = """
CREATE FUNCTION symposium_session_allowed_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT edition.period INTO NEW.allowed_period FROM symposium_editions_edition edition
    WHERE edition.id = NEW.edition_id FOR SHARE;
    RETURN NEW;
END
$$;
CREATE TRIGGER allowed_period BEFORE INSERT OR UPDATE OF edition_id, allowed_period
ON symposium_sessions_session FOR EACH ROW EXECUTE FUNCTION symposium_session_allowed_period();

CREATE FUNCTION symposium_edition_period_to_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE symposium_sessions_session SET allowed_period = NEW.period WHERE edition_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER period_to_sessions AFTER UPDATE OF starts_on, ends_on, time_zone
ON symposium_editions_edition FOR EACH ROW WHEN (OLD.period IS DISTINCT FROM NEW.period)
EXECUTE FUNCTION symposium_edition_period_to_sessions();
"""

# A cancelled or unscheduled session takes nobody's time. The session is locked for sharing, for
# the same reason as above.
PARTICIPATION_PERIOD = """
CREATE FUNCTION symposium_participation_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT session.edition_id,
           CASE WHEN session.status <> 'cancelled' THEN
               CASE WHEN session.ends_at > session.starts_at
                    THEN tstzrange(session.starts_at, session.ends_at) END
           END
    INTO NEW.edition_id, NEW.period
    FROM symposium_sessions_session session WHERE session.id = NEW.session_id FOR SHARE;
    RETURN NEW;
END
$$;
CREATE TRIGGER period BEFORE INSERT OR UPDATE
ON symposium_sessions_participation FOR EACH ROW EXECUTE FUNCTION symposium_participation_period();

CREATE FUNCTION symposium_session_period_to_participations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE symposium_sessions_participation SET session_id = NEW.id WHERE session_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER period_to_participations AFTER UPDATE OF starts_at, ends_at, status
ON symposium_sessions_session FOR EACH ROW
WHEN (OLD.starts_at IS DISTINCT FROM NEW.starts_at OR OLD.ends_at IS DISTINCT FROM NEW.ends_at
      OR OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION symposium_session_period_to_participations();
"""


def same_edition(table: str, column: str, target: str) -> migrations.RunSQL:
    name = f"{table}_{column}_same_edition"
    return migrations.RunSQL(
        f"ALTER TABLE symposium_sessions_{table} ADD CONSTRAINT {name} "
        f"FOREIGN KEY ({column}_id, edition_id) REFERENCES {target} (id, edition_id) "
        "DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE symposium_sessions_{table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("symposium_sessions", "0002_keep_slugs")]

    operations = [
        migrations.RunSQL(
            ALLOWED_PERIOD,
            "DROP TRIGGER period_to_sessions ON symposium_editions_edition;"
            "DROP TRIGGER allowed_period ON symposium_sessions_session;"
            "DROP FUNCTION symposium_edition_period_to_sessions, symposium_session_allowed_period",
        ),
        migrations.RunSQL(
            PARTICIPATION_PERIOD,
            "DROP TRIGGER period_to_participations ON symposium_sessions_session;"
            "DROP TRIGGER period ON symposium_sessions_participation;"
            "DROP FUNCTION symposium_session_period_to_participations, symposium_participation_period",
        ),
        *(same_edition(*row) for row in SAME_EDITION),
    ]
