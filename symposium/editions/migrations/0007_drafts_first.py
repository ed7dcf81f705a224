from django.db import migrations, models

HELP = "Until then it is a draft: only organisers see it, in this desk."


class Migration(migrations.Migration):
    """A new edition is a draft until it is published."""

    dependencies = [("symposium_editions", "0006_registration_after_end")]

    operations = [
        migrations.AlterField(
            model_name=model,
            name="is_published",
            field=models.BooleanField(default=False, help_text=HELP, verbose_name="published"),
        )
        for model in ("edition", "historicaledition")
    ]
