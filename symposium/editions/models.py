"""The edition, its pages, partners and news, and which edition is the current one."""

import datetime
import functools
import operator
import re
import zoneinfo
from pathlib import PurePath
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.fields import DateTimeRangeField
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, F, Func, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from pilkit.processors import ResizeToFit

from symposium.core import mail
from symposium.core.i18n import dates
from symposium.core.i18n.localized import LANGUAGES, in_each_language
from symposium.core.images import LogoField, validate_logo
from symposium.core.uploads import AttachmentField, extension_of, is_picture
from symposium.editions import menu
from symposium.editions.badges import BADGE_LAYOUT_KNOWN, EditionBadges
from symposium.editions.identity import COLOURS_READABLE, EditionIdentity
from symposium.editions.signature import EditionSignature
from symposium.editions.slugs import SluggedModel, random_code
from symposium.editions.triggers import KeepEditionSlug, KeepSlug, MoveEditionRevision, MoveRevision


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is an IANA time zone, such as Africa/Casablanca."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” isn’t a time zone. Use a name such as “Africa/Casablanca”."),
            code="time_zone",
            params={"name": name},
        )


STRIP_SIZE = 3  # news on the home page
# Source of CSP's `frame-ancestors`: https, or this machine for a trial.
HOST = r"(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+"
ORIGIN = re.compile(rf"\*|(https://{HOST}|http://(localhost|127\.0\.0\.1))(:\d{{1,5}})?/?")


def validate_origins(text: str) -> None:
    """Raise ValidationError unless each line of `text` is an origin, or `*`."""
    if wrong := next((line for line in origin_lines(text) if not ORIGIN.fullmatch(line)), None):
        raise ValidationError(
            _(
                "“%(line)s” isn’t a site address. Enter one per line, for example "
                "https://www.example.org, with no path. Use * for all sites."
            ),
            code="origin",
            params={"line": wrong},
        )


def origin_lines(text: str) -> list[str]:
    """Return the lines of `text` that are not blank, in lower case, as origins are."""
    return [line.strip().lower() for line in text.splitlines() if line.strip()]


def has_translation(field: str) -> Q:
    """Return a condition: the translated `field` has a text in at least one language."""
    return has_text(f"{field}_fr") | has_text(f"{field}_en") | has_text(f"{field}_ar")


def has_translations(*fields: str) -> Q:
    """Return a condition: all the `fields` have a text in one language."""
    in_language = (Q(*(has_text(f"{field}_{code}") for field in fields)) for code in LANGUAGES)
    return functools.reduce(operator.or_, in_language)


def has_text(column: str) -> Q:
    """Return a condition: `column` has a text.

    It is false for NULL, not unknown: a check constraint accepts unknown.
    """
    return Q(**{f"{column}__isnull": False, f"{column}__gt": ""})


# `Edition.period` is computed from these.
DAY_FIELDS = {"starts_on", "ends_on", "time_zone"}


def days_period(
    starts_on: datetime.date, ends_on: datetime.date, time_zone: str
) -> DateTimeTZRange:
    """Return the time range of the days in a time zone, by the rules of Python's `tzdata`.

    It is empty for days in the wrong order, and after the year 3000: constraints refuse both.
    """
    if not starts_on <= ends_on < datetime.date(3000, 1, 1):
        return DateTimeTZRange(empty=True)
    zone = zoneinfo.ZoneInfo(time_zone)
    days = (starts_on, ends_on + datetime.timedelta(days=1))
    # In UTC, since Python compares two times of one zone by their clocks.
    return DateTimeTZRange(*(dates.midnight(day, zone).astimezone(datetime.UTC) for day in days))


def utc_hour(day: str, hour: int) -> Func:
    """Return SQL of an hour of the date column `day`, in UTC: 36 is noon of the next day."""
    return Func(
        F(day), template=f"((%(expressions)s + interval '{hour} hours') AT TIME ZONE 'UTC')",
        output_field=models.DateTimeField(),
    )  # fmt: skip


