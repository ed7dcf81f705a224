from django.db import migrations

from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_sessions", "0007_talk_rules"),
        ("symposium_abstracts", "0002_database_rules"),
    ]

    operations = sql_files("abstracts", "talks")
