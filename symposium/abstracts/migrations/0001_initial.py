import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import symposium.abstracts.identifiers
import symposium.core.fulltext.query
import symposium.core.i18n.names
import symposium.speakers.orcid


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("symposium_accounts", "__first__"),
        ("symposium_editions", "0001_initial"),
        ("symposium_sessions", "0001_initial"),
        ("symposium_speakers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OaiRecord",
            fields=[
                ("guid", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("public_from", models.DateTimeField(null=True)),
                ("was_public", models.BooleanField()),
                ("changed_at", models.DateTimeField()),
                ("digest", models.CharField(max_length=32)),
                (
                    "sets",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                (
                    "sets_ever",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
            ],
            options={
                "verbose_name": "harvested record",
                "verbose_name_plural": "harvested records",
                "ordering": ["changed_at", "guid"],
            },
        ),
        migrations.CreateModel(
            name="UsageCount",
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
                        choices=[("view", "Views"), ("download", "Downloads")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("count", models.PositiveIntegerField(default=0, verbose_name="number")),
            ],
            options={
                "verbose_name": "views",
                "verbose_name_plural": "views",
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)),
                        name="versions_number_from_one",
                        violation_error_message="Versions are numbered from 1.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number", 1),
                            models.Q(("note_fr__gt", ""), ("note_fr__isnull", False)),
                            models.Q(("note_en__gt", ""), ("note_en__isnull", False)),
                            models.Q(("note_ar__gt", ""), ("note_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="versions_say_what_changed",
                        violation_error_message="Describe what changed in at least one language.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Abstract",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("symposium", "Abstract of the symposium"),
                            ("keynote", "Keynote"),
                            ("paper", "Paper"),
                            ("panel", "Panel"),
                            ("workshop", "Workshop"),
                            ("poster", "Poster"),
                        ],
                        default="paper",
                        max_length=9,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("title_fr", models.CharField(max_length=300, null=True, verbose_name="title")),
                ("title_en", models.CharField(max_length=300, null=True, verbose_name="title")),
                ("title_ar", models.CharField(max_length=300, null=True, verbose_name="title")),
                (
                    "text",
                    models.TextField(
                        blank=True,
                        help_text="One paragraph per line.",
                        max_length=20000,
                        verbose_name="text",
                    ),
                ),
                (
                    "text_fr",
                    models.TextField(
                        blank=True,
                        help_text="One paragraph per line.",
                        max_length=20000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "text_en",
                    models.TextField(
                        blank=True,
                        help_text="One paragraph per line.",
                        max_length=20000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "text_ar",
                    models.TextField(
                        blank=True,
                        help_text="One paragraph per line.",
                        max_length=20000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "Français"), ("en", "English"), ("ar", "العربية")],
                        default="fr",
                        help_text="Other languages are shown as translations.",
                        max_length=2,
                        verbose_name="original language",
                    ),
                ),
                (
                    "licence",
                    models.CharField(
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
                        help_text="How readers may reuse the text. If you leave this blank, copyright law applies.",
                        max_length=20,
                        verbose_name="licence",
                    ),
                ),
                (
                    "doi",
                    symposium.abstracts.identifiers.DoiField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Enter a DOI only if it’s already registered.",
                        max_length=200,
                        verbose_name="DOI",
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="published on"),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="withdrawn on"),
                ),
                (
                    "withdrawal_reason",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Shown publicly instead of the text.",
                        max_length=1000,
                        verbose_name="reason for withdrawal",
                    ),
                ),
                (
                    "withdrawal_reason_fr",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Shown publicly instead of the text.",
                        max_length=1000,
                        null=True,
                        verbose_name="reason for withdrawal",
                    ),
                ),
                (
                    "withdrawal_reason_en",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Shown publicly instead of the text.",
                        max_length=1000,
                        null=True,
                        verbose_name="reason for withdrawal",
                    ),
                ),
                (
                    "withdrawal_reason_ar",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Shown publicly instead of the text.",
                        max_length=1000,
                        null=True,
                        verbose_name="reason for withdrawal",
                    ),
                ),
                ("guid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last change")),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="abstracts",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="abstracts",
                        to="symposium_sessions.session",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "abstract",
                "verbose_name_plural": "abstracts",
                "ordering": ["edition", "session__starts_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "slug"),
                        name="abstracts_slug_once_per_edition",
                        violation_error_message="This address is already used by another abstract in this edition.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "symposium")),
                        fields=("edition",),
                        name="abstracts_one_main_per_edition",
                        violation_error_message="This edition already has an abstract.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "symposium"), _negated=True),
                            ("session__isnull", True),
                            _connector="OR",
                        ),
                        name="abstracts_main_has_no_session",
                        violation_error_message="The symposium’s own abstract can’t belong to a session.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title_fr__gt", ""), ("title_fr__isnull", False)),
                            models.Q(("title_en__gt", ""), ("title_en__isnull", False)),
                            models.Q(("title_ar__gt", ""), ("title_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="abstracts_titled",
                        violation_error_message="Enter a title in at least one language.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "draft"),
                            models.Q(
                                ("published_at__isnull", False),
                                models.Q(
                                    models.Q(
                                        ("language", "fr"),
                                        ("text_fr__gt", ""),
                                        ("text_fr__isnull", False),
                                    ),
                                    models.Q(
                                        ("language", "en"),
                                        ("text_en__gt", ""),
                                        ("text_en__isnull", False),
                                    ),
                                    models.Q(
                                        ("language", "ar"),
                                        ("text_ar__gt", ""),
                                        ("text_ar__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="abstracts_published_with_text_and_date",
                        violation_error_message="Before you publish, add a date and the text in the original language.",
                    ),
                    models.CheckConstraint(
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
                        violation_error_message="Before you withdraw, give a reason and a date after publication.",
                    ),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            ("doi", ""),
                            models.Q(
                                ("doi__regex", "^10\\.[0-9]{4,9}/[!-\\[\\]-z|~]+$"),
                                models.Q(("doi__regex", "[A-Z]"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="abstracts_doi_form",
                        violation_error_message="Enter the DOI like this: 10.1234/abcd, with no spaces.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("doi", ""), _negated=True),
                        fields=("doi",),
                        name="abstracts_doi_once",
                        violation_error_message="This DOI is already used by another abstract.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Author",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                (
                    "family_name",
                    models.CharField(blank=True, max_length=100, verbose_name="family name"),
                ),
                (
                    "family_name_fr",
                    models.CharField(
                        blank=True, max_length=100, null=True, verbose_name="family name"
                    ),
                ),
                (
                    "family_name_en",
                    models.CharField(
                        blank=True, max_length=100, null=True, verbose_name="family name"
                    ),
                ),
                (
                    "family_name_ar",
                    models.CharField(
                        blank=True, max_length=100, null=True, verbose_name="family name"
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
                    "ror",
                    symposium.abstracts.identifiers.RorField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Find it at ror.org. If the author is an organisation, enter its own ID.",
                        max_length=40,
                        verbose_name="ROR id of the affiliation",
                    ),
                ),
                (
                    "orcid",
                    symposium.speakers.orcid.OrcidField(
                        blank=True, max_length=19, verbose_name="ORCID iD"
                    ),
                ),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        db_index=True, default=0, verbose_name="order"
                    ),
                ),
                (
                    "abstract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="authors",
                        to="symposium_abstracts.abstract",
                    ),
                ),
                (
                    "speaker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="authorships",
                        to="symposium_speakers.speaker",
                        verbose_name="speaker",
                    ),
                ),
            ],
            options={
                "verbose_name": "author",
                "verbose_name_plural": "authors",
                "ordering": ["order", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("speaker__isnull", False),
                            models.Q(("family_name_fr__gt", ""), ("family_name_fr__isnull", False)),
                            models.Q(("family_name_en__gt", ""), ("family_name_en__isnull", False)),
                            models.Q(("family_name_ar__gt", ""), ("family_name_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="authors_speaker_or_name",
                        violation_error_message="Choose a speaker or enter a name.",
                    ),
                    models.UniqueConstraint(
                        fields=("abstract", "speaker"),
                        name="authors_once_per_abstract",
                        violation_error_message="This author has already been added.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ror", ""),
                            ("ror__regex", "^0[0-9a-hjkmnp-tv-z]{6}[0-9]{2}$"),
                            _connector="OR",
                        ),
                        name="authors_ror_form",
                        violation_error_message="This is not a ROR id.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("orcid", ""),
                            ("orcid__regex", "^([0-9]{4}-){3}[0-9]{3}[0-9X]$"),
                            _connector="OR",
                        ),
                        name="authors_orcid_form",
                        violation_error_message="Enter the ORCID iD like this: 0000-0000-0000-0000.",
                    ),
                ],
            },
            bases=(symposium.core.i18n.names.PersonName, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalAbstract",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("symposium", "Abstract of the symposium"),
                            ("keynote", "Keynote"),
                            ("paper", "Paper"),
                            ("panel", "Panel"),
                            ("workshop", "Workshop"),
                            ("poster", "Poster"),
                        ],
                        default="paper",
                        max_length=9,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("title_fr", models.CharField(max_length=300, null=True, verbose_name="title")),
                ("title_en", models.CharField(max_length=300, null=True, verbose_name="title")),
                ("title_ar", models.CharField(max_length=300, null=True, verbose_name="title")),
                (
                    "text",
                    models.TextField(
                        blank=True,
                        help_text="One paragraph per line.",
                        max_length=20000,
                        verbose_name="text",
                    ),
                ),
                (
                    "text_fr",
                    models.TextField(
                        blank=True,
                        help_text="One paragraph per line.",
                        max_length=20000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "text_en",
                    models.TextField(
                        blank=True,
                        help_text="One paragraph per line.",
                        max_length=20000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "text_ar",
                    models.TextField(
                        blank=True,
                        help_text="One paragraph per line.",
                        max_length=20000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "Français"), ("en", "English"), ("ar", "العربية")],
                        default="fr",
                        help_text="Other languages are shown as translations.",
                        max_length=2,
                        verbose_name="original language",
                    ),
                ),
                (
                    "licence",
                    models.CharField(
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
                        help_text="How readers may reuse the text. If you leave this blank, copyright law applies.",
                        max_length=20,
                        verbose_name="licence",
                    ),
                ),
                (
                    "doi",
                    symposium.abstracts.identifiers.DoiField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Enter a DOI only if it’s already registered.",
                        max_length=200,
                        verbose_name="DOI",
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="published on"),
                ),
                (
                    "withdrawn_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="withdrawn on"),
                ),
                (
                    "withdrawal_reason",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Shown publicly instead of the text.",
                        max_length=1000,
                        verbose_name="reason for withdrawal",
                    ),
                ),
                (
                    "withdrawal_reason_fr",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Shown publicly instead of the text.",
                        max_length=1000,
                        null=True,
                        verbose_name="reason for withdrawal",
                    ),
                ),
                (
                    "withdrawal_reason_en",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Shown publicly instead of the text.",
                        max_length=1000,
                        null=True,
                        verbose_name="reason for withdrawal",
                    ),
                ),
                (
                    "withdrawal_reason_ar",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Shown publicly instead of the text.",
                        max_length=1000,
                        null=True,
                        verbose_name="reason for withdrawal",
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
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="symposium_sessions.session",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical abstract",
                "verbose_name_plural": "historical abstracts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Keyword",
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
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("name_fr", models.CharField(max_length=80, null=True, verbose_name="name")),
                ("name_en", models.CharField(max_length=80, null=True, verbose_name="name")),
                ("name_ar", models.CharField(max_length=80, null=True, verbose_name="name")),
                (
                    "definition",
                    models.TextField(blank=True, max_length=1000, verbose_name="definition"),
                ),
                (
                    "definition_fr",
                    models.TextField(
                        blank=True, max_length=1000, null=True, verbose_name="definition"
                    ),
                ),
                (
                    "definition_en",
                    models.TextField(
                        blank=True, max_length=1000, null=True, verbose_name="definition"
                    ),
                ),
                (
                    "definition_ar",
                    models.TextField(
                        blank=True, max_length=1000, null=True, verbose_name="definition"
                    ),
                ),
            ],
            options={
                "verbose_name": "keyword",
                "verbose_name_plural": "keywords",
                "ordering": ["name_fr", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("slug",),
                        name="keywords_slug_once",
                        violation_error_message="This address is already used by another keyword.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name_fr__gt", ""), ("name_fr__isnull", False)),
                            models.Q(("name_en__gt", ""), ("name_en__isnull", False)),
                            models.Q(("name_ar__gt", ""), ("name_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="keywords_named",
                        violation_error_message="Enter a name in at least one language.",
                    ),
                    models.UniqueConstraint(
                        symposium.core.fulltext.query.NormalizedName("name_fr"),
                        condition=models.Q(("name_fr__gt", "")),
                        name="keywords_name_fr_once",
                        violation_error_message="This name is already used by another keyword.",
                    ),
                    models.UniqueConstraint(
                        symposium.core.fulltext.query.NormalizedName("name_en"),
                        condition=models.Q(("name_en__gt", "")),
                        name="keywords_name_en_once",
                        violation_error_message="This name is already used by another keyword.",
                    ),
                    models.UniqueConstraint(
                        symposium.core.fulltext.query.NormalizedName("name_ar"),
                        condition=models.Q(("name_ar__gt", "")),
                        name="keywords_name_ar_once",
                        violation_error_message="This name is already used by another keyword.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AbstractKeyword",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        db_index=True, default=0, verbose_name="order"
                    ),
                ),
                (
                    "abstract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ordered_keywords",
                        to="symposium_abstracts.abstract",
                    ),
                ),
                (
                    "keyword",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="uses",
                        to="symposium_abstracts.keyword",
                        verbose_name="keyword",
                    ),
                ),
            ],
            options={
                "verbose_name": "keyword of an abstract",
                "verbose_name_plural": "keywords",
                "ordering": ["order", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("abstract", "keyword"),
                        name="abstract_keywords_once",
                        violation_error_message="This keyword has already been added.",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="abstract",
            name="keywords",
            field=models.ManyToManyField(
                related_name="abstracts",
                through="symposium_abstracts.AbstractKeyword",
                to="symposium_abstracts.keyword",
                verbose_name="keywords",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="keyword",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_slug",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE edition bigint := (to_jsonb(NEW) ->> 'edition_id')::bigint;",
                    func="\n    IF NEW.slug !~ '^[-a-zA-Z0-9_]+$' THEN\n        RAISE EXCEPTION '\"%\" cannot be an address', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_slug_written';\n    END IF;\n    IF TG_OP = 'UPDATE' AND edition IS DISTINCT FROM (to_jsonb(OLD) ->> 'edition_id')::bigint THEN\n        RAISE EXCEPTION '\"%\" stays in its edition', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_edition_stays';\n    END IF;\n    IF EXISTS (\n        SELECT FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug AND former.target <> NEW.id\n    ) THEN\n        RAISE EXCEPTION 'the address \"%\" once led to something else', NEW.slug\n            USING ERRCODE = 'unique_violation', CONSTRAINT = 'editions_former_slug_once';\n    END IF;\n    IF TG_OP = 'UPDATE' AND NEW.slug <> OLD.slug THEN\n        DELETE FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug;\n        INSERT INTO symposium_editions_formerslug (\"table\", edition_id, slug, target)\n        VALUES (TG_TABLE_NAME, edition, OLD.slug, NEW.id);\n    END IF;\n    RETURN NEW;\n",
                    hash="ba80a3662d124cdcbda630c9f5297a0bea978def",
                    operation='INSERT OR UPDATE OF "slug"',
                    pgid="pgtrigger_keep_slug_1c948",
                    table="symposium_abstracts_keyword",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="keyword",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision('');\nRETURN NULL;",
                    hash="120877e4f8aa5ca609c280bbcee125bf02b5a432",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_43332",
                    table="symposium_abstracts_keyword",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="usagecount",
            name="abstract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="usage_counts",
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
        pgtrigger.migrations.AddTrigger(
            model_name="author",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (SELECT edition_id FROM symposium_abstracts_abstract WHERE id IN (OLD.abstract_id, NEW.abstract_id));\nRETURN NULL;",
                    hash="827afaab61ddaffd7139eecf95ed7f1be050b462",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_6d735",
                    table="symposium_abstracts_author",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="abstractkeyword",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (SELECT edition_id FROM symposium_abstracts_abstract WHERE id IN (OLD.abstract_id, NEW.abstract_id));\nRETURN NULL;",
                    hash="79431b1b99e797b6012dd437377f0a5dd7f494e9",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_0ee21",
                    table="symposium_abstracts_abstractkeyword",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="abstract",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_slug",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE edition bigint := (to_jsonb(NEW) ->> 'edition_id')::bigint;",
                    func="\n    IF NEW.slug !~ '^[-a-zA-Z0-9_]+$' THEN\n        RAISE EXCEPTION '\"%\" cannot be an address', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_slug_written';\n    END IF;\n    IF TG_OP = 'UPDATE' AND edition IS DISTINCT FROM (to_jsonb(OLD) ->> 'edition_id')::bigint THEN\n        RAISE EXCEPTION '\"%\" stays in its edition', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_edition_stays';\n    END IF;\n    IF EXISTS (\n        SELECT FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug AND former.target <> NEW.id\n    ) THEN\n        RAISE EXCEPTION 'the address \"%\" once led to something else', NEW.slug\n            USING ERRCODE = 'unique_violation', CONSTRAINT = 'editions_former_slug_once';\n    END IF;\n    IF TG_OP = 'UPDATE' AND NEW.slug <> OLD.slug THEN\n        DELETE FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug;\n        INSERT INTO symposium_editions_formerslug (\"table\", edition_id, slug, target)\n        VALUES (TG_TABLE_NAME, edition, OLD.slug, NEW.id);\n    END IF;\n    RETURN NEW;\n",
                    hash="d7785a6f0dff966318720f3446587bf65dea5385",
                    operation='INSERT OR UPDATE OF "slug", "edition_id"',
                    pgid="pgtrigger_keep_slug_e1827",
                    table="symposium_abstracts_abstract",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="abstract",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (OLD.edition_id, NEW.edition_id);\nRETURN NULL;",
                    hash="656af489b7f2e650847f86414f8f00bfe82d5c9d",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_009d1",
                    table="symposium_abstracts_abstract",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="usagecount",
            constraint=models.UniqueConstraint(
                fields=("abstract", "day", "kind"),
                name="usage_counts_once_per_day",
                violation_error_message="This day is already counted.",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(
                fields=("abstract", "number"),
                name="versions_number_once",
                violation_error_message="This version already exists.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="version",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_versions",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF EXISTS (\n        SELECT FROM symposium_abstracts_version\n        WHERE abstract_id = OLD.abstract_id AND number > OLD.number\n    ) THEN\n        RAISE EXCEPTION 'version % is kept as it was published', OLD.number\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'versions_stay_as_published';\n    END IF;\n    RETURN NEW;\n    ",
                    hash="664a58d70d51fd0a5be0be9320d009f30b955eb6",
                    operation="UPDATE",
                    pgid="pgtrigger_keep_versions_4f3eb",
                    table="symposium_abstracts_version",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="version",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (SELECT edition_id FROM symposium_abstracts_abstract WHERE id IN (OLD.abstract_id, NEW.abstract_id));\nRETURN NULL;",
                    hash="477dba6d75f792157bf6365c8ce038ab8cbe3f53",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_4e6a0",
                    table="symposium_abstracts_version",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
