from django.db import migrations

from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_sessions", "0009_draft_and_releases"),
    ]

    operations = sql_files("sessions", "draft")
