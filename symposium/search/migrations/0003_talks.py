from django.db import migrations

from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_sessions", "0007_talk_rules"),
        ("symposium_search", "0002_news"),
    ]

    operations = sql_files("search", "talks")