class EditionQuerySet(models.QuerySet):
    def update(self, **values) -> int:
        """Update the rows; the period of each edition follows its days and its time zone."""
        if not DAY_FIELDS & values.keys():
            return super().update(**values)
        fields: dict[str, Any] = {name: self.model._meta.get_field(name) for name in DAY_FIELDS}
        given = {name: fields[name].to_python(values[name]) for name in DAY_FIELDS & values.keys()}
        with transaction.atomic(using=self.db):
            rows = list(self.select_for_update().order_by("pk").values("pk", *DAY_FIELDS))
            for row in rows:
                period = days_period(**{name: row[name] for name in DAY_FIELDS} | given)
                super(EditionQuerySet, self.filter(pk=row["pk"])).update(**values, period=period)
        return len(rows)

    def published(self):
        return self.filter(is_published=True)

    def taking_registrations(self, at: datetime.datetime | None = None):
        """Return the editions that are open for registration now."""
        at = at or timezone.now()
        not_closed = Q(registration_closes_at=None) | Q(registration_closes_at__gt=at)
        not_over = Q(registration_after_end=True) | Q(period__endswith__gt=at)
        ready = Q(categories__isnull=False, pages__in=Page.objects.privacy_notices())
        found = self.published().filter(not_closed, not_over, ready, registration_opens_at__lte=at)
        return found.distinct()

    def to_come(self, at: datetime.datetime | None = None):
        """Return the editions whose last day is not over."""
        return self.filter(period__endswith__gt=at or timezone.now())

    def current(self):
        """Return the edition to which `/` leads: the current one, else the latest, else None."""
        return self.published().order_by("-is_current", "-starts_on").first()


