import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_editions", "0007_identity"),
        ("symposium_registrations", "0004_message_news_same_edition"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("confirmed", "Registration confirmed, with the ticket"),
                            ("pending", "Request received"),
                            ("waiting", "Waiting list"),
                            ("reminder", "Reminder before the first day"),
                            ("certificate_ready", "Certificate of attendance"),
                        ],
                        max_length=20,
                        verbose_name="email",
                    ),
                ),
                ("subject", models.CharField(max_length=150, verbose_name="subject")),
                ("subject_fr", models.CharField(max_length=150, null=True, verbose_name="subject")),
                ("subject_en", models.CharField(max_length=150, null=True, verbose_name="subject")),
                ("subject_ar", models.CharField(max_length=150, null=True, verbose_name="subject")),
                ("body", models.TextField(max_length=5000, verbose_name="text")),
                ("body_fr", models.TextField(max_length=5000, null=True, verbose_name="text")),
                ("body_en", models.TextField(max_length=5000, null=True, verbose_name="text")),
                ("body_ar", models.TextField(max_length=5000, null=True, verbose_name="text")),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mail_texts",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
            ],
            options={
                "verbose_name": "email text",
                "verbose_name_plural": "email texts",
                "ordering": ["kind"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "kind"),
                        name="mail_texts_once",
                        violation_error_message="This email already has a text in this edition.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("subject_fr__gt", ""), ("subject_fr__isnull", False)),
                                models.Q(("body_fr__gt", ""), ("body_fr__isnull", False)),
                            ),
                            models.Q(
                                models.Q(("subject_en__gt", ""), ("subject_en__isnull", False)),
                                models.Q(("body_en__gt", ""), ("body_en__isnull", False)),
                            ),
                            models.Q(
                                models.Q(("subject_ar__gt", ""), ("subject_ar__isnull", False)),
                                models.Q(("body_ar__gt", ""), ("body_ar__isnull", False)),
                            ),
                            _connector="OR",
                        ),
                        name="mail_texts_written",
                        violation_error_message="Enter the subject and the message in at least one language.",
                    ),
                ],
            },
        ),
    ]
