from django.db import migrations

from symposium.core.database_rules import sql_files


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_core", "0001_initial"),
        ("symposium_registrations", "0008_form_revision"),
    ]

    operations = sql_files("registrations", "form_revision")
