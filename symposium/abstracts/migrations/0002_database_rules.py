from django.db import migrations

from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_abstracts", "0001_initial"),
        ("symposium_sessions", "0002_database_rules"),
    ]

    operations = sql_files("abstracts", "same_edition", "usage", "harvest")
