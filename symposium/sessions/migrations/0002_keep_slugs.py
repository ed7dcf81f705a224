from django.db import migrations

TABLES = ["symposium_sessions_track", "symposium_sessions_room", "symposium_sessions_session"]


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_editions", "0002_keep_slugs"),
        ("symposium_sessions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER keep_slug BEFORE INSERT OR UPDATE OF slug ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION symposium_keep_slug()",
            f"DROP TRIGGER keep_slug ON {table}",
        )
        for table in TABLES
    ]
