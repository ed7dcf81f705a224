from django.db import migrations

from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [("symposium_abstracts", "0003_talks")]

    operations = sql_files("abstracts", "postponed")
