import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import symposium.core.i18n.names
import symposium.core.images
import symposium.speakers.models
import symposium.speakers.orcid


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("symposium_accounts", "__first__"),
        ("symposium_editions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalSpeaker",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        blank=True,
                        help_text="If blank, it’s made from the title. Old addresses still redirect here.",
                        max_length=80,
                        verbose_name="address",
                    ),
                ),
                (
                    "given_name",
                    models.CharField(blank=True, max_length=100, verbose_name="given name"),
                ),
                (
                    "given_name_fr",
                    models.CharField(
                        blank=True, max_length=100, null=True, verbose_name="given name"
                    ),
                ),
                (
                    "given_name_en",
                    models.CharField(
                        blank=True, max_length=100, null=True, verbose_name="given name"
                    ),
                ),
                (
                    "given_name_ar",
                    models.CharField(
                        blank=True, max_length=100, null=True, verbose_name="given name"
                    ),
                ),
                ("family_name", models.CharField(max_length=100, verbose_name="family name")),
                (
                    "family_name_fr",
                    models.CharField(max_length=100, null=True, verbose_name="family name"),
                ),
                (
                    "family_name_en",
                    models.CharField(max_length=100, null=True, verbose_name="family name"),
                ),
                (
                    "family_name_ar",
                    models.CharField(max_length=100, null=True, verbose_name="family name"),
                ),
                ("position", models.CharField(blank=True, max_length=200, verbose_name="position")),
                (
                    "position_fr",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="position"
                    ),
                ),
                (
                    "position_en",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="position"
                    ),
                ),
                (
                    "position_ar",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="position"
                    ),
                ),
                (
                    "affiliation",
                    models.CharField(blank=True, max_length=200, verbose_name="affiliation"),
                ),
                (
                    "affiliation_fr",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="affiliation"
                    ),
                ),
                (
                    "affiliation_en",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="affiliation"
                    ),
                ),
                (
                    "affiliation_ar",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="affiliation"
                    ),
                ),
                (
                    "biography",
                    models.TextField(blank=True, max_length=5000, verbose_name="biography"),
                ),
                (
                    "biography_fr",
                    models.TextField(
                        blank=True, max_length=5000, null=True, verbose_name="biography"
                    ),
                ),
                (
                    "biography_en",
                    models.TextField(
                        blank=True, max_length=5000, null=True, verbose_name="biography"
                    ),
                ),
                (
                    "biography_ar",
                    models.TextField(
                        blank=True, max_length=5000, null=True, verbose_name="biography"
                    ),
                ),
                (
                    "photo",
                    models.TextField(
                        blank=True,
                        help_text="JPEG, PNG or WebP, portrait format, up to 8 MB. We remove hidden data such as location.",
                        max_length=100,
                        validators=[symposium.core.images.validate_picture],
                        verbose_name="photo",
                    ),
                ),
                (
                    "orcid",
                    symposium.speakers.orcid.OrcidField(
                        blank=True,
                        help_text="0000-0000-0000-0000",
                        max_length=19,
                        verbose_name="ORCID iD",
                    ),
                ),
                ("is_published", models.BooleanField(default=True, verbose_name="published")),
                (
                    "is_featured",
                    models.BooleanField(
                        default=False,
                        help_text="Featured on the home page.",
                        verbose_name="on the home page",
                    ),
                ),
                ("guid", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                (
                    "updated_at",
                    models.DateTimeField(blank=True, editable=False, verbose_name="last change"),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical speaker",
                "verbose_name_plural": "historical speakers",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Speaker",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        blank=True,
                        help_text="If blank, it’s made from the title. Old addresses still redirect here.",
                        max_length=80,
                        verbose_name="address",
                    ),
                ),
                (
                    "given_name",
                    models.CharField(blank=True, max_length=100, verbose_name="given name"),
                ),
                (
                    "given_name_fr",
                    models.CharField(
                        blank=True, max_length=100, null=True, verbose_name="given name"
                    ),
                ),
                (
                    "given_name_en",
                    models.CharField(
                        blank=True, max_length=100, null=True, verbose_name="given name"
                    ),
                ),
                (
                    "given_name_ar",
                    models.CharField(
                        blank=True, max_length=100, null=True, verbose_name="given name"
                    ),
                ),
                ("family_name", models.CharField(max_length=100, verbose_name="family name")),
                (
                    "family_name_fr",
                    models.CharField(max_length=100, null=True, verbose_name="family name"),
                ),
                (
                    "family_name_en",
                    models.CharField(max_length=100, null=True, verbose_name="family name"),
                ),
                (
                    "family_name_ar",
                    models.CharField(max_length=100, null=True, verbose_name="family name"),
                ),
                ("position", models.CharField(blank=True, max_length=200, verbose_name="position")),
                (
                    "position_fr",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="position"
                    ),
                ),
                (
                    "position_en",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="position"
                    ),
                ),
                (
                    "position_ar",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="position"
                    ),
                ),
                (
                    "affiliation",
                    models.CharField(blank=True, max_length=200, verbose_name="affiliation"),
                ),
                (
                    "affiliation_fr",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="affiliation"
                    ),
                ),
                (
                    "affiliation_en",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="affiliation"
                    ),
                ),
                (
                    "affiliation_ar",
                    models.CharField(
                        blank=True, max_length=200, null=True, verbose_name="affiliation"
                    ),
                ),
                (
                    "biography",
                    models.TextField(blank=True, max_length=5000, verbose_name="biography"),
                ),
                (
                    "biography_fr",
                    models.TextField(
                        blank=True, max_length=5000, null=True, verbose_name="biography"
                    ),
                ),
                (
                    "biography_en",
                    models.TextField(
                        blank=True, max_length=5000, null=True, verbose_name="biography"
                    ),
                ),
                (
                    "biography_ar",
                    models.TextField(
                        blank=True, max_length=5000, null=True, verbose_name="biography"
                    ),
                ),
                (
                    "photo",
                    symposium.core.images.PictureField(
                        blank=True,
                        help_text="JPEG, PNG or WebP, portrait format, up to 8 MB. We remove hidden data such as location.",
                        upload_to=symposium.speakers.models.photo_name,
                        validators=[symposium.core.images.validate_picture],
                        verbose_name="photo",
                    ),
                ),
                (
                    "orcid",
                    symposium.speakers.orcid.OrcidField(
                        blank=True,
                        help_text="0000-0000-0000-0000",
                        max_length=19,
                        verbose_name="ORCID iD",
                    ),
                ),
                ("is_published", models.BooleanField(default=True, verbose_name="published")),
                (
                    "is_featured",
                    models.BooleanField(
                        default=False,
                        help_text="Featured on the home page.",
                        verbose_name="on the home page",
                    ),
                ),
                ("guid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last change")),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="speakers",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
            ],
            options={
                "verbose_name": "speaker",
                "verbose_name_plural": "speakers",
                "ordering": ["family_name_fr", "given_name_fr", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "slug"),
                        name="speakers_slug_once_per_edition",
                        violation_error_message="This address is already used by another speaker in this edition.",
                    ),
                    models.UniqueConstraint(fields=("id", "edition"), name="speakers_id_edition"),
                    models.UniqueConstraint(
                        condition=models.Q(("orcid__gt", "")),
                        fields=("edition", "orcid"),
                        name="speakers_orcid_once_per_edition",
                        violation_error_message="This ORCID iD is already used by another speaker in this edition.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("family_name_fr__gt", ""), ("family_name_fr__isnull", False)),
                            models.Q(("family_name_en__gt", ""), ("family_name_en__isnull", False)),
                            models.Q(("family_name_ar__gt", ""), ("family_name_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="speakers_named",
                        violation_error_message="Enter a family name in at least one script.",
                    ),
                ],
            },
            bases=(symposium.core.i18n.names.PersonName, models.Model),
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=80, verbose_name="link text")),
                ("label_fr", models.CharField(max_length=80, null=True, verbose_name="link text")),
                ("label_en", models.CharField(max_length=80, null=True, verbose_name="link text")),
                ("label_ar", models.CharField(max_length=80, null=True, verbose_name="link text")),
                ("url", models.URLField(verbose_name="address")),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        db_index=True, default=0, verbose_name="order"
                    ),
                ),
                (
                    "speaker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="symposium_speakers.speaker",
                    ),
                ),
            ],
            options={
                "verbose_name": "link",
                "verbose_name_plural": "links",
                "ordering": ["order", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("label_fr__gt", ""), ("label_fr__isnull", False)),
                            models.Q(("label_en__gt", ""), ("label_en__isnull", False)),
                            models.Q(("label_ar__gt", ""), ("label_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="links_labelled",
                        violation_error_message="Enter the link text in at least one language.",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="speaker",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_slug",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE edition bigint := (to_jsonb(NEW) ->> 'edition_id')::bigint;",
                    func="\n    IF NEW.slug !~ '^[-a-zA-Z0-9_]+$' THEN\n        RAISE EXCEPTION '\"%\" cannot be an address', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_slug_written';\n    END IF;\n    IF TG_OP = 'UPDATE' AND edition IS DISTINCT FROM (to_jsonb(OLD) ->> 'edition_id')::bigint THEN\n        RAISE EXCEPTION '\"%\" stays in its edition', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_edition_stays';\n    END IF;\n    IF EXISTS (\n        SELECT FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug AND former.target <> NEW.id\n    ) THEN\n        RAISE EXCEPTION 'the address \"%\" once led to something else', NEW.slug\n            USING ERRCODE = 'unique_violation', CONSTRAINT = 'editions_former_slug_once';\n    END IF;\n    IF TG_OP = 'UPDATE' AND NEW.slug <> OLD.slug THEN\n        DELETE FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug;\n        INSERT INTO symposium_editions_formerslug (\"table\", edition_id, slug, target)\n        VALUES (TG_TABLE_NAME, edition, OLD.slug, NEW.id);\n    END IF;\n    RETURN NEW;\n",
                    hash="b96c4220f8eac0d29c59839cdd7016405b70acf1",
                    operation='INSERT OR UPDATE OF "slug", "edition_id"',
                    pgid="pgtrigger_keep_slug_2624c",
                    table="symposium_speakers_speaker",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="speaker",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (OLD.edition_id, NEW.edition_id);\nRETURN NULL;",
                    hash="879f99b6cde36b3fff284ce0da66f3ad2e9e7e06",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_2065f",
                    table="symposium_speakers_speaker",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="link",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (SELECT edition_id FROM symposium_speakers_speaker WHERE id IN (OLD.speaker_id, NEW.speaker_id));\nRETURN NULL;",
                    hash="2cddcd0d014d6f58edb2ae698010c6ee2dba5952",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_2d48d",
                    table="symposium_speakers_link",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
