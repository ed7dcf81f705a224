import django.db.models.deletion
from django.db import migrations, models

import symposium.abstracts.identifiers

# A version that another one follows is what readers have cited.
KEEP = """
CREATE FUNCTION symposium_keep_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM symposium_abstracts_version
        WHERE abstract_id = OLD.abstract_id AND number > OLD.number
    ) THEN
        RAISE EXCEPTION 'version % is kept as it was published', OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'versions_stay_as_published';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_versions BEFORE UPDATE ON symposium_abstracts_version
FOR EACH ROW EXECUTE FUNCTION symposium_keep_versions()
"""
FORGET = """
DROP TRIGGER keep_versions ON symposium_abstracts_version;
DROP FUNCTION symposium_keep_versions()
"""


class Migration(migrations.Migration):
    dependencies = [("symposium_abstracts", "0003_hold_texts_and_addresses")]

    operations = [
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                (
                    "kind",
                    models.CharField(
                        choices=[("read", "Reads"), ("download", "Downloads")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("count", models.PositiveIntegerField(default=0, verbose_name="number")),
            ],
            options={
                "verbose_name": "readings",
                "verbose_name_plural": "readings",
                "ordering": ["day", "kind"],
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("published_at", models.DateTimeField(verbose_name="published on")),
                (
                    "note",
                    models.TextField(blank=True, max_length=1000, verbose_name="what changed"),
                ),
                (
                    "note_fr",
                    models.TextField(
                        blank=True, max_length=1000, null=True, verbose_name="what changed"
                    ),
                ),
                (
                    "note_en",
                    models.TextField(
                        blank=True, max_length=1000, null=True, verbose_name="what changed"
                    ),
                ),
                (
                    "note_ar",
                    models.TextField(
                        blank=True, max_length=1000, null=True, verbose_name="what changed"
                    ),
                ),
                ("content", models.JSONField(editable=False, verbose_name="content")),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
                "ordering": ["-number"],
            },
        ),
        migrations.AddField(
            model_name="abstract",
            name="doi",
            field=symposium.abstracts.identifiers.DoiField(
                blank=True,
                db_default="",
                default="",
                help_text="Only one that is registered already.",
                max_length=200,
                verbose_name="DOI",
            ),
        ),
        migrations.AddField(
            model_name="abstract",
            name="licence",
            field=models.CharField(
                blank=True,
                choices=[
                    ("CC-BY-4.0", "CC BY 4.0"),
                    ("CC-BY-SA-4.0", "CC BY-SA 4.0"),
                    ("CC-BY-NC-4.0", "CC BY-NC 4.0"),
                    ("CC-BY-NC-SA-4.0", "CC BY-NC-SA 4.0"),
                    ("CC-BY-ND-4.0", "CC BY-ND 4.0"),
                    ("CC-BY-NC-ND-4.0", "CC BY-NC-ND 4.0"),
                    ("CC0-1.0", "CC0 1.0"),
                ],
                db_default="",
                default="",
                help_text="What readers may do with the text; left empty, the law alone says it.",
                max_length=20,
                verbose_name="licence",
            ),
        ),
        migrations.AddField(
            model_name="abstract",
            name="withdrawal_reason",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Read by everybody at the address of the abstract, in place of its text.",
                max_length=1000,
                verbose_name="reason of the withdrawal",
            ),
        ),
        migrations.AddField(
            model_name="abstract",
            name="withdrawal_reason_ar",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Read by everybody at the address of the abstract, in place of its text.",
                max_length=1000,
                null=True,
                verbose_name="reason of the withdrawal",
            ),
        ),
        migrations.AddField(
            model_name="abstract",
            name="withdrawal_reason_en",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Read by everybody at the address of the abstract, in place of its text.",
                max_length=1000,
                null=True,
                verbose_name="reason of the withdrawal",
            ),
        ),
        migrations.AddField(
            model_name="abstract",
            name="withdrawal_reason_fr",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Read by everybody at the address of the abstract, in place of its text.",
                max_length=1000,
                null=True,
                verbose_name="reason of the withdrawal",
            ),
        ),
        migrations.AddField(
            model_name="abstract",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="withdrawn on"),
        ),
        migrations.AddField(
            model_name="author",
            name="ror",
            field=symposium.abstracts.identifiers.RorField(
                blank=True,
                db_default="",
                default="",
                help_text="Found at ror.org; of the body itself where the author is one.",
                max_length=40,
                verbose_name="ROR id of the affiliation",
            ),
        ),
        migrations.AddField(
            model_name="historicalabstract",
            name="doi",
            field=symposium.abstracts.identifiers.DoiField(
                blank=True,
                db_default="",
                default="",
                help_text="Only one that is registered already.",
                max_length=200,
                verbose_name="DOI",
            ),
        ),
        migrations.AddField(
            model_name="historicalabstract",
            name="licence",
            field=models.CharField(
                blank=True,
                choices=[
                    ("CC-BY-4.0", "CC BY 4.0"),
                    ("CC-BY-SA-4.0", "CC BY-SA 4.0"),
                    ("CC-BY-NC-4.0", "CC BY-NC 4.0"),
                    ("CC-BY-NC-SA-4.0", "CC BY-NC-SA 4.0"),
                    ("CC-BY-ND-4.0", "CC BY-ND 4.0"),
                    ("CC-BY-NC-ND-4.0", "CC BY-NC-ND 4.0"),
                    ("CC0-1.0", "CC0 1.0"),
                ],
                db_default="",
                default="",
                help_text="What readers may do with the text; left empty, the law alone says it.",
                max_length=20,
                verbose_name="licence",
            ),
        ),
        migrations.AddField(
            model_name="historicalabstract",
            name="withdrawal_reason",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Read by everybody at the address of the abstract, in place of its text.",
                max_length=1000,
                verbose_name="reason of the withdrawal",
            ),
        ),
        migrations.AddField(
            model_name="historicalabstract",
            name="withdrawal_reason_ar",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Read by everybody at the address of the abstract, in place of its text.",
                max_length=1000,
                null=True,
                verbose_name="reason of the withdrawal",
            ),
        ),
        migrations.AddField(
            model_name="historicalabstract",
            name="withdrawal_reason_en",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Read by everybody at the address of the abstract, in place of its text.",
                max_length=1000,
                null=True,
                verbose_name="reason of the withdrawal",
            ),
        ),
        migrations.AddField(
            model_name="historicalabstract",
            name="withdrawal_reason_fr",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Read by everybody at the address of the abstract, in place of its text.",
                max_length=1000,
                null=True,
                verbose_name="reason of the withdrawal",
            ),
        ),
        migrations.AddField(
            model_name="historicalabstract",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="withdrawn on"),
        ),
        migrations.RunSQL(
            "UPDATE symposium_abstracts_abstract SET withdrawal_reason_fr = 'Retiré par les '"
            "'organisateurs.', withdrawn_at = GREATEST(updated_at, published_at) "
            "WHERE status = 'withdrawn'; "
            # A table whose deferred triggers wait cannot be altered.
            "SET CONSTRAINTS ALL IMMEDIATE",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="abstract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "withdrawn"), _negated=True),
                    models.Q(
                        ("withdrawn_at__gte", models.F("published_at")),
                        ("withdrawn_at__isnull", False),
                        models.Q(
                            models.Q(
                                ("withdrawal_reason_fr__gt", ""),
                                ("withdrawal_reason_fr__isnull", False),
                            ),
                            models.Q(
                                ("withdrawal_reason_en__gt", ""),
                                ("withdrawal_reason_en__isnull", False),
                            ),
                            models.Q(
                                ("withdrawal_reason_ar__gt", ""),
                                ("withdrawal_reason_ar__isnull", False),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="abstracts_withdrawn_with_date_and_reason",
                violation_error_message="To be withdrawn, an abstract needs the reason, and a date after that of its publication.",
            ),
        ),
        migrations.AddConstraint(
            model_name="abstract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "licence__in",
                        [
                            "",
                            "CC-BY-4.0",
                            "CC-BY-SA-4.0",
                            "CC-BY-NC-4.0",
                            "CC-BY-NC-SA-4.0",
                            "CC-BY-ND-4.0",
                            "CC-BY-NC-ND-4.0",
                            "CC0-1.0",
                        ],
                    )
                ),
                name="abstracts_licence_known",
                violation_error_message="Choose one of the licences.",
            ),
        ),
        migrations.AddConstraint(
            model_name="abstract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("doi", ""),
                    models.Q(
                        ("doi__regex", "^10\\.[0-9]{4,9}/[!-\\[\\]-z|~]+$"),
                        models.Q(("doi__regex", "[A-Z]"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="abstracts_doi_form",
                violation_error_message="A DOI is written 10.1234/abcd, without spaces.",
            ),
        ),
        migrations.AddConstraint(
            model_name="abstract",
            constraint=models.UniqueConstraint(
                condition=models.Q(("doi", ""), _negated=True),
                fields=("doi",),
                name="abstracts_doi_once",
                violation_error_message="Another abstract has this DOI.",
            ),
        ),
        migrations.AddConstraint(
            model_name="author",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ror", ""), ("ror__regex", "^0[0-9a-hjkmnp-tv-z]{6}[0-9]{2}$"), _connector="OR"
                ),
                name="authors_ror_form",
                violation_error_message="This is not a ROR id.",
            ),
        ),
        migrations.AddConstraint(
            model_name="author",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("orcid", ""),
                    ("orcid__regex", "^([0-9]{4}-){3}[0-9]{3}[0-9X]$"),
                    _connector="OR",
                ),
                name="authors_orcid_form",
                violation_error_message="An ORCID iD is written 0000-0000-0000-0000.",
            ),
        ),
        migrations.AddField(
            model_name="reading",
            name="abstract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="readings",
                to="symposium_abstracts.abstract",
            ),
        ),
        migrations.AddField(
            model_name="version",
            name="abstract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="symposium_abstracts.abstract",
            ),
        ),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.UniqueConstraint(
                fields=("abstract", "day", "kind"),
                name="readings_once_per_day",
                violation_error_message="This day is already counted.",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(
                fields=("abstract", "number"),
                name="versions_number_once",
                violation_error_message="This version is already there.",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)),
                name="versions_number_from_one",
                violation_error_message="Versions are numbered from 1.",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number", 1),
                    models.Q(("note_fr__gt", ""), ("note_fr__isnull", False)),
                    models.Q(("note_en__gt", ""), ("note_en__isnull", False)),
                    models.Q(("note_ar__gt", ""), ("note_ar__isnull", False)),
                    _connector="OR",
                ),
                name="versions_say_what_changed",
                violation_error_message="Write what changed in at least one language.",
            ),
        ),
        migrations.RunSQL(KEEP, FORGET),
        # Without the draft it waits with, an abstract would be public at once.
        migrations.AlterField(
            model_name="abstract",
            name="session",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="abstracts",
                to="symposium_sessions.session",
                verbose_name="session",
            ),
        ),
    ]
