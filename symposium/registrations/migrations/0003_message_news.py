import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_editions", "0002_news"),
        ("symposium_registrations", "0002_database_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="news",
            field=models.OneToOneField(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="message",
                to="symposium_editions.news",
                verbose_name="news item",
            ),
        ),
    ]
