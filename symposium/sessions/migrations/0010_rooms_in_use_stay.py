from django.db import migrations, models


class Migration(migrations.Migration):
    """A room or a track is not deleted while a session is in it."""

    dependencies = [("symposium_sessions", "0009_change_sequence")]

    operations = [
        migrations.AlterField(
            model_name="session",
            name="room",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.deletion.RESTRICT,
                related_name="sessions",
                to="symposium_sessions.room",
                verbose_name="room",
            ),
        ),
        migrations.AlterField(
            model_name="session",
            name="track",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.deletion.RESTRICT,
                related_name="sessions",
                to="symposium_sessions.track",
                verbose_name="track",
            ),
        ),
    ]