class Edition(EditionIdentity, EditionSignature, EditionBadges):
    """One holding of the symposium. Everything public belongs to an edition."""

    slug = models.SlugField(
        _("address"), max_length=40, unique=True,
        help_text=_("Used in every web address, for example “2021”. You can’t change it later."),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=150)
    short_name = models.CharField(_("short name"), max_length=80)
    kicker = models.CharField(_("line above the name"), max_length=120, blank=True)
    theme = models.CharField(_("theme"), max_length=300, blank=True)
    description = models.TextField(
        _("description"), max_length=400, blank=True,
        help_text=_("One or two sentences, for search engines and shared links."),
    )  # fmt: skip
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    time_zone = models.CharField(
        _("time zone"), max_length=50, default="Africa/Casablanca", validators=[validate_time_zone]
    )
    city = models.CharField(_("city"), max_length=100)
    country = models.CharField(_("country"), max_length=100, blank=True)
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    address = models.CharField(_("postal address"), max_length=300, blank=True)
    contact_email = models.EmailField(_("contact email"), blank=True)
    registration_opens_at = models.DateTimeField(_("registration opens"), null=True, blank=True)
    registration_closes_at = models.DateTimeField(_("registration closes"), null=True, blank=True)
    registration_after_end = models.BooleanField(
        _("registration after the last day"), default=False, db_default=False,
        help_text=_(
            "Registration ends on the last day. Tick this box to keep it open until its "
            "closing date."
        ),
    )  # fmt: skip
    offer_hours = models.PositiveSmallIntegerField(
        _("hours to accept an offer"), null=True, blank=True,
        help_text=_(
            "How long a free place is held for the next person on the waiting list. If "
            "blank, they get it straight away."
        ),
    )  # fmt: skip
    is_published = models.BooleanField(
        _("published"), default=False,
        help_text=_("Until then it’s a draft that only organisers can see."),
    )  # fmt: skip
    is_current = models.BooleanField(
        _("current"), default=False, help_text=_("Shown on the home page.")
    )
    is_demonstration = models.BooleanField(
        _("demonstration"), default=False,
        help_text=_("Shows a notice on every page that the programme and people are fictional."),
    )  # fmt: skip
    embed_origins = models.TextField(
        _("sites that may show the programme"), max_length=2000, blank=True,
        default="", db_default="", validators=[validate_origins],
        help_text=_(
            "One per line, for example https://www.example.org. Use * for all sites. If "
            "blank, no site can show the programme."
        ),
    )  # fmt: skip
    updated_at = models.DateTimeField(auto_now=True, editable=False)
    # Time range of the days in the edition's own zone; sessions must lie inside it. `save` computes
    # it: PostgreSQL's rules of the time zones may be older.
    period = DateTimeRangeField(blank=True, editable=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"],
                condition=Q(is_current=True),
                name="editions_one_current",
                violation_error_message=_(
                    "Another edition is set as current. Clear its box first."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="editions_last_day_not_before_first",
                violation_error_message=_("The last day cannot be before the first day."),
            ),
            # Mistyped years would give the programme thousands of days, or dates that Python
            # cannot read back.
            models.CheckConstraint(
                condition=Q(
                    ends_on__lte=F("starts_on") + datetime.timedelta(days=92),
                    ends_on__lt=datetime.date(3000, 1, 1),
                ),
                name="editions_three_months_at_most",
                violation_error_message=_(
                    "An edition can’t last more than three months. Check the years."
                ),
            ),
            models.CheckConstraint(
                condition=Q(registration_closes_at__gt=F("registration_opens_at")),
                name="editions_registration_closes_after_it_opens",
                violation_error_message=_("Registration must close after it opens."),
            ),
            models.CheckConstraint(
                condition=has_translation("name")
                & has_translation("short_name")
                & has_translation("city"),
                name="editions_named",
                violation_error_message=_(
                    "Enter the name, the short name and the city in at least one language."
                ),
            ),
            # No zone is more than 14 hours before UTC, or 12 after it: days that plain SQL changes
            # without their period are noticed.
            models.CheckConstraint(
                condition=Q(
                    period__isempty=False,
                    period__startswith__gte=utc_hour("starts_on", -14),
                    period__startswith__lte=utc_hour("starts_on", 12),
                    period__endswith__gte=utc_hour("ends_on", 24 - 14),
                    period__endswith__lte=utc_hour("ends_on", 24 + 12),
                ),
                name="editions_whole_days",
                violation_error_message=_("The hours of the edition must be those of its days."),
            ),
            BADGE_LAYOUT_KNOWN,
            COLOURS_READABLE,
        ]
        # Pages of other editions link to an edition that is published.
        triggers = [
            KeepEditionSlug(),
            MoveEditionRevision(everywhere="{row}.is_published OR {row}.is_current"),
        ]

    def __str__(self) -> str:
        return self.name or self.slug

    def save(self, *args, update_fields=None, **kwargs) -> None:
        """Compute the period of the days, and save."""
        self.period = self.days_period()
        if update_fields is not None and DAY_FIELDS & set(update_fields):
            update_fields = {*update_fields, "period"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("editions:home", args=[self.slug])

    def validate_constraints(self, exclude=None) -> None:
        """Leave out the constraint on the period, which `save` computes."""
        super().validate_constraints(exclude={*(exclude or ()), "period"})

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def days(self) -> list[datetime.date]:
        length = (self.ends_on - self.starts_on).days + 1
        return [self.starts_on + datetime.timedelta(days=n) for n in range(length)]

    def days_period(self):
        return days_period(self.starts_on, self.ends_on, self.time_zone)

    @property
    def has_stale_period(self) -> bool:
        """Whether other rules of the time zones computed `period`: see `rebuild_periods`."""
        return self.period != self.days_period()

    @property
    def dates(self) -> str:
        return dates.span(self.starts_on, self.ends_on)

    @property
    def has_days_of_one_month(self) -> bool:
        """Whether the edition lasts several days, all of the same month."""
        return self.starts_on < self.ends_on and self.starts_on.month == self.ends_on.month

    @property
    def place(self) -> str:
        return _(", ").join(filter(None, [self.venue, self.city]))

    @property
    def map_url(self) -> str:
        """URL that searches the postal address on a map, or "" without an address."""
        if not self.address:
            return ""
        query = urlencode({"query": f"{self.address} {self.city}"})
        return f"https://www.openstreetmap.org/search?{query}"

    def mail_context(self) -> dict:
        """Return what each e-mail of the edition says of it, in the active language."""
        return {
            "edition_name": mail.Trusted(f"{self.name} {self.slug}"),
            "dates": self.dates,
            "place": mail.Trusted(self.place),
            "sender_name": mail.Trusted(self.sender_name or ""),
            "contact_email": mail.Trusted(self.contact_email),
            "can_reply": bool(self.contact_email),
            "palette": self.palette,
        }

    @property
    def frame_ancestors(self) -> list[str]:
        """Origins that may show the programme in a frame, without invalid lines."""
        written = origin_lines(self.embed_origins)
        return [origin.rstrip("/") for origin in written if ORIGIN.fullmatch(origin)]

    @property
    def name_around_city(self) -> tuple[str, str, str]:
        """Name in three parts, as the hero shows it: before the city, the city, after the city."""
        before, city, after = self.name.partition(self.city) if self.city else (self.name, "", "")
        return before.strip(), city, after.strip()

    def today(self, at: datetime.datetime | None = None) -> datetime.date:
        """Return the date in the edition's time zone, which may differ from the visitor's."""
        return (at or timezone.now()).astimezone(self.zone).date()

    def phase(self, at: datetime.datetime | None = None) -> str:
        """Return `before`, `during` or `after`, for the home page."""
        today = self.today(at)
        if today < self.starts_on:
            return "before"
        return "during" if today <= self.ends_on else "after"

    @property
    def is_over(self) -> bool:
        return self.phase() == "after"

    @property
    def registration_ends_at(self) -> datetime.datetime | None:
        """Time when registration ends: the closing time or the end of the last day; None: never."""
        closes, over = self.registration_closes_at, self.period.upper
        if self.registration_after_end:
            return closes
        return min(closes, over) if closes else over

    def takes_registrations(self, at: datetime.datetime | None = None) -> bool:
        """Return whether pages link to the registration today, even if it opens later, or is full.

        Registration needs an opening time, and everything in `missing_for_registration`.
        """
        last_days = [] if self.registration_after_end else [self.ends_on]
        if self.registration_closes_at:
            last_days.append(self.today(self.registration_closes_at))
        today = self.today(at)
        if not self.registration_opens_at or any(today > day for day in last_days):
            return False
        return not self.missing_for_registration

    def registration_is_open(self, at: datetime.datetime | None = None) -> bool:
        at = at or timezone.now()
        opens, ends = self.registration_opens_at, self.registration_ends_at
        if not opens or opens > at or (ends and at >= ends):
            return False
        return not self.missing_for_registration

    @property
    def missing_for_registration(self) -> list[str]:
        """Missing parts without which nobody can register: any of `category` and `privacy`."""
        return [name for name in ("category", "privacy") if not self.contents[name]]

    @cached_property
    def contents(self) -> dict[str, bool]:
        """Parts of the menu, by name: whether the edition has any content for each.

        Keys: those of `parts`. Every page reads it, so it is one query.
        """
        sql, params = contents_query()
        given: dict[Any, Any] = {ANY_EDITION: self.pk, ANY_TIME: timezone.now()}
        with connection.cursor() as cursor:
            cursor.execute(sql, tuple(given.get(value, value) for value in params))
            row = cursor.fetchone()
            names = [column.name.removeprefix("has_") for column in cursor.description]
        if row is None:
            raise Edition.DoesNotExist
        return dict(zip(names, row, strict=True))

    @cached_property
    def privacy_notice(self) -> "Page | None":
        """Privacy notice to which people agree when they register, without its text."""
        return self.pages.privacy_notices().defer(*in_each_language("body")).first()

    @cached_property
    def first_session_at(self) -> datetime.datetime | None:
        """Start of the first session, or None while there is none."""
        held = self.sessions.held().scheduled().order_by("starts_at")
        return held.values_list("starts_at", flat=True).first()

    @cached_property
    def published_pages(self) -> list["Page"]:
        """Pages in the order of the desk: menu and footer read them with one query."""
        return list(self.pages.finished())

    @property
    def menu_entries(self) -> list[menu.Entry]:
        return menu.menu(self)

    @property
    def footer_entries(self) -> list[menu.Entry]:
        return menu.footer(self)

    def parts(self, at: datetime.datetime) -> dict[str, models.QuerySet]:
        """Return what each part of the menu shows at a time, by name."""
        abstracts = self.abstracts.published(at)
        return {
            "main_abstract": abstracts.main_abstracts(),
            "programme": self.sessions.published(),
            "speakers": self.speakers.published(),
            "abstracts": abstracts,
            "keywords": abstracts.filter(keywords__isnull=False),
            "news": self.news.published(at),
            "participants": self.registrations.public_participants(),
            "category": self.categories.all(),
            "practical": self.pages.published().filter(slug=Page.PRACTICAL),
            "privacy": self.pages.privacy_notices(),
            "editions": Edition.objects.published().exclude(pk=self.pk),
        }


ANY_EDITION, ANY_TIME = -1, datetime.datetime.max.replace(tzinfo=datetime.UTC)


@functools.cache
def contents_query() -> tuple[str, tuple[Any, ...]]:
    """Return the SQL and the parameters of `Edition.contents`; its columns are `has_<part>`.

    Compiling it takes Django longer than answering it takes PostgreSQL: it is compiled once.
    """
    parts = Edition(pk=ANY_EDITION).parts(ANY_TIME)
    asked = {f"has_{name}": Exists(found.order_by()) for name, found in parts.items()}
    found = Edition.objects.filter(pk=ANY_EDITION).order_by().annotate(**asked).values_list(*asked)
    return found.query.sql_with_params()


class Partner(models.Model):
    """Organiser, partner or sponsor of the edition."""

    class Kind(models.TextChoices):
        ORGANISER = "organiser", _("Organiser")
        PARTNER = "partner", _("Partner")
        SPONSOR = "sponsor", _("Sponsor")

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="partners", verbose_name=_("edition")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PARTNER)
    name = models.CharField(_("name"), max_length=150)
    url = models.URLField(_("website"), blank=True)
    logo = LogoField(
        verbose_name=_("logo"), upload_to="partners", blank=True, validators=[validate_logo],
        processors=[ResizeToFit(640, 320, upscale=False)], format="PNG",
    )  # fmt: skip
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=has_translation("name"),
                name="partners_named",
                violation_error_message=_("Enter a name in at least one language."),
            ),
        ]
        triggers = [MoveRevision()]

    def __str__(self) -> str:
        return self.name or ""


