from django.db import migrations

from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_sessions", "0001_initial"),
        ("symposium_editions", "0001_initial"),
        ("symposium_speakers", "0001_initial"),
    ]

    operations = sql_files("sessions", "same_edition", "announcements")
