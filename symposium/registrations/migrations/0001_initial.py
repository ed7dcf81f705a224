import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import django_countries.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import symposium.core.validators
import symposium.registrations.models.attendance
import symposium.registrations.models.registrations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("symposium_accounts", "0001_initial"),
        ("symposium_accounts", "__first__"),
        ("symposium_editions", "0001_initial"),
        ("symposium_sessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Printed on badges. Say who these people are, not how they’re admitted.",
                        max_length=80,
                        verbose_name="name",
                    ),
                ),
                (
                    "name_fr",
                    models.CharField(
                        help_text="Printed on badges. Say who these people are, not how they’re admitted.",
                        max_length=80,
                        null=True,
                        verbose_name="name",
                    ),
                ),
                (
                    "name_en",
                    models.CharField(
                        help_text="Printed on badges. Say who these people are, not how they’re admitted.",
                        max_length=80,
                        null=True,
                        verbose_name="name",
                    ),
                ),
                (
                    "name_ar",
                    models.CharField(
                        help_text="Printed on badges. Say who these people are, not how they’re admitted.",
                        max_length=80,
                        null=True,
                        verbose_name="name",
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True,
                        help_text="Who it’s for and what it includes. Shown next to it in the form.",
                        max_length=300,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_fr",
                    models.CharField(
                        blank=True,
                        help_text="Who it’s for and what it includes. Shown next to it in the form.",
                        max_length=300,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_en",
                    models.CharField(
                        blank=True,
                        help_text="Who it’s for and what it includes. Shown next to it in the form.",
                        max_length=300,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "description_ar",
                    models.CharField(
                        blank=True,
                        help_text="Who it’s for and what it includes. Shown next to it in the form.",
                        max_length=300,
                        null=True,
                        verbose_name="description",
                    ),
                ),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("sea", "blue"),
                            ("green", "green"),
                            ("amber", "amber"),
                            ("terra", "terracotta"),
                            ("ink", "dark grey"),
                        ],
                        default="sea",
                        max_length=5,
                        verbose_name="colour on the badge",
                    ),
                ),
                (
                    "on_site",
                    models.BooleanField(
                        default=True,
                        help_text="These people attend in person, with a badge.",
                        verbose_name="on site",
                    ),
                ),
                (
                    "online_access",
                    models.BooleanField(
                        default=False,
                        help_text="These people can watch the live streams.",
                        verbose_name="online access",
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
                    "opens_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="If blank, same dates as registration.",
                        null=True,
                        verbose_name="opens",
                    ),
                ),
                (
                    "closes_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="If blank, same dates as registration.",
                        null=True,
                        verbose_name="closes",
                    ),
                ),
                (
                    "needs_approval",
                    models.BooleanField(
                        default=False,
                        help_text="An organiser accepts or declines each request. Until then it takes no place.",
                        verbose_name="needs approval",
                    ),
                ),
                (
                    "by_invitation",
                    models.BooleanField(
                        default=False,
                        help_text="Only for email addresses on its list of invitations.",
                        verbose_name="by invitation",
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
                        related_name="categories",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
            ],
            options={
                "verbose_name": "category",
                "verbose_name_plural": "categories",
                "ordering": ["order", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("id", "edition"), name="categories_id_edition"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name_fr__gt", ""), ("name_fr__isnull", False)),
                            models.Q(("name_en__gt", ""), ("name_en__isnull", False)),
                            models.Q(("name_ar__gt", ""), ("name_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="categories_named",
                        violation_error_message="Enter a name in at least one language.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("on_site", True), ("online_access", True), _connector="OR"
                        ),
                        name="categories_on_site_or_online",
                        violation_error_message="Tick “on site”, “online access”, or both.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                        name="categories_close_after_they_open",
                        violation_error_message="The category must close after it opens.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="draft",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
                ("typed", models.CharField(max_length=65536, verbose_name="what was typed")),
                ("expires_at", models.DateTimeField(db_index=True, verbose_name="saved until")),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
            ],
            options={
                "verbose_name": "saved form",
                "verbose_name_plural": "saved forms",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="email address")),
                (
                    "name",
                    models.CharField(
                        blank=True,
                        max_length=150,
                        validators=[symposium.core.validators.validate_name],
                        verbose_name="name",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "Français"), ("en", "English"), ("ar", "العربية")],
                        default="fr",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "sent_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="sent"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="symposium_registrations.category",
                        verbose_name="category",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "ordering": ["email"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("category", "email"),
                        name="invitations_once_per_category",
                        violation_error_message="This address is already invited in this category.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email", django.db.models.functions.text.Lower("email"))
                        ),
                        name="invitations_email_in_lower_case",
                        violation_error_message="Enter the email address in lower case.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=200, verbose_name="question")),
                ("label_fr", models.CharField(max_length=200, null=True, verbose_name="question")),
                ("label_en", models.CharField(max_length=200, null=True, verbose_name="question")),
                ("label_ar", models.CharField(max_length=200, null=True, verbose_name="question")),
                (
                    "help_text",
                    models.CharField(blank=True, max_length=300, verbose_name="explanation"),
                ),
                (
                    "help_text_fr",
                    models.CharField(
                        blank=True, max_length=300, null=True, verbose_name="explanation"
                    ),
                ),
                (
                    "help_text_en",
                    models.CharField(
                        blank=True, max_length=300, null=True, verbose_name="explanation"
                    ),
                ),
                (
                    "help_text_ar",
                    models.CharField(
                        blank=True, max_length=300, null=True, verbose_name="explanation"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("choice", "One choice"),
                            ("choices", "Several choices"),
                            ("yes_no", "Yes or no"),
                        ],
                        default="text",
                        max_length=7,
                        verbose_name="kind of answer",
                    ),
                ),
                (
                    "is_required",
                    models.BooleanField(default=False, verbose_name="an answer is required"),
                ),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        db_index=True, default=0, verbose_name="order"
                    ),
                ),
                (
                    "categories",
                    models.ManyToManyField(
                        blank=True,
                        help_text="If blank, everyone is asked.",
                        related_name="questions",
                        to="symposium_registrations.category",
                        verbose_name="categories",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "ordering": ["order", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("label_fr__gt", ""), ("label_fr__isnull", False)),
                            models.Q(("label_en__gt", ""), ("label_en__isnull", False)),
                            models.Q(("label_ar__gt", ""), ("label_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="questions_worded",
                        violation_error_message="Enter the question in at least one language.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Option",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=200, verbose_name="answer")),
                ("label_fr", models.CharField(max_length=200, null=True, verbose_name="answer")),
                ("label_en", models.CharField(max_length=200, null=True, verbose_name="answer")),
                ("label_ar", models.CharField(max_length=200, null=True, verbose_name="answer")),
                (
                    "order",
                    models.PositiveSmallIntegerField(
                        db_index=True, default=0, verbose_name="order"
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="options",
                        to="symposium_registrations.question",
                        verbose_name="question",
                    ),
                ),
            ],
            options={
                "verbose_name": "offered answer",
                "verbose_name_plural": "offered answers",
                "ordering": ["order", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("id", "question"), name="options_id_question"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("label_fr__gt", ""), ("label_fr__isnull", False)),
                            models.Q(("label_en__gt", ""), ("label_en__isnull", False)),
                            models.Q(("label_ar__gt", ""), ("label_ar__isnull", False)),
                            _connector="OR",
                        ),
                        name="options_worded",
                        violation_error_message="Enter the answer in at least one language.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Registration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending approval"),
                            ("confirmed", "Confirmed"),
                            ("waiting", "On the waiting list"),
                            ("offered", "Place offered"),
                            ("refused", "Not accepted"),
                            ("declined", "Offer declined"),
                            ("expired", "Offer expired"),
                            ("cancelled", "Cancelled"),
                        ],
                        editable=False,
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("queue_number", models.PositiveIntegerField(editable=False, null=True)),
                (
                    "offer_expires_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="offer expires"),
                ),
                (
                    "code",
                    models.CharField(
                        default=symposium.registrations.models.registrations.new_registration_code,
                        editable=False,
                        max_length=10,
                        unique=True,
                        verbose_name="ticket code",
                    ),
                ),
                (
                    "given_name",
                    models.CharField(
                        blank=True,
                        max_length=100,
                        validators=[symposium.core.validators.validate_name],
                        verbose_name="given name",
                    ),
                ),
                (
                    "family_name",
                    models.CharField(
                        max_length=100,
                        validators=[symposium.core.validators.validate_name],
                        verbose_name="family name",
                    ),
                ),
                (
                    "given_name_ar",
                    models.CharField(
                        blank=True,
                        max_length=100,
                        validators=[symposium.core.validators.validate_name],
                        verbose_name="given name in Arabic script",
                    ),
                ),
                (
                    "family_name_ar",
                    models.CharField(
                        blank=True,
                        max_length=100,
                        validators=[symposium.core.validators.validate_name],
                        verbose_name="family name in Arabic script",
                    ),
                ),
                (
                    "affiliation",
                    models.CharField(
                        blank=True,
                        help_text="University, authority, company or association.",
                        max_length=200,
                        validators=[symposium.core.validators.validate_name],
                        verbose_name="affiliation",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("research", "Research and teaching"),
                            ("student", "Student"),
                            ("authority", "Local or public authority"),
                            ("company", "Company"),
                            ("association", "Association"),
                            ("press", "Press"),
                            ("other", "Other"),
                        ],
                        max_length=11,
                        verbose_name="profile",
                    ),
                ),
                (
                    "country",
                    django_countries.fields.CountryField(
                        blank=True, max_length=2, verbose_name="country"
                    ),
                ),
                (
                    "accessibility_needs",
                    models.TextField(
                        blank=True,
                        help_text="For example a hearing loop, interpreting or a reserved seat. Only the welcome team can see this.",
                        max_length=1000,
                        verbose_name="accessibility needs",
                    ),
                ),
                (
                    "is_listed",
                    models.BooleanField(
                        default=False,
                        help_text="Name, affiliation and country. You can change your mind at any time.",
                        verbose_name="on the public list of participants",
                    ),
                ),
                (
                    "takes_messages",
                    models.BooleanField(
                        db_default=True,
                        default=True,
                        editable=False,
                        verbose_name="organisers’ messages",
                    ),
                ),
                (
                    "consented_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="consent"),
                ),
                (
                    "consent_version",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=40,
                        verbose_name="version of the privacy notice",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="registered"
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="last change")),
                (
                    "anonymised_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="anonymised"),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="registrations",
                        to="symposium_registrations.category",
                        verbose_name="category",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="registrations",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="registrations",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "registration",
                "verbose_name_plural": "registrations",
                "ordering": ["-created_at", "-id"],
                "permissions": [
                    ("view_accessibility_needs", "Can read accessibility needs"),
                    ("export_registration", "Can export registrations"),
                    ("message_registration", "Can send messages to participants"),
                ],
                "indexes": [
                    models.Index(
                        fields=["category", "state", "queue_number"], name="registrations_queue"
                    ),
                    models.Index(fields=["edition", "-created_at"], name="registrations_by_time"),
                    models.Index(
                        condition=models.Q(("state", "offered")),
                        fields=["offer_expires_at"],
                        name="registrations_offers",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("id", "edition"), name="registrations_id_edition"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("pending", "confirmed", "waiting", "offered"))
                        ),
                        fields=("edition", "user"),
                        name="registrations_one_live_per_person",
                        violation_error_message="This person is already registered for this edition.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ("pending", "confirmed", "waiting", "offered")),
                                _negated=True,
                            ),
                            ("user__isnull", False),
                            ("anonymised_at__isnull", False),
                            _connector="OR",
                        ),
                        name="registrations_live_has_account",
                        violation_error_message="An active registration must belong to an account.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("family_name__gt", ""),
                            ("anonymised_at__isnull", False),
                            _connector="OR",
                        ),
                        name="registrations_named",
                        violation_error_message="Enter a family name.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "pending",
                                    "confirmed",
                                    "waiting",
                                    "offered",
                                    "refused",
                                    "declined",
                                    "expired",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="registrations_known_state",
                        violation_error_message="Choose a valid status.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waiting"), _negated=True),
                            ("queue_number__isnull", False),
                            _connector="OR",
                        ),
                        name="registrations_waiting_in_turn",
                        violation_error_message="A waiting registration must have a position on the list.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "offered"), _negated=True),
                            ("offer_expires_at__isnull", False),
                            _connector="OR",
                        ),
                        name="registrations_offered_until",
                        violation_error_message="An offer must have an expiry time.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                    "sent_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="sent"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sent by",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="symposium_editions.edition",
                        verbose_name="edition",
                    ),
                ),
                (
                    "recipients",
                    models.ManyToManyField(
                        related_name="messages",
                        to="symposium_registrations.registration",
                        verbose_name="recipients",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ["-sent_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("subject_fr__gt", ""), ("subject_fr__isnull", False)),
                                models.Q(("subject_en__gt", ""), ("subject_en__isnull", False)),
                                models.Q(("subject_ar__gt", ""), ("subject_ar__isnull", False)),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(("body_fr__gt", ""), ("body_fr__isnull", False)),
                                models.Q(("body_en__gt", ""), ("body_en__isnull", False)),
                                models.Q(("body_ar__gt", ""), ("body_ar__isnull", False)),
                                _connector="OR",
                            ),
                        ),
                        name="messages_written",
                        violation_error_message="Enter the subject and the message in at least one language.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("scanned_at", models.DateTimeField(verbose_name="scanned")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="recorded"
                    ),
                ),
                ("nonce", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True, verbose_name="undone")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="check_ins",
                        to="symposium_editions.edition",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="check_ins",
                        to="symposium_sessions.session",
                        verbose_name="session",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="undone by",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="check_ins",
                        to="symposium_registrations.registration",
                        verbose_name="registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "check-in",
                "verbose_name_plural": "check-ins",
                "ordering": ["-scanned_at", "-id"],
                "permissions": [("check_in", "Can check people in at the entrance")],
                "indexes": [models.Index(fields=["edition", "day"], name="check_ins_by_day")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("session", None), ("undone_at", None)),
                        fields=("registration", "day"),
                        name="check_ins_once_a_day",
                        violation_error_message="This person is already checked in.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("session__isnull", False), ("undone_at", None)),
                        fields=("registration", "session"),
                        name="check_ins_once_per_session",
                        violation_error_message="This person is already checked in to this session.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "token",
                    models.CharField(
                        default=symposium.registrations.models.attendance.new_certificate_token,
                        max_length=20,
                        unique=True,
                        verbose_name="token",
                    ),
                ),
                ("name", models.CharField(max_length=202, verbose_name="name")),
                (
                    "name_ar",
                    models.CharField(
                        blank=True, max_length=202, verbose_name="name in Arabic script"
                    ),
                ),
                (
                    "days",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(), size=None, verbose_name="days"
                    ),
                ),
                ("minutes", models.PositiveIntegerField(verbose_name="minutes")),
                (
                    "issued_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="issued"),
                ),
                (
                    "registration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="certificate",
                        to="symposium_registrations.registration",
                        verbose_name="registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "certificate of attendance",
                "verbose_name_plural": "certificates of attendance",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending approval"),
                            ("confirmed", "Confirmed"),
                            ("waiting", "On the waiting list"),
                            ("offered", "Place offered"),
                            ("refused", "Not accepted"),
                            ("declined", "Offer declined"),
                            ("expired", "Offer expired"),
                            ("cancelled", "Cancelled"),
                        ],
                        editable=False,
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("queue_number", models.PositiveIntegerField(editable=False, null=True)),
                (
                    "offer_expires_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="offer expires"),
                ),
                ("notified_sequence", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="booked"
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bookings",
                        to="symposium_editions.edition",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="bookings",
                        to="symposium_sessions.session",
                        verbose_name="session",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bookings",
                        to="symposium_registrations.registration",
                        verbose_name="registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "booking",
                "verbose_name_plural": "bookings",
                "ordering": ["created_at", "id"],
                "indexes": [
                    models.Index(fields=["session", "state", "queue_number"], name="bookings_queue")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ("pending", "confirmed", "waiting", "offered"))
                        ),
                        fields=("registration", "session"),
                        name="bookings_one_live_per_session",
                        violation_error_message="This session is already booked.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "pending",
                                    "confirmed",
                                    "waiting",
                                    "offered",
                                    "refused",
                                    "declined",
                                    "expired",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="bookings_known_state",
                        violation_error_message="Choose a valid status.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waiting"), _negated=True),
                            ("queue_number__isnull", False),
                            _connector="OR",
                        ),
                        name="bookings_waiting_in_turn",
                        violation_error_message="A waiting registration must have a position on the list.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "offered"), _negated=True),
                            ("offer_expires_at__isnull", False),
                            _connector="OR",
                        ),
                        name="bookings_offered_until",
                        violation_error_message="An offer must have an expiry time.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="answer")),
                (
                    "option",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="answers",
                        to="symposium_registrations.option",
                        verbose_name="offered answer",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="answers",
                        to="symposium_registrations.question",
                        verbose_name="question",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="symposium_registrations.registration",
                        verbose_name="registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer",
                "verbose_name_plural": "answers",
                "ordering": ["question__order", "question_id", "option__order", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("option", None)),
                        fields=("registration", "question"),
                        name="answers_one_text_per_question",
                        violation_error_message="This question already has an answer.",
                    ),
                    models.UniqueConstraint(
                        fields=("registration", "question", "option"),
                        name="answers_option_once",
                        violation_error_message="This answer has already been given.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("option", None), ("text__gt", "")),
                            models.Q(("option__isnull", False), ("text", "")),
                            _connector="OR",
                        ),
                        name="answers_text_or_option",
                        violation_error_message="Enter a text or choose one of the answers, not both.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
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
                            ("week", "A week before"),
                            ("day", "The day before"),
                            ("after", "After the event"),
                        ],
                        max_length=5,
                        verbose_name="kind",
                    ),
                ),
                (
                    "sent_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="sent"),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="symposium_registrations.registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("registration", "kind"),
                        name="reminders_once",
                        violation_error_message="This reminder has been sent.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StateChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending approval"),
                            ("confirmed", "Confirmed"),
                            ("waiting", "On the waiting list"),
                            ("offered", "Place offered"),
                            ("refused", "Not accepted"),
                            ("declined", "Offer declined"),
                            ("expired", "Offer expired"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="when"),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "registration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="symposium_registrations.registration",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of state",
                "verbose_name_plural": "changes of state",
                "ordering": ["at", "id"],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="category",
            trigger=pgtrigger.compiler.Trigger(
                name="revision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM symposium_move_revision('');\nRETURN NULL;",
                    hash="474eb910adb57115542f196413f4cd3a26904f93",
                    operation="INSERT OR DELETE",
                    pgid="pgtrigger_revision_40cd7",
                    table="symposium_registrations_category",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
