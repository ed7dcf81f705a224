from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("symposium_accounts", "0003_encrypt_second_factors")]

    operations = [
        migrations.CreateModel(
            name="Guess",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "code entered",
                "verbose_name_plural": "codes entered",
                "indexes": [models.Index(fields=["key", "at"], name="accounts_guess_key_at")],
            },
        ),
    ]
