import datetime

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import symposium.core.images
import symposium.editions.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("symposium_accounts", "__first__"),
        ("symposium_core", "0002_database_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerSlug",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table", models.CharField(max_length=63)),
                ("slug", models.SlugField(max_length=80)),
                ("target", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "former address",
                "verbose_name_plural": "former addresses",
            },
        ),
        migrations.CreateModel(
            name="HistoricalEdition",
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
                        help_text="Used in every web address, for example “2021”. You can’t change it later.",
                        max_length=40,
                        verbose_name="address",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("name_fr", models.CharField(max_length=150, null=True, verbose_name="name")),
                ("name_en", models.CharField(max_length=150, null=True, verbose_name="name")),
                ("name_ar", models.CharField(max_length=150, null=True, verbose_name="name")),
                ("short_name", models.CharField(max_length=80, verbose_name="short name")),
                (
                    "short_name_fr",
                    models.CharField(max_length=80, null=True, verbose_name="short name"),
                ),
                (
                    "short_name_en",
                    models.CharField(max_length=80, null=True, verbose_name="short name"),
                ),
                (
                    "short_name_ar",
                    models.CharField(max_length=80, null=True, verbose_name="short name"),
                ),
                (
                    "kicker",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="line above the name"
                    ),
                ),
                (
                    "kicker_fr",
                    models.CharField(
                        blank=True, max_length=120, null=True, verbose_name="line above the name"
                    ),
                ),
                (
                    "kicker_en",
                    models.CharField(
                        blank=True, max_length=120, null=True, verbose_name="line above the name"
                    ),
                ),
                (
                    "kicker_ar",
                    models.CharField(
                        blank=True, max_length=120, null=True, verbose_name="line above the name"
                    ),
                ),
                ("theme", models.CharField(blank=True, max_length=300, verbose_name="theme")),
                (
                    "theme_fr",
                    models.CharField(blank=True, max_length=300, null=True, verbose_name="theme"),
                ),
                (
                    "theme_en",
                    models.CharField(blank=True, max_length=300, null=True, verbose_name="theme"),
                ),
                (
                    "theme_ar",
                    models.CharField(blank=True, max_length=300, null=True, verbose_name="theme"),
                ),
                (
                    "description",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences, for search engines and shared links.",
                        max_length=400,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_fr",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences, for search engines and shared links.",
                        max_length=400,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_en",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences, for search engines and shared links.",
                        max_length=400,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_ar",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences, for search engines and shared links.",
                        max_length=400,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                (
                    "time_zone",
                    models.CharField(
                        default="Africa/Casablanca",
                        max_length=50,
                        validators=[symposium.editions.models.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                ("city", models.CharField(max_length=100, verbose_name="city")),
                ("city_fr", models.CharField(max_length=100, null=True, verbose_name="city")),
                ("city_en", models.CharField(max_length=100, null=True, verbose_name="city")),
                ("city_ar", models.CharField(max_length=100, null=True, verbose_name="city")),
                ("country", models.CharField(blank=True, max_length=100, verbose_name="country")),
                (
                    "country_fr",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="country"),
                ),
                (
                    "country_en",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="country"),
                ),
                (
                    "country_ar",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="country"),
                ),
                ("venue", models.CharField(blank=True, max_length=200, verbose_name="venue")),
                (
                    "venue_fr",
                    models.CharField(blank=True, max_length=200, null=True, verbose_name="venue"),
                ),
                (
                    "venue_en",
                    models.CharField(blank=True, max_length=200, null=True, verbose_name="venue"),
                ),
                (
                    "venue_ar",
                    models.CharField(blank=True, max_length=200, null=True, verbose_name="venue"),
                ),
                (
                    "address",
                    models.CharField(blank=True, max_length=300, verbose_name="postal address"),
                ),
                (
                    "address_fr",
                    models.CharField(
                        blank=True, max_length=300, null=True, verbose_name="postal address"
                    ),
                ),
                (
                    "address_en",
                    models.CharField(
                        blank=True, max_length=300, null=True, verbose_name="postal address"
                    ),
                ),
                (
                    "address_ar",
                    models.CharField(
                        blank=True, max_length=300, null=True, verbose_name="postal address"
                    ),
                ),
                (
                    "contact_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="contact email"),
                ),
                (
                    "registration_opens_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="registration opens"),
                ),
                (
                    "registration_closes_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="registration closes"),
                ),
                (
                    "registration_after_end",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Registration ends on the last day. Tick this box to keep it open until its closing date.",
                        verbose_name="registration after the last day",
                    ),
                ),
                (
                    "offer_hours",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How long a free place is held for the next person on the waiting list. If blank, they get it straight away.",
                        null=True,
                        verbose_name="hours to accept an offer",
                    ),
                ),
                (
                    "is_published",
                    models.BooleanField(
                        default=False,
                        help_text="Until then it’s a draft that only organisers can see.",
                        verbose_name="published",
                    ),
                ),
                (
                    "is_current",
                    models.BooleanField(
                        default=False, help_text="Shown on the home page.", verbose_name="current"
                    ),
                ),
                (
                    "is_demonstration",
                    models.BooleanField(
                        default=False,
                        help_text="Shows a notice on every page that the programme and people are fictional.",
                        verbose_name="demonstration",
                    ),
                ),
                (
                    "embed_origins",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="One per line, for example https://www.example.org. Use * for all sites. If blank, no site can show the programme.",
                        max_length=2000,
                        validators=[symposium.editions.models.validate_origins],
                        verbose_name="sites that may show the programme",
                    ),
                ),
                ("updated_at", models.DateTimeField(blank=True, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
            ],
            options={
                "verbose_name": "historical edition",
                "verbose_name_plural": "historical editions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalPage",
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
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("title_fr", models.CharField(max_length=200, null=True, verbose_name="title")),
                ("title_en", models.CharField(max_length=200, null=True, verbose_name="title")),
                ("title_ar", models.CharField(max_length=200, null=True, verbose_name="title")),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=50000,
                        verbose_name="text",
                    ),
                ),
                (
                    "body_fr",
                    models.TextField(
                        blank=True,
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=50000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "body_en",
                    models.TextField(
                        blank=True,
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=50000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "body_ar",
                    models.TextField(
                        blank=True,
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=50000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                ("is_published", models.BooleanField(default=True, verbose_name="published")),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        db_index=True, default=0, verbose_name="order"
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
            ],
            options={
                "verbose_name": "historical page",
                "verbose_name_plural": "historical pages",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Page",
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
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("title_fr", models.CharField(max_length=200, null=True, verbose_name="title")),
                ("title_en", models.CharField(max_length=200, null=True, verbose_name="title")),
                ("title_ar", models.CharField(max_length=200, null=True, verbose_name="title")),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=50000,
                        verbose_name="text",
                    ),
                ),
                (
                    "body_fr",
                    models.TextField(
                        blank=True,
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=50000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "body_en",
                    models.TextField(
                        blank=True,
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=50000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                (
                    "body_ar",
                    models.TextField(
                        blank=True,
                        help_text="Markdown: ## heading, - list, [text](link). HTML is shown as text.",
                        max_length=50000,
                        null=True,
                        verbose_name="text",
                    ),
                ),
                ("is_published", models.BooleanField(default=True, verbose_name="published")),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        db_index=True, default=0, verbose_name="order"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last change")),
            ],
            options={
                "verbose_name": "page",
                "verbose_name_plural": "pages",
                "ordering": ["order", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("title_fr__gt", ""), ("title_fr__isnull", False)),
                            models.Q(("title_en__gt", ""), ("title_en__isnull", False)),
                            models.Q(("title_ar__gt", ""), ("title_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="pages_titled",
                        violation_error_message="Enter a title in at least one language.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
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
                            ("organiser", "Organiser"),
                            ("partner", "Partner"),
                            ("sponsor", "Sponsor"),
                        ],
                        default="partner",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("name_fr", models.CharField(max_length=150, null=True, verbose_name="name")),
                ("name_en", models.CharField(max_length=150, null=True, verbose_name="name")),
                ("name_ar", models.CharField(max_length=150, null=True, verbose_name="name")),
                ("url", models.URLField(blank=True, verbose_name="website")),
                (
                    "logo",
                    symposium.core.images.PictureField(
                        blank=True,
                        upload_to="partners",
                        validators=[symposium.core.images.validate_picture],
                        verbose_name="logo",
                    ),
                ),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        db_index=True, default=0, verbose_name="order"
                    ),
                ),
            ],
            options={
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
                "ordering": ["order", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name_fr__gt", ""), ("name_fr__isnull", False)),
                            models.Q(("name_en__gt", ""), ("name_en__isnull", False)),
                            models.Q(("name_ar__gt", ""), ("name_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="partners_named",
                        violation_error_message="Enter a name in at least one language.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Edition",
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
                        help_text="Used in every web address, for example “2021”. You can’t change it later.",
                        max_length=40,
                        unique=True,
                        verbose_name="address",
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("name_fr", models.CharField(max_length=150, null=True, verbose_name="name")),
                ("name_en", models.CharField(max_length=150, null=True, verbose_name="name")),
                ("name_ar", models.CharField(max_length=150, null=True, verbose_name="name")),
                ("short_name", models.CharField(max_length=80, verbose_name="short name")),
                (
                    "short_name_fr",
                    models.CharField(max_length=80, null=True, verbose_name="short name"),
                ),
                (
                    "short_name_en",
                    models.CharField(max_length=80, null=True, verbose_name="short name"),
                ),
                (
                    "short_name_ar",
                    models.CharField(max_length=80, null=True, verbose_name="short name"),
                ),
                (
                    "kicker",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="line above the name"
                    ),
                ),
                (
                    "kicker_fr",
                    models.CharField(
                        blank=True, max_length=120, null=True, verbose_name="line above the name"
                    ),
                ),
                (
                    "kicker_en",
                    models.CharField(
                        blank=True, max_length=120, null=True, verbose_name="line above the name"
                    ),
                ),
                (
                    "kicker_ar",
                    models.CharField(
                        blank=True, max_length=120, null=True, verbose_name="line above the name"
                    ),
                ),
                ("theme", models.CharField(blank=True, max_length=300, verbose_name="theme")),
                (
                    "theme_fr",
                    models.CharField(blank=True, max_length=300, null=True, verbose_name="theme"),
                ),
                (
                    "theme_en",
                    models.CharField(blank=True, max_length=300, null=True, verbose_name="theme"),
                ),
                (
                    "theme_ar",
                    models.CharField(blank=True, max_length=300, null=True, verbose_name="theme"),
                ),
                (
                    "description",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences, for search engines and shared links.",
                        max_length=400,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_fr",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences, for search engines and shared links.",
                        max_length=400,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_en",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences, for search engines and shared links.",
                        max_length=400,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_ar",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences, for search engines and shared links.",
                        max_length=400,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="first day")),
                ("ends_on", models.DateField(verbose_name="last day")),
                (
                    "time_zone",
                    models.CharField(
                        default="Africa/Casablanca",
                        max_length=50,
                        validators=[symposium.editions.models.validate_time_zone],
                        verbose_name="time zone",
                    ),
                ),
                ("city", models.CharField(max_length=100, verbose_name="city")),
                ("city_fr", models.CharField(max_length=100, null=True, verbose_name="city")),
                ("city_en", models.CharField(max_length=100, null=True, verbose_name="city")),
                ("city_ar", models.CharField(max_length=100, null=True, verbose_name="city")),
                ("country", models.CharField(blank=True, max_length=100, verbose_name="country")),
                (
                    "country_fr",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="country"),
                ),
                (
                    "country_en",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="country"),
                ),
                (
                    "country_ar",
                    models.CharField(blank=True, max_length=100, null=True, verbose_name="country"),
                ),
                ("venue", models.CharField(blank=True, max_length=200, verbose_name="venue")),
                (
                    "venue_fr",
                    models.CharField(blank=True, max_length=200, null=True, verbose_name="venue"),
                ),
                (
                    "venue_en",
                    models.CharField(blank=True, max_length=200, null=True, verbose_name="venue"),
                ),
                (
                    "venue_ar",
                    models.CharField(blank=True, max_length=200, null=True, verbose_name="venue"),
                ),
                (
                    "address",
                    models.CharField(blank=True, max_length=300, verbose_name="postal address"),
                ),
                (
                    "address_fr",
                    models.CharField(
                        blank=True, max_length=300, null=True, verbose_name="postal address"
                    ),
                ),
                (
                    "address_en",
                    models.CharField(
                        blank=True, max_length=300, null=True, verbose_name="postal address"
                    ),
                ),
                (
                    "address_ar",
                    models.CharField(
                        blank=True, max_length=300, null=True, verbose_name="postal address"
                    ),
                ),
                (
                    "contact_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="contact email"),
                ),
                (
                    "registration_opens_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="registration opens"),
                ),
                (
                    "registration_closes_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="registration closes"),
                ),
                (
                    "registration_after_end",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Registration ends on the last day. Tick this box to keep it open until its closing date.",
                        verbose_name="registration after the last day",
                    ),
                ),
                (
                    "offer_hours",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How long a free place is held for the next person on the waiting list. If blank, they get it straight away.",
                        null=True,
                        verbose_name="hours to accept an offer",
                    ),
                ),
                (
                    "is_published",
                    models.BooleanField(
                        default=False,
                        help_text="Until then it’s a draft that only organisers can see.",
                        verbose_name="published",
                    ),
                ),
                (
                    "is_current",
                    models.BooleanField(
                        default=False, help_text="Shown on the home page.", verbose_name="current"
                    ),
                ),
                (
                    "is_demonstration",
                    models.BooleanField(
                        default=False,
                        help_text="Shows a notice on every page that the programme and people are fictional.",
                        verbose_name="demonstration",
                    ),
                ),
                (
                    "embed_origins",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="One per line, for example https://www.example.org. Use * for all sites. If blank, no site can show the programme.",
                        max_length=2000,
                        validators=[symposium.editions.models.validate_origins],
                        verbose_name="sites that may show the programme",
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "period",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("starts_on"),
                            models.F("ends_on"),
                            models.F("time_zone"),
                            function="symposium_days_period",
                        ),
                        output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                    ),
                ),
            ],
            options={
                "verbose_name": "edition",
                "verbose_name_plural": "editions",
                "ordering": ["-starts_on"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("is_current",),
                        name="editions_one_current",
                        violation_error_message="Another edition is set as current. Clear its box first.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="editions_last_day_not_before_first",
                        violation_error_message="The last day cannot be before the first day.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__lt", datetime.date(3000, 1, 1)),
                            (
                                "ends_on__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_on"),
                                    "+",
                                    models.Value(datetime.timedelta(days=92)),
                                ),
                            ),
                        ),
                        name="editions_three_months_at_most",
                        violation_error_message="An edition can’t last more than three months. Check the years.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("registration_closes_at__gt", models.F("registration_opens_at"))
                        ),
                        name="editions_registration_closes_after_it_opens",
                        violation_error_message="Registration must close after it opens.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("name_fr__gt", ""), ("name_fr__isnull", False)),
                                models.Q(("name_en__gt", ""), ("name_en__isnull", False)),
                                models.Q(("name_ar__gt", ""), ("name_ar__isnull", False)),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(
                                    ("short_name_fr__gt", ""), ("short_name_fr__isnull", False)
                                ),
                                models.Q(
                                    ("short_name_en__gt", ""), ("short_name_en__isnull", False)
                                ),
                                models.Q(
                                    ("short_name_ar__gt", ""), ("short_name_ar__isnull", False)
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(("city_fr__gt", ""), ("city_fr__isnull", False)),
                                models.Q(("city_en__gt", ""), ("city_en__isnull", False)),
                                models.Q(("city_ar__gt", ""), ("city_ar__isnull", False)),
                                _connector="OR",
                            ),
                        ),
                        name="editions_named",
                        violation_error_message="Enter the name, the short name and the city in at least one language.",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="edition",
            trigger=pgtrigger.compiler.Trigger(
                name="slug_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."slug" IS DISTINCT FROM (NEW."slug"))',
                    func="\n    RAISE EXCEPTION 'the address of an edition never changes'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_slug_stays';\n    ",
                    hash="ed46b0fbe3a21aede27f60dc61d9b450d6a37b31",
                    operation='UPDATE OF "slug"',
                    pgid="pgtrigger_slug_stays_333ed",
                    table="symposium_editions_edition",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="edition",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="IF OLD.is_published OR OLD.is_current OR NEW.is_published OR NEW.is_current THEN PERFORM symposium_move_revision(''); END IF;\nPERFORM symposium_move_revision(coalesce(NEW.slug, OLD.slug));\nRETURN NULL;",
                    hash="94a28fdeb3968f13fea074f93abef4db1d7d37fd",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_772b9",
                    table="symposium_editions_edition",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="formerslug",
            name="edition",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="symposium_editions.edition",
            ),
        ),
        migrations.AddField(
            model_name="historicaledition",
            name="history_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="historicalpage",
            name="edition",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="symposium_editions.edition",
                verbose_name="edition",
            ),
        ),
        migrations.AddField(
            model_name="historicalpage",
            name="history_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="page",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="pages",
                to="symposium_editions.edition",
                verbose_name="edition",
            ),
        ),
        migrations.AddField(
            model_name="partner",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="partners",
                to="symposium_editions.edition",
                verbose_name="edition",
            ),
        ),
        migrations.AddConstraint(
            model_name="formerslug",
            constraint=models.UniqueConstraint(
                fields=("table", "edition", "slug"),
                name="editions_former_slug_once",
                nulls_distinct=False,
                violation_error_message="This address has been used before and can’t be used again.",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.UniqueConstraint(
                fields=("edition", "slug"),
                name="pages_slug_once_per_edition",
                violation_error_message="This address is already used by another page in this edition.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="page",
            trigger=pgtrigger.compiler.Trigger(
                name="keep_slug",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE edition bigint := (to_jsonb(NEW) ->> 'edition_id')::bigint;",
                    func="\n    IF NEW.slug !~ '^[-a-zA-Z0-9_]+$' THEN\n        RAISE EXCEPTION '\"%\" cannot be an address', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_slug_written';\n    END IF;\n    IF TG_OP = 'UPDATE' AND edition IS DISTINCT FROM (to_jsonb(OLD) ->> 'edition_id')::bigint THEN\n        RAISE EXCEPTION '\"%\" stays in its edition', NEW.slug\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'editions_edition_stays';\n    END IF;\n    IF EXISTS (\n        SELECT FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug AND former.target <> NEW.id\n    ) THEN\n        RAISE EXCEPTION 'the address \"%\" once led to something else', NEW.slug\n            USING ERRCODE = 'unique_violation', CONSTRAINT = 'editions_former_slug_once';\n    END IF;\n    IF TG_OP = 'UPDATE' AND NEW.slug <> OLD.slug THEN\n        DELETE FROM symposium_editions_formerslug former\n        WHERE former.\"table\" = TG_TABLE_NAME AND former.edition_id IS NOT DISTINCT FROM edition\n          AND former.slug = NEW.slug;\n        INSERT INTO symposium_editions_formerslug (\"table\", edition_id, slug, target)\n        VALUES (TG_TABLE_NAME, edition, OLD.slug, NEW.id);\n    END IF;\n    RETURN NEW;\n",
                    hash="8a9bb609f90eaee42d64b1c8474ba64e6eab4783",
                    operation='INSERT OR UPDATE OF "slug", "edition_id"',
                    pgid="pgtrigger_keep_slug_149a1",
                    table="symposium_editions_page",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="page",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="IF OLD.slug = 'privacy' OR NEW.slug = 'privacy' THEN PERFORM symposium_move_revision(''); END IF;\nPERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (OLD.edition_id, NEW.edition_id);\nRETURN NULL;",
                    hash="8e8e6d9b85779e2d826cc2f7f47f0a1f61ede3ca",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_c2725",
                    table="symposium_editions_page",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="partner",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision(slug) FROM symposium_editions_edition\nWHERE id IN (OLD.edition_id, NEW.edition_id);\nRETURN NULL;",
                    hash="01fa25abf1e06111bd5bb97f71042c8978baa069",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_revision_ef92d",
                    table="symposium_editions_partner",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
