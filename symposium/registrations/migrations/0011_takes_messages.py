from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("symposium_registrations", "0010_category_help")]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="takes_messages",
            field=models.BooleanField(
                default=True, db_default=True, editable=False, verbose_name="organisers’ messages"
            ),
        ),
    ]
