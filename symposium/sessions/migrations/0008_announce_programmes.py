from django.db import migrations


class Migration(migrations.Migration):
    """The programmes that are public already: what changes from now on is told."""

    dependencies = [("symposium_sessions", "0007_changes")]
    operations = [
        migrations.RunSQL(
            "SELECT symposium_announce(id) FROM symposium_editions_edition",
            migrations.RunSQL.noop,
        )
    ]
