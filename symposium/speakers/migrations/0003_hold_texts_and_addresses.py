from django.db import migrations, models

TABLE = "symposium_speakers_speaker"


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_editions", "0003_hold_texts_and_addresses"),
        ("symposium_speakers", "0002_keep_slugs"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="speaker",
            name="speakers_named",
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("label_fr__gt", ""), ("label_fr__isnull", False)),
                    models.Q(("label_en__gt", ""), ("label_en__isnull", False)),
                    models.Q(("label_ar__gt", ""), ("label_ar__isnull", False)),
                    _connector="OR",
                ),
                name="links_labelled",
                violation_error_message="Write the words in at least one language.",
            ),
        ),
        migrations.AddConstraint(
            model_name="speaker",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("family_name_fr__gt", ""), ("family_name_fr__isnull", False)),
                    models.Q(("family_name_en__gt", ""), ("family_name_en__isnull", False)),
                    models.Q(("family_name_ar__gt", ""), ("family_name_ar__isnull", False)),
                    _connector="OR",
                ),
                name="speakers_named",
                violation_error_message="Write the family name in at least one script.",
            ),
        ),
        migrations.RunSQL(
            f"DROP TRIGGER keep_slug ON {TABLE};"
            f"CREATE TRIGGER keep_slug AFTER INSERT OR UPDATE OF slug, edition_id ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION symposium_keep_slug()",
            migrations.RunSQL.noop,
        ),
    ]
