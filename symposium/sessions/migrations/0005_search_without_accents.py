from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("symposium_sessions", "0004_hold_texts_and_addresses")]

    operations = [UnaccentExtension()]
