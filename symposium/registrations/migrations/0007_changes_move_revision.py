from django.db import migrations

TABLES = ["symposium_sessions_change", "symposium_sessions_announcement"]


class Migration(migrations.Migration):
    """What has changed in a programme is on its pages too."""

    dependencies = [
        ("symposium_registrations", "0006_my_programme"),
        ("symposium_sessions", "0008_announce_programmes"),
    ]
    operations = [
        migrations.RunSQL(
            "CREATE CONSTRAINT TRIGGER revision AFTER INSERT OR UPDATE OR DELETE "
            f"ON {table} DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION symposium_move_revision()",
            f"DROP TRIGGER revision ON {table}",
        )
        for table in TABLES
    ]
