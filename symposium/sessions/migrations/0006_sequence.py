from django.db import migrations, models

# RFC 5545, 3.8.7.4: calendars that know a session take it again when its number is higher. Only
# the database counts: whoever writes a stale number, or none, gets the right one.
SEQUENCE = """
CREATE FUNCTION symposium_session_sequence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sequence := OLD.sequence;
    IF (NEW.starts_at, NEW.ends_at, NEW.room_id, NEW.status)
       IS DISTINCT FROM (OLD.starts_at, OLD.ends_at, OLD.room_id, OLD.status) THEN
        NEW.sequence := OLD.sequence + 1;
        NEW.updated_at := greatest(NEW.updated_at, clock_timestamp());
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER sequence BEFORE UPDATE OF starts_at, ends_at, room_id, status, sequence
ON symposium_sessions_session FOR EACH ROW EXECUTE FUNCTION symposium_session_sequence();
"""


class Migration(migrations.Migration):
    dependencies = [("symposium_sessions", "0005_search_without_accents")]

    operations = [
        migrations.AddField(
            model_name="session",
            name="sequence",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.RunSQL(
            SEQUENCE,
            "DROP TRIGGER sequence ON symposium_sessions_session;"
            "DROP FUNCTION symposium_session_sequence",
        ),
    ]
