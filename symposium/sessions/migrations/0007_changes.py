import django.db.models.deletion
from django.db import migrations, models

# What the public sees is told apart here from what it does not: the row of a draft has no status,
# no time and no room, and nothing is kept of an edition while it is hidden. The first session that
# is public announces the programme.
CHANGES = """
ALTER TABLE symposium_sessions_change
ADD CONSTRAINT changes_session FOREIGN KEY (session_id)
REFERENCES symposium_sessions_session ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
ADD CONSTRAINT changes_edition FOREIGN KEY (edition_id)
REFERENCES symposium_editions_edition ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE symposium_sessions_announcement
ADD CONSTRAINT announcements_edition FOREIGN KEY (edition_id)
REFERENCES symposium_editions_edition ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION symposium_record_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_shown boolean := EXISTS (
        SELECT FROM symposium_editions_edition edition
        WHERE edition.id = NEW.edition_id AND edition.is_published
    );
    was boolean := is_shown AND TG_OP = 'UPDATE' AND OLD.status <> 'draft';
    is_now boolean := is_shown AND NEW.status <> 'draft';
BEGIN
    IF NOT was AND NOT is_now THEN
        RETURN NULL;
    END IF;
    IF was AND is_now AND (NEW.starts_at, NEW.ends_at, NEW.room_id, NEW.status)
       IS NOT DISTINCT FROM (OLD.starts_at, OLD.ends_at, OLD.room_id, OLD.status) THEN
        RETURN NULL;
    END IF;
    INSERT INTO symposium_sessions_change (
        edition_id, session_id, at, old_status, old_starts_at, old_ends_at, old_room_id,
        new_status, new_starts_at, new_ends_at, new_room_id
    ) VALUES (
        NEW.edition_id, NEW.id, clock_timestamp(),
        CASE WHEN was THEN OLD.status ELSE '' END, CASE WHEN was THEN OLD.starts_at END,
        CASE WHEN was THEN OLD.ends_at END, CASE WHEN was THEN OLD.room_id END,
        CASE WHEN is_now THEN NEW.status ELSE '' END, CASE WHEN is_now THEN NEW.starts_at END,
        CASE WHEN is_now THEN NEW.ends_at END, CASE WHEN is_now THEN NEW.room_id END
    );
    IF is_now THEN
        PERFORM symposium_announce(NEW.edition_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION symposium_announce(number bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO symposium_sessions_announcement (edition_id, at)
    SELECT edition.id, clock_timestamp() FROM symposium_editions_edition edition
    WHERE edition.id = number AND edition.is_published AND EXISTS (
        SELECT FROM symposium_sessions_session session
        WHERE session.edition_id = number AND session.status <> 'draft'
    ) AND NOT EXISTS (
        SELECT FROM symposium_sessions_announcement known WHERE known.edition_id = number
    )
    ON CONFLICT DO NOTHING;
END
$$;

CREATE FUNCTION symposium_announce_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM symposium_announce(NEW.id);
    RETURN NULL;
END
$$;

CREATE TRIGGER changes AFTER INSERT OR UPDATE OF starts_at, ends_at, room_id, status
ON symposium_sessions_session FOR EACH ROW EXECUTE FUNCTION symposium_record_change();
CREATE TRIGGER announcement AFTER UPDATE OF is_published ON symposium_editions_edition
FOR EACH ROW WHEN (NEW.is_published AND NOT OLD.is_published)
EXECUTE FUNCTION symposium_announce_edition();
"""
NO_CHANGES = """
DROP TRIGGER announcement ON symposium_editions_edition;
DROP TRIGGER changes ON symposium_sessions_session;
DROP FUNCTION symposium_announce_edition;
DROP FUNCTION symposium_record_change;
DROP FUNCTION symposium_announce;
ALTER TABLE symposium_sessions_announcement DROP CONSTRAINT announcements_edition;
ALTER TABLE symposium_sessions_change DROP CONSTRAINT changes_session,
DROP CONSTRAINT changes_edition;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_editions", "0004_offer_hours"),
        ("symposium_sessions", "0006_sequence"),
    ]
    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(editable=False, verbose_name="when")),
                (
                    "edition",
                    models.OneToOneField(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="announcement",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
            ],
            options={
                "verbose_name": "announcement of the programme",
                "verbose_name_plural": "announcements of the programme",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(editable=False, verbose_name="when")),
                ("old_status", models.CharField(editable=False, max_length=9)),
                ("old_starts_at", models.DateTimeField(editable=False, null=True)),
                ("old_ends_at", models.DateTimeField(editable=False, null=True)),
                ("new_status", models.CharField(editable=False, max_length=9)),
                ("new_starts_at", models.DateTimeField(editable=False, null=True)),
                ("new_ends_at", models.DateTimeField(editable=False, null=True)),
                (
                    "edition",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="symposium_sessions.session",
                        verbose_name="session",
                    ),
                ),
                (
                    "old_room",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="symposium_sessions.room",
                    ),
                ),
                (
                    "new_room",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="symposium_sessions.room",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of the programme",
                "verbose_name_plural": "changes of the programme",
                "ordering": ["-at", "-id"],
                "default_permissions": (),
                "indexes": [models.Index(fields=["edition", "at"], name="changes_by_time")],
            },
        ),
        migrations.RunSQL(CHANGES, NO_CHANGES),
    ]
