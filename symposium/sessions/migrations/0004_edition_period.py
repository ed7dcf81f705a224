from django.db import migrations

from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_sessions", "0003_resource_length"),
        ("symposium_editions", "0004_computed_periods"),
    ]

    operations = sql_files("sessions", "edition_period")
