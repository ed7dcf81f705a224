from django.db import migrations

from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_sessions", "0006_talks"),
    ]

    operations = sql_files("sessions", "talks")
