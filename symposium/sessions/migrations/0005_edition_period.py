from django.db import migrations

from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_sessions", "0004_room_access"),
        ("symposium_editions", "0005_computed_periods"),
    ]

    operations = sql_files("sessions", "edition_period")
