from django.db import migrations

from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_sessions", "0013_own_roles"),
    ]

    operations = sql_files("sessions", "own_roles")
