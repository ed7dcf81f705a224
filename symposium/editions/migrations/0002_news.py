import datetime

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("symposium_editions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalNews",
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
                ("title", models.CharField(max_length=150, verbose_name="title")),
                ("title_fr", models.CharField(max_length=150, null=True, verbose_name="title")),
                ("title_en", models.CharField(max_length=150, null=True, verbose_name="title")),
                ("title_ar", models.CharField(max_length=150, null=True, verbose_name="title")),
                (
                    "body",
                    models.TextField(
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=5000,
                        verbose_name="text",
                    ),
                ),
                (
                    "body_fr",
                    models.TextField(
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=5000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "body_en",
                    models.TextField(
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=5000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "body_ar",
                    models.TextField(
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=5000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "is_pinned",
                    models.BooleanField(
                        default=False,
                        help_text="Shown first on the home page.",
                        verbose_name="pinned",
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        db_index=True,
                        help_text="If blank, it’s a draft that only organisers can see.",
                        null=True,
                        verbose_name="published from",
                    ),
                ),
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
                "verbose_name": "historical news item",
                "verbose_name_plural": "historical news",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="News",
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
                ("title", models.CharField(max_length=150, verbose_name="title")),
                ("title_fr", models.CharField(max_length=150, null=True, verbose_name="title")),
                ("title_en", models.CharField(max_length=150, null=True, verbose_name="title")),
                ("title_ar", models.CharField(max_length=150, null=True, verbose_name="title")),
                (
                    "body",
                    models.TextField(
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=5000,
                        verbose_name="text",
                    ),
                ),
                (
                    "body_fr",
                    models.TextField(
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=5000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "body_en",
                    models.TextField(
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=5000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "body_ar",
                    models.TextField(
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=5000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "is_pinned",
                    models.BooleanField(
                        default=False,
                        help_text="Shown first on the home page.",
                        verbose_name="pinned",
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True,
                        db_index=True,
                        help_text="If blank, it’s a draft that only organisers can see.",
                        null=True,
                        verbose_name="published from",
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last change")),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="news",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
            ],
            options={
                "verbose_name": "news item",
                "verbose_name_plural": "news",
                "ordering": ["-published_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "slug"),
                        name="news_slug_once_per_edition",
                        violation_error_message="This address is already used by another news item in this edition.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("title_fr__gt", ""), ("title_fr__isnull", False)),
                                models.Q(("body_fr__gt", ""), ("body_fr__isnull", False)),
                            ),
                            models.Q(
                                models.Q(("title_en__gt", ""), ("title_en__isnull", False)),
                                models.Q(("body_en__gt", ""), ("body_en__isnull", False)),
                            ),
                            models.Q(
                                models.Q(("title_ar__gt", ""), ("title_ar__isnull", False)),
                                models.Q(("body_ar__gt", ""), ("body_ar__isnull", False)),
                            ),
                            _connector="OR",
                        ),
                        name="news_written",
                        violation_error_message="Enter a title and a text in at least one language.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "published_at__lt",
                                datetime.datetime(3000, 1, 1, 0, 0, tzinfo=datetime.UTC),
                            )
                        ),
                        name="news_year_written",
                        violation_error_message="Check the year of publication.",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="news",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_slug",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE edition bigint := (to_jsonb(NEW) ->> 'edition_id')::bigint;",
                    func="\n    IF NEW.slug !~ '^[-a-zA-Z0-9_]+$' THEN\n        RAISE EXCEPTION '\"%\" cannot be an address', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_slug_written';\n    END IF;\n    IF TG_OP = 'UPDATE' AND edition IS DISTINCT FROM (to_jsonb(OLD) ->> 'edition_id')::bigint THEN\n        RAISE EXCEPTION '\"%\" stays in its edition', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_edition_stays';\n    END IF;\n    IF EXISTS (\n        SELECT FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug AND former.target <> NEW.id\n    ) THEN\n        RAISE EXCEPTION 'the address \"%\" once led to something else', NEW.slug\n            USING ERRCODE = 'unique_violation', CONSTRAINT = 'editions_former_slug_once';\n    END IF;\n    IF TG_OP = 'UPDATE' AND NEW.slug <> OLD.slug THEN\n        DELETE FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug;\n        INSERT INTO symposium_editions_formerslug (\"table\", edition_id, slug, target)\n        VALUES (TG_TABLE_NAME, edition, OLD.slug, NEW.id);\n    END IF;\n    RETURN NEW;\n",
                    hash="51ad52a10b21e9fe465be04315358a6623e25c34",
                    operation='INSERT OR UPDATE OF "slug", "edition_id"',
                    pgid="pgtrigger_keep_slug_9145b",
                    table="symposium_editions_news",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="news",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (OLD.edition_id, NEW.edition_id);\nRETURN NULL;",
                    hash="33900db6e6a9ce85fa98afa0d1ec37e656236480",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_81f5d",
                    table="symposium_editions_news",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
