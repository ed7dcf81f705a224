import importlib

from django.db import migrations, models

# A reader who was last told of one number of the session is told of the changes with a higher one.
BEFORE = importlib.import_module("symposium.sessions.migrations.0007_changes").CHANGES
FUNCTION = BEFORE[BEFORE.index("CREATE FUNCTION symposium_record_change") :].partition("$$;")[0]
WITHOUT = FUNCTION.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION") + "$$;"
WITH = WITHOUT.replace(
    "edition_id, session_id, at,", "edition_id, session_id, at, sequence,"
).replace("NEW.id, clock_timestamp(),", "NEW.id, clock_timestamp(), NEW.sequence,")


class Migration(migrations.Migration):
    dependencies = [("symposium_sessions", "0008_announce_programmes")]

    operations = [
        migrations.AddField(
            model_name="change",
            name="sequence",
            field=models.PositiveIntegerField(db_default=0, editable=False),
        ),
        migrations.RunSQL(WITH, WITHOUT),
    ]
