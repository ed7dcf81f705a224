from django.db import migrations

from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_editions", "0003_news_id_edition"),
        ("symposium_registrations", "0003_message_news"),
    ]

    operations = sql_files("registrations", "message_news")