class PageQuerySet(models.QuerySet):
    def published(self):
        return self.finished().filter(edition__is_published=True)

    def finished(self):
        """Return the pages that are public as soon as their edition is."""
        return self.filter(is_published=True)

    def privacy_notices(self):
        """Return the published privacy notices with a text; registering people agree to them."""
        return self.filter(has_translation("body"), slug=Page.PRIVACY, is_published=True)


class Page(SluggedModel):
    """Page of text: practical information, legal notice, privacy, accessibility."""

    PRACTICAL = menu.PRACTICAL  # the menu links to it
    PRIVACY = "privacy"

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="pages", verbose_name=_("edition")
    )
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(
        _("text"), max_length=50_000, blank=True,
        help_text=_("Markdown: ## heading, - list, [text](link). HTML is shown as text."),
    )  # fmt: skip
    is_published = models.BooleanField(_("published"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)
    updated_at = models.DateTimeField(_("last change"), auto_now=True, editable=False)

    objects = PageQuerySet.as_manager()

    slug_source = "title"

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "slug"],
                name="pages_slug_once_per_edition",
                violation_error_message=_(
                    "This address is already used by another page in this edition."
                ),
            ),
            models.CheckConstraint(
                condition=has_translation("title"),
                name="pages_titled",
                violation_error_message=_("Enter a title in at least one language."),
            ),
        ]
        # Home pages of other editions show whether registration is open; it needs this page.
        triggers = [KeepSlug("edition_id"), MoveRevision(everywhere="{row}.slug = 'privacy'")]

    def __str__(self) -> str:
        return self.title or self.slug

    def get_absolute_url(self) -> str:
        return reverse("editions:page", args=[self.edition.slug, self.slug])


