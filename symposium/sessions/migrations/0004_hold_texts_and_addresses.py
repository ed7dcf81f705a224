from django.db import migrations, models

TABLES = ["symposium_sessions_track", "symposium_sessions_room", "symposium_sessions_session"]


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_editions", "0003_hold_texts_and_addresses"),
        ("symposium_sessions", "0003_same_edition_and_periods"),
        ("symposium_speakers", "0003_hold_texts_and_addresses"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="room",
            name="rooms_named",
        ),
        migrations.RemoveConstraint(
            model_name="session",
            name="sessions_titled",
        ),
        migrations.RemoveConstraint(
            model_name="track",
            name="tracks_named",
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name_fr__gt", ""), ("name_fr__isnull", False)),
                    models.Q(("name_en__gt", ""), ("name_en__isnull", False)),
                    models.Q(("name_ar__gt", ""), ("name_ar__isnull", False)),
                    _connector="OR",
                ),
                name="rooms_named",
                violation_error_message="Write the name in at least one language.",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title_fr__gt", ""), ("title_fr__isnull", False)),
                    models.Q(("title_en__gt", ""), ("title_en__isnull", False)),
                    models.Q(("title_ar__gt", ""), ("title_ar__isnull", False)),
                    _connector="OR",
                ),
                name="sessions_titled",
                violation_error_message="Write the title in at least one language.",
            ),
        ),
        migrations.AddConstraint(
            model_name="track",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name_fr__gt", ""), ("name_fr__isnull", False)),
                    models.Q(("name_en__gt", ""), ("name_en__isnull", False)),
                    models.Q(("name_ar__gt", ""), ("name_ar__isnull", False)),
                    _connector="OR",
                ),
                name="tracks_named",
                violation_error_message="Write the name in at least one language.",
            ),
        ),
        *(
            migrations.RunSQL(
                f"DROP TRIGGER keep_slug ON {table};"
                f"CREATE TRIGGER keep_slug AFTER INSERT OR UPDATE OF slug, edition_id ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION symposium_keep_slug()",
                migrations.RunSQL.noop,
            )
            for table in TABLES
        ),
    ]
