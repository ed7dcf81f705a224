import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import symposium.sessions.uploads


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("symposium_accounts", "__first__"),
        ("symposium_editions", "0001_initial"),
        ("symposium_speakers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(editable=False, verbose_name="when")),
                (
                    "edition",
                    models.OneToOneField(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="announcement",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
            ],
            options={
                "verbose_name": "programme announcement",
                "verbose_name_plural": "programme announcements",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("speaker", "Speaker"),
                            ("moderator", "Moderator"),
                            ("chair", "Chair"),
                            ("panellist", "Panellist"),
                        ],
                        default="speaker",
                        max_length=9,
                        verbose_name="role",
                    ),
                ),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        db_index=True, default=0, verbose_name="order"
                    ),
                ),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        editable=False, null=True
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="symposium_editions.edition",
                    ),
                ),
                (
                    "speaker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participations",
                        to="symposium_speakers.speaker",
                        verbose_name="speaker",
                    ),
                ),
            ],
            options={
                "verbose_name": "participation",
                "verbose_name_plural": "participations",
                "ordering": ["order", "id"],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        expressions=[("speaker", "="), ("period", "&&")],
                        name="participations_one_place_at_a_time",
                        violation_error_message="This speaker is in another session at this time.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Room",
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
                    "description",
                    models.CharField(
                        blank=True,
                        help_text="Shown under the room’s name in the programme: what it’s for, or where it is.",
                        max_length=120,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_fr",
                    models.CharField(
                        blank=True,
                        help_text="Shown under the room’s name in the programme: what it’s for, or where it is.",
                        max_length=120,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_en",
                    models.CharField(
                        blank=True,
                        help_text="Shown under the room’s name in the programme: what it’s for, or where it is.",
                        max_length=120,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_ar",
                    models.CharField(
                        blank=True,
                        help_text="Shown under the room’s name in the programme: what it’s for, or where it is.",
                        max_length=120,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "capacity",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="seats"),
                ),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        db_index=True, default=0, verbose_name="order"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rooms",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
            ],
            options={
                "verbose_name": "room",
                "verbose_name_plural": "rooms",
                "ordering": ["order", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "slug"),
                        name="rooms_slug_once_per_edition",
                        violation_error_message="This address is already used by another room in this edition.",
                    ),
                    models.UniqueConstraint(fields=("id", "edition"), name="rooms_id_edition"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name_fr__gt", ""), ("name_fr__isnull", False)),
                            models.Q(("name_en__gt", ""), ("name_en__isnull", False)),
                            models.Q(("name_ar__gt", ""), ("name_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="rooms_named",
                        violation_error_message="Enter a name in at least one language.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
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
                            ("opening", "Opening"),
                            ("plenary", "Plenary"),
                            ("keynote", "Keynote"),
                            ("panel", "Panel"),
                            ("workshop", "Workshop"),
                            ("talk", "Talk"),
                            ("poster_session", "Poster session"),
                            ("break", "Break"),
                            ("closing", "Closing"),
                        ],
                        default="talk",
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("title_fr", models.CharField(max_length=200, null=True, verbose_name="title")),
                ("title_en", models.CharField(max_length=200, null=True, verbose_name="title")),
                ("title_ar", models.CharField(max_length=200, null=True, verbose_name="title")),
                (
                    "description",
                    models.TextField(
                        blank=True,
                        help_text="What happens in the session. Abstracts are added separately.",
                        max_length=5000,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_fr",
                    models.TextField(
                        blank=True,
                        help_text="What happens in the session. Abstracts are added separately.",
                        max_length=5000,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_en",
                    models.TextField(
                        blank=True,
                        help_text="What happens in the session. Abstracts are added separately.",
                        max_length=5000,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_ar",
                    models.TextField(
                        blank=True,
                        help_text="What happens in the session. Abstracts are added separately.",
                        max_length=5000,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="start")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="end")),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("fr", "Français"), ("en", "English"), ("ar", "العربية")],
                            max_length=2,
                        ),
                        blank=True,
                        default=list,
                        help_text="The languages spoken.",
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                (
                    "places",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="If blank, the number of places is unlimited.",
                        null=True,
                        verbose_name="places",
                    ),
                ),
                (
                    "stream_url",
                    models.URLField(
                        blank=True,
                        help_text="Only people with access can see this. It never appears on the public page.",
                        verbose_name="online stream",
                    ),
                ),
                ("guid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("sequence", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last change")),
                (
                    "period",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                models.Q(("ends_at__gt", models.F("starts_at"))),
                                then=models.Func(
                                    models.F("starts_at"),
                                    models.F("ends_at"),
                                    function="tstzrange",
                                    output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                ),
                            ),
                            default=None,
                        ),
                        output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                    ),
                ),
                (
                    "allowed_period",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        editable=False, null=True
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="sessions",
                        to="symposium_sessions.room",
                        verbose_name="room",
                    ),
                ),
                (
                    "speakers",
                    models.ManyToManyField(
                        related_name="sessions",
                        through="symposium_sessions.Participation",
                        to="symposium_speakers.speaker",
                        verbose_name="speakers",
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "ordering": ["starts_at", "room__order", "id"],
                "permissions": [("watch_stream", "Can watch live streams")],
                "indexes": [models.Index(fields=["edition", "starts_at"], name="sessions_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "slug"),
                        name="sessions_slug_once_per_edition",
                        violation_error_message="This address is already used by another session in this edition.",
                    ),
                    models.UniqueConstraint(fields=("id", "edition"), name="sessions_id_edition"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title_fr__gt", ""), ("title_fr__isnull", False)),
                            models.Q(("title_en__gt", ""), ("title_en__isnull", False)),
                            models.Q(("title_ar__gt", ""), ("title_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="sessions_titled",
                        violation_error_message="Enter a title in at least one language.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends_at__isnull", True), ("starts_at__isnull", True)),
                            models.Q(("ends_at__isnull", False), ("starts_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="sessions_start_with_end",
                        violation_error_message="Enter both a start and an end, or neither.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="sessions_end_after_start",
                        violation_error_message="The end must be after the start.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period__contained_by", models.F("allowed_period"))),
                        name="sessions_inside_edition",
                        violation_error_message="The session must take place during the edition.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(
                            models.Q(("status", "cancelled"), _negated=True),
                            models.Q(("kind__in", ["poster_session", "break"]), _negated=True),
                        ),
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        expressions=[("room", "="), ("period", "&&")],
                        name="sessions_one_at_a_time_in_a_room",
                        violation_error_message="This room is already in use at this time.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Resource",
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
                            ("slides", "Slides"),
                            ("paper", "Paper"),
                            ("recording", "Recording"),
                            ("link", "Link"),
                        ],
                        default="slides",
                        max_length=9,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                (
                    "title_fr",
                    models.CharField(blank=True, max_length=200, null=True, verbose_name="title"),
                ),
                (
                    "title_en",
                    models.CharField(blank=True, max_length=200, null=True, verbose_name="title"),
                ),
                (
                    "title_ar",
                    models.CharField(blank=True, max_length=200, null=True, verbose_name="title"),
                ),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        help_text="PDF, ODP, PPTX, ODT, DOCX or ZIP, up to 50 MB.",
                        upload_to="resources",
                        validators=[
                            django.core.validators.FileExtensionValidator(
                                ["pdf", "odp", "pptx", "odt", "docx", "zip"]
                            ),
                            symposium.sessions.uploads.validate_document,
                        ],
                        verbose_name="file",
                    ),
                ),
                ("url", models.URLField(blank=True, verbose_name="address")),
                ("is_published", models.BooleanField(default=True, verbose_name="published")),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        db_index=True, default=0, verbose_name="order"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="resources",
                        to="symposium_sessions.session",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "resource",
                "verbose_name_plural": "resources",
                "ordering": ["order", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("file", ""), ("url__gt", "")),
                            models.Q(("file__gt", ""), ("url", "")),
                            _connector="OR",
                        ),
                        name="resources_file_or_address",
                        violation_error_message="Choose a file or enter a link, not both.",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="participation",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="participations",
                to="symposium_sessions.session",
                verbose_name="session",
            ),
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(editable=False, verbose_name="when")),
                ("sequence", models.PositiveIntegerField(db_default=0, editable=False)),
                ("old_status", models.CharField(editable=False, max_length=9)),
                ("old_starts_at", models.DateTimeField(editable=False, null=True)),
                ("old_ends_at", models.DateTimeField(editable=False, null=True)),
                ("new_status", models.CharField(editable=False, max_length=9)),
                ("new_starts_at", models.DateTimeField(editable=False, null=True)),
                ("new_ends_at", models.DateTimeField(editable=False, null=True)),
                (
                    "edition",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
                (
                    "new_room",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="symposium_sessions.room",
                    ),
                ),
                (
                    "old_room",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="symposium_sessions.room",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="symposium_sessions.session",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "programme change",
                "verbose_name_plural": "programme changes",
                "ordering": ["-at", "-id"],
                "default_permissions": (),
                "indexes": [models.Index(fields=["edition", "at"], name="changes_by_time")],
            },
        ),
        migrations.CreateModel(
            name="Track",
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
                    "mark",
                    models.CharField(
                        choices=[
                            ("square", "blue square"),
                            ("arch", "green arch"),
                            ("diamond", "amber diamond"),
                            ("disc", "terracotta disc"),
                        ],
                        default="square",
                        max_length=8,
                        verbose_name="mark",
                    ),
                ),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        db_index=True, default=0, verbose_name="order"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tracks",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
            ],
            options={
                "verbose_name": "track",
                "verbose_name_plural": "tracks",
                "ordering": ["order", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "slug"),
                        name="tracks_slug_once_per_edition",
                        violation_error_message="This address is already used by another track in this edition.",
                    ),
                    models.UniqueConstraint(fields=("id", "edition"), name="tracks_id_edition"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name_fr__gt", ""), ("name_fr__isnull", False)),
                            models.Q(("name_en__gt", ""), ("name_en__isnull", False)),
                            models.Q(("name_ar__gt", ""), ("name_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="tracks_named",
                        violation_error_message="Enter a name in at least one language.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="session",
            name="track",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="sessions",
                to="symposium_sessions.track",
                verbose_name="track",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalSession",
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
                            ("opening", "Opening"),
                            ("plenary", "Plenary"),
                            ("keynote", "Keynote"),
                            ("panel", "Panel"),
                            ("workshop", "Workshop"),
                            ("talk", "Talk"),
                            ("poster_session", "Poster session"),
                            ("break", "Break"),
                            ("closing", "Closing"),
                        ],
                        default="talk",
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("title_fr", models.CharField(max_length=200, null=True, verbose_name="title")),
                ("title_en", models.CharField(max_length=200, null=True, verbose_name="title")),
                ("title_ar", models.CharField(max_length=200, null=True, verbose_name="title")),
                (
                    "description",
                    models.TextField(
                        blank=True,
                        help_text="What happens in the session. Abstracts are added separately.",
                        max_length=5000,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_fr",
                    models.TextField(
                        blank=True,
                        help_text="What happens in the session. Abstracts are added separately.",
                        max_length=5000,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_en",
                    models.TextField(
                        blank=True,
                        help_text="What happens in the session. Abstracts are added separately.",
                        max_length=5000,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_ar",
                    models.TextField(
                        blank=True,
                        help_text="What happens in the session. Abstracts are added separately.",
                        max_length=5000,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="start")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="end")),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("fr", "Français"), ("en", "English"), ("ar", "العربية")],
                            max_length=2,
                        ),
                        blank=True,
                        default=list,
                        help_text="The languages spoken.",
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                (
                    "places",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="If blank, the number of places is unlimited.",
                        null=True,
                        verbose_name="places",
                    ),
                ),
                (
                    "stream_url",
                    models.URLField(
                        blank=True,
                        help_text="Only people with access can see this. It never appears on the public page.",
                        verbose_name="online stream",
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
                    "room",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="symposium_sessions.room",
                        verbose_name="room",
                    ),
                ),
                (
                    "track",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="symposium_sessions.track",
                        verbose_name="track",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical session",
                "verbose_name_plural": "historical sessions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="announcement",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (OLD.edition_id, NEW.edition_id);\nRETURN NULL;",
                    hash="8087ff8457507faa82d1e1a4ee33cff0a7e84ae6",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_c1852",
                    table="symposium_sessions_announcement",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="room",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_slug",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE edition bigint := (to_jsonb(NEW) ->> 'edition_id')::bigint;",
                    func="\n    IF NEW.slug !~ '^[-a-zA-Z0-9_]+$' THEN\n        RAISE EXCEPTION '\"%\" cannot be an address', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_slug_written';\n    END IF;\n    IF TG_OP = 'UPDATE' AND edition IS DISTINCT FROM (to_jsonb(OLD) ->> 'edition_id')::bigint THEN\n        RAISE EXCEPTION '\"%\" stays in its edition', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_edition_stays';\n    END IF;\n    IF EXISTS (\n        SELECT FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug AND former.target <> NEW.id\n    ) THEN\n        RAISE EXCEPTION 'the address \"%\" once led to something else', NEW.slug\n            USING ERRCODE = 'unique_violation', CONSTRAINT = 'editions_former_slug_once';\n    END IF;\n    IF TG_OP = 'UPDATE' AND NEW.slug <> OLD.slug THEN\n        DELETE FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug;\n        INSERT INTO symposium_editions_formerslug (\"table\", edition_id, slug, target)\n        VALUES (TG_TABLE_NAME, edition, OLD.slug, NEW.id);\n    END IF;\n    RETURN NEW;\n",
                    hash="3924654aa65881c877e3cc7fa09da7bcb3602e8f",
                    operation='INSERT OR UPDATE OF "slug", "edition_id"',
                    pgid="pgtrigger_keep_slug_ad4f5",
                    table="symposium_sessions_room",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="room",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (OLD.edition_id, NEW.edition_id);\nRETURN NULL;",
                    hash="c698fd84d31974856130396a2b9cef48a33551d5",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_d70f7",
                    table="symposium_sessions_room",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resource",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (SELECT edition_id FROM symposium_sessions_session WHERE id IN (OLD.session_id, NEW.session_id));\nRETURN NULL;",
                    hash="6404ee1be046f67ae0cabdf68ed68e73a91a22b4",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_d9b2d",
                    table="symposium_sessions_resource",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(
                fields=("session", "speaker"),
                name="participations_once_per_session",
                violation_error_message="This speaker has already been added to this session.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="participation",
            trigger=pgtrigger.compiler.Trigger(
                name="period",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    SELECT session.edition_id,\n           CASE WHEN session.status <> 'cancelled' THEN\n               CASE WHEN session.ends_at > session.starts_at\n                    THEN tstzrange(session.starts_at, session.ends_at) END\n           END\n    INTO NEW.edition_id, NEW.period\n    FROM symposium_sessions_session session WHERE session.id = NEW.session_id FOR SHARE;\n    RETURN NEW;\n    ",
                    hash="e5d8a7d3fecd19c893931a003ef540f533397f29",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_period_30a2f",
                    table="symposium_sessions_participation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="participation",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (OLD.edition_id, NEW.edition_id);\nRETURN NULL;",
                    hash="aea9889192c24fc4a24e01c170b224b496f460a2",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_43310",
                    table="symposium_sessions_participation",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="change",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (OLD.edition_id, NEW.edition_id);\nRETURN NULL;",
                    hash="b61be9d27b70d82483780ad89111b12e705ab960",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_700ff",
                    table="symposium_sessions_change",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="track",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_slug",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE edition bigint := (to_jsonb(NEW) ->> 'edition_id')::bigint;",
                    func="\n    IF NEW.slug !~ '^[-a-zA-Z0-9_]+$' THEN\n        RAISE EXCEPTION '\"%\" cannot be an address', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_slug_written';\n    END IF;\n    IF TG_OP = 'UPDATE' AND edition IS DISTINCT FROM (to_jsonb(OLD) ->> 'edition_id')::bigint THEN\n        RAISE EXCEPTION '\"%\" stays in its edition', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_edition_stays';\n    END IF;\n    IF EXISTS (\n        SELECT FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug AND former.target <> NEW.id\n    ) THEN\n        RAISE EXCEPTION 'the address \"%\" once led to something else', NEW.slug\n            USING ERRCODE = 'unique_violation', CONSTRAINT = 'editions_former_slug_once';\n    END IF;\n    IF TG_OP = 'UPDATE' AND NEW.slug <> OLD.slug THEN\n        DELETE FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug;\n        INSERT INTO symposium_editions_formerslug (\"table\", edition_id, slug, target)\n        VALUES (TG_TABLE_NAME, edition, OLD.slug, NEW.id);\n    END IF;\n    RETURN NEW;\n",
                    hash="1c4e4bc6ed5cbee560d68a5bb1f7660edfa96c3a",
                    operation='INSERT OR UPDATE OF "slug", "edition_id"',
                    pgid="pgtrigger_keep_slug_ecf16",
                    table="symposium_sessions_track",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="track",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (OLD.edition_id, NEW.edition_id);\nRETURN NULL;",
                    hash="7114025cb51a789e13851380fc79044293c2fa09",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_d3396",
                    table="symposium_sessions_track",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="allowed_period",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    SELECT edition.period INTO NEW.allowed_period FROM symposium_editions_edition edition\n    WHERE edition.id = NEW.edition_id FOR SHARE;\n    RETURN NEW;\n    ",
                    hash="aef95d22b9d3291acc9b2b6eb69971e0f05f0d9b",
                    operation='INSERT OR UPDATE OF "edition_id", "allowed_period"',
                    pgid="pgtrigger_allowed_period_d2de5",
                    table="symposium_sessions_session",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="sequence",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    NEW.sequence := OLD.sequence;\n    IF (NEW.starts_at, NEW.ends_at, NEW.room_id, NEW.status)\n       IS DISTINCT FROM (OLD.starts_at, OLD.ends_at, OLD.room_id, OLD.status) THEN\n        NEW.sequence := OLD.sequence + 1;\n        NEW.updated_at := greatest(NEW.updated_at, clock_timestamp());\n    END IF;\n    RETURN NEW;\n    ",
                    hash="7ce9b343ab0c2eff3a39d1c02f587473f31ad7ed",
                    operation='UPDATE OF "starts_at", "ends_at", "room_id", "status", "sequence"',
                    pgid="pgtrigger_sequence_d9039",
                    table="symposium_sessions_session",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE is_shown boolean := EXISTS (\n        SELECT FROM symposium_editions_edition edition\n        WHERE edition.id = NEW.edition_id AND edition.is_published\n    ); was boolean := is_shown AND TG_OP = 'UPDATE' AND OLD.status <> 'draft'; is_now boolean := is_shown AND NEW.status <> 'draft';",
                    func="\n    IF NOT was AND NOT is_now THEN\n        RETURN NULL;\n    END IF;\n    IF was AND is_now AND (NEW.starts_at, NEW.ends_at, NEW.room_id, NEW.status)\n       IS NOT DISTINCT FROM (OLD.starts_at, OLD.ends_at, OLD.room_id, OLD.status) THEN\n        RETURN NULL;\n    END IF;\n    INSERT INTO symposium_sessions_change (\n        edition_id, session_id, at, sequence, old_status, old_starts_at, old_ends_at, old_room_id,\n        new_status, new_starts_at, new_ends_at, new_room_id\n    ) VALUES (\n        NEW.edition_id, NEW.id, clock_timestamp(), NEW.sequence,\n        CASE WHEN was THEN OLD.status ELSE '' END, CASE WHEN was THEN OLD.starts_at END,\n        CASE WHEN was THEN OLD.ends_at END, CASE WHEN was THEN OLD.room_id END,\n        CASE WHEN is_now THEN NEW.status ELSE '' END, CASE WHEN is_now THEN NEW.starts_at END,\n        CASE WHEN is_now THEN NEW.ends_at END, CASE WHEN is_now THEN NEW.room_id END\n    );\n    IF is_now THEN\n        PERFORM symposium_announce(NEW.edition_id);\n    END IF;\n    RETURN NULL;\n    ",
                    hash="164cd815cdb2ca5530050c8f42fea049a58cd3ce",
                    operation='INSERT OR UPDATE OF "starts_at", "ends_at", "room_id", "status"',
                    pgid="pgtrigger_changes_0b986",
                    table="symposium_sessions_session",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="period_to_participations",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."ends_at" IS DISTINCT FROM (NEW."ends_at") OR OLD."starts_at" IS DISTINCT FROM (NEW."starts_at") OR OLD."status" IS DISTINCT FROM (NEW."status"))',
                    func="\n    UPDATE symposium_sessions_participation SET session_id = NEW.id WHERE session_id = NEW.id;\n    RETURN NULL;\n    ",
                    hash="3c6e0e11d52afa48af612e276faca88a34873369",
                    operation='UPDATE OF "starts_at", "ends_at", "status"',
                    pgid="pgtrigger_period_to_participations_ebfcd",
                    table="symposium_sessions_session",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_slug",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE edition bigint := (to_jsonb(NEW) ->> 'edition_id')::bigint;",
                    func="\n    IF NEW.slug !~ '^[-a-zA-Z0-9_]+$' THEN\n        RAISE EXCEPTION '\"%\" cannot be an address', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_slug_written';\n    END IF;\n    IF TG_OP = 'UPDATE' AND edition IS DISTINCT FROM (to_jsonb(OLD) ->> 'edition_id')::bigint THEN\n        RAISE EXCEPTION '\"%\" stays in its edition', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_edition_stays';\n    END IF;\n    IF EXISTS (\n        SELECT FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug AND former.target <> NEW.id\n    ) THEN\n        RAISE EXCEPTION 'the address \"%\" once led to something else', NEW.slug\n            USING ERRCODE = 'unique_violation', CONSTRAINT = 'editions_former_slug_once';\n    END IF;\n    IF TG_OP = 'UPDATE' AND NEW.slug <> OLD.slug THEN\n        DELETE FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug;\n        INSERT INTO symposium_editions_formerslug (\"table\", edition_id, slug, target)\n        VALUES (TG_TABLE_NAME, edition, OLD.slug, NEW.id);\n    END IF;\n    RETURN NEW;\n",
                    hash="3455367ee09b676dc725a1b3d5728e62ccf10fe7",
                    operation='INSERT OR UPDATE OF "slug", "edition_id"',
                    pgid="pgtrigger_keep_slug_ecb59",
                    table="symposium_sessions_session",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="session",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (OLD.edition_id, NEW.edition_id);\nRETURN NULL;",
                    hash="2ed43838d0eabb7584aaa5d6bbe69c0516a8b386",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_c95a4",
                    table="symposium_sessions_session",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