def short_name(typed: str, file_name: str) -> str:
    """Return the name by which a text names a file, with the file's own extension.

    It is made from what is typed, or else from the name of the file: “Plan du site.PNG” gives
    “plan-du-site.png”.
    """
    words = slugify(PurePath(typed or file_name).stem, allow_unicode=True)
    return f"{words[:60] or 'file'}.{extension_of(file_name)}"


def page_file_path(file, name: str) -> str:
    """Return where a file is stored: nobody can guess its address, nor those of its thumbnails."""
    return f"pages/{random_code(16)}/{short_name('', name)}"


class PageFileQuerySet(models.QuerySet):
    def reachable(self):
        """Return the files of public pages: anybody may read them."""
        return self.filter(page__in=Page.objects.published())


class PageFile(models.Model):
    """Picture or document of a page. The text of the page shows it by its name."""

    page = models.ForeignKey(Page, models.CASCADE, related_name="files", verbose_name=_("page"))
    file = AttachmentField(
        verbose_name=_("file"), upload_to=page_file_path,
        help_text=_("Picture: JPEG, PNG or WebP, up to 8 MB. Document: PDF, ODP, PPTX, ODT, DOCX "
                    "or ZIP, up to 50 MB."),
    )  # fmt: skip
    name = models.CharField(
        _("name in the text"), max_length=70, blank=True,
        help_text=_("If blank, it’s made from the name of the file."),
    )  # fmt: skip
    description = models.CharField(
        _("description"), max_length=300,
        help_text=_("Of a picture, what it shows, for people who can’t see it. Of a document, its "
                    "title."),
    )  # fmt: skip
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    objects = PageFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture or file")
        verbose_name_plural = _("pictures and files")
        ordering = ["order", "id"]
        default_permissions = ()  # those of the page count
        constraints = [
            models.UniqueConstraint(
                fields=["page", "name"],
                name="page_files_name_once_per_page",
                violation_error_message=_("Another file of this page has this name."),
            ),
            models.CheckConstraint(
                condition=Q(file__gt="", name__gt=""),
                name="page_files_with_file",
                violation_error_message=_("Choose a file."),
            ),
            models.CheckConstraint(
                condition=has_translation("description"),
                name="page_files_described",
                violation_error_message=_("Enter a description in at least one language."),
            ),
        ]
        triggers = [MoveRevision(through="page")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.name = short_name(self.name, self.file.name or "")
        super().save(*args, **kwargs)

    @property
    def is_picture(self) -> bool:
        return is_picture(self.file.name)


class NewsQuerySet(models.QuerySet):
    def published(self, at: datetime.datetime | None = None):
        """Return the news that the public may read now: one without a time is a draft."""
        return self.filter(published_at__lte=at or timezone.now(), edition__is_published=True)

    def for_strip(self):
        """Return the news of the home page: the pinned first, then the latest, three in all."""
        latest = self.order_by("-is_pinned", "-published_at", "-pk")
        return latest.defer(*in_each_language("body"))[:STRIP_SIZE]


class News(SluggedModel):
    """News of an edition: a title and a text, public from a time on."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="news", verbose_name=_("edition")
    )
    # A title is the subject of an e-mail, and a text its body: see `registrations.models.Message`.
    title = models.CharField(_("title"), max_length=150)
    body = models.TextField(
        _("text"), max_length=5000,
        help_text=_("Markdown: ## heading, - list, [text](link). HTML is shown as text."),
    )  # fmt: skip
    is_pinned = models.BooleanField(
        _("pinned"), default=False, help_text=_("Shown first on the home page.")
    )
    published_at = models.DateTimeField(
        _("published from"), null=True, blank=True, db_index=True,
        help_text=_("If blank, it’s a draft that only organisers can see."),
    )  # fmt: skip
    updated_at = models.DateTimeField(_("last change"), auto_now=True, editable=False)

    objects = NewsQuerySet.as_manager()

    slug_source = "title"

    class Meta:
        verbose_name = _("news item")
        verbose_name_plural = _("news")
        ordering = ["-published_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "slug"],
                name="news_slug_once_per_edition",
                violation_error_message=_(
                    "This address is already used by another news item in this edition."
                ),
            ),
            models.UniqueConstraint(fields=["id", "edition"], name="news_id_edition"),
            models.CheckConstraint(
                condition=has_translations("title", "body"),
                name="news_written",
                violation_error_message=_("Enter a title and a text in at least one language."),
            ),
            # A mistyped year would be a date that Python cannot read back.
            models.CheckConstraint(
                condition=Q(published_at__lt=datetime.datetime(3000, 1, 1, tzinfo=datetime.UTC)),
                name="news_year_written",
                violation_error_message=_("Check the year of publication."),
            ),
        ]
        triggers = [KeepSlug("edition_id"), MoveRevision()]

    def __str__(self) -> str:
        return self.title or self.slug

    def get_absolute_url(self) -> str:
        return reverse("editions:news_item", args=[self.edition.slug, self.slug])


class FormerSlug(models.Model):
    """Former slug of an object, from which its old URL still redirects.

    The trigger `KeepSlug` writes the rows whenever a slug changes, so that old links keep working
    after an import or plain SQL too. It refuses a slug that once belonged to another object.
    """

    table = models.CharField(max_length=63)
    edition = models.ForeignKey(Edition, models.CASCADE, null=True, related_name="+")
    slug = models.SlugField(max_length=80)
    target = models.BigIntegerField()

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["table", "edition", "slug"],
                nulls_distinct=False,
                name="editions_former_slug_once",
                violation_error_message=_(
                    "This address has been used before and can’t be used again."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.slug
