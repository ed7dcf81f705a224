from django.db import migrations

from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_editions", "0002_news"),
        ("symposium_search", "0001_database_rules"),
    ]

    operations = sql_files("search", "news")
