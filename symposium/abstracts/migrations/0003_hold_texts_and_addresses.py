import django.db.models.deletion
from django.db import migrations, models

# The columns that make an address: keywords belong to no edition.
ADDRESSES = {
    "symposium_abstracts_keyword": "slug",
    "symposium_abstracts_abstract": "slug, edition_id",
}


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_abstracts", "0002_keep_slugs"),
        ("symposium_editions", "0003_hold_texts_and_addresses"),
        ("symposium_sessions", "0004_hold_texts_and_addresses"),
        ("symposium_speakers", "0003_hold_texts_and_addresses"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="abstract",
            name="abstracts_titled",
        ),
        migrations.RemoveConstraint(
            model_name="abstract",
            name="abstracts_published_with_text_and_date",
        ),
        migrations.RemoveConstraint(
            model_name="author",
            name="authors_speaker_or_name",
        ),
        migrations.RemoveConstraint(
            model_name="keyword",
            name="keywords_named",
        ),
        migrations.AlterField(
            model_name="author",
            name="speaker",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="authorships",
                to="symposium_speakers.speaker",
                verbose_name="speaker",
            ),
        ),
        migrations.AddConstraint(
            model_name="abstract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title_fr__gt", ""), ("title_fr__isnull", False)),
                    models.Q(("title_en__gt", ""), ("title_en__isnull", False)),
                    models.Q(("title_ar__gt", ""), ("title_ar__isnull", False)),
                    _connector="OR",
                ),
                name="abstracts_titled",
                violation_error_message="Write the title in at least one language.",
            ),
        ),
        migrations.AddConstraint(
            model_name="abstract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "draft"),
                    models.Q(
                        ("published_at__isnull", False),
                        models.Q(
                            models.Q(
                                ("language", "fr"), ("text_fr__gt", ""), ("text_fr__isnull", False)
                            ),
                            models.Q(
                                ("language", "en"), ("text_en__gt", ""), ("text_en__isnull", False)
                            ),
                            models.Q(
                                ("language", "ar"), ("text_ar__gt", ""), ("text_ar__isnull", False)
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="abstracts_published_with_text_and_date",
                violation_error_message="To be published, an abstract needs a date and its text in the language of the record.",
            ),
        ),
        migrations.AddConstraint(
            model_name="author",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("speaker__isnull", False),
                    models.Q(("family_name_fr__gt", ""), ("family_name_fr__isnull", False)),
                    models.Q(("family_name_en__gt", ""), ("family_name_en__isnull", False)),
                    models.Q(("family_name_ar__gt", ""), ("family_name_ar__isnull", False)),
                    _connector="OR",
                ),
                name="authors_speaker_or_name",
                violation_error_message="Choose a speaker or write a name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="keyword",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name_fr__gt", ""), ("name_fr__isnull", False)),
                    models.Q(("name_en__gt", ""), ("name_en__isnull", False)),
                    models.Q(("name_ar__gt", ""), ("name_ar__isnull", False)),
                    _connector="OR",
                ),
                name="keywords_named",
                violation_error_message="Write the name in at least one language.",
            ),
        ),
        *(
            migrations.RunSQL(
                f"DROP TRIGGER keep_slug ON {table};"
                f"CREATE TRIGGER keep_slug AFTER INSERT OR UPDATE OF {columns} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION symposium_keep_slug()",
                migrations.RunSQL.noop,
            )
            for table, columns in ADDRESSES.items()
        ),
        # An abstract and its session belong to one edition.
        migrations.RunSQL(
            "ALTER TABLE symposium_abstracts_abstract ADD CONSTRAINT abstract_session_same_edition "
            "FOREIGN KEY (session_id, edition_id) "
            "REFERENCES symposium_sessions_session (id, edition_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE symposium_abstracts_abstract DROP CONSTRAINT abstract_session_same_edition",
        ),
    ]
