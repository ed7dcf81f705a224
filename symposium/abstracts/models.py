"""The abstract, its authors, keywords, references and versions, and which ones are public."""

import datetime
import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Greatest, Left
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from symposium.abstracts.identifiers import (
    DOI_FORM,
    ORCID_FORM,
    ROR_FORM,
    DoiField,
    Licence,
    RorField,
)
from symposium.abstracts.triggers import KeepVersions
from symposium.core.fulltext.query import NormalizedName
from symposium.core.i18n.localized import LANGUAGES, in_each_language, sort_key
from symposium.core.i18n.names import PersonName
from symposium.editions.models import Edition, has_text, has_translation
from symposium.editions.slugs import SluggedModel
from symposium.editions.triggers import KeepSlug, MoveEveryRevision, MoveRevision
from symposium.sessions.models import Session
from symposium.speakers.models import Speaker
from symposium.speakers.orcid import OrcidField

MAX_RELATED_KEYWORDS, MAX_RELATED = 12, 3
OPENING_CHARS = 400  # of the text, from which a list shows the first sentence
NOT_IN_DRAFT_SESSION = Q(session__isnull=True) | ~Q(session__effective_status=Session.Status.DRAFT)
# Condition of a public abstract, from its date of publication on. The triggers of the search and of
# OAI-PMH have the same condition in SQL; tests/abstracts/test_published.py compares them, and every
# page.
PUBLISHED = NOT_IN_DRAFT_SESSION & Q(status="published")


class KeywordQuerySet(models.QuerySet):
    def used_in(self, edition: Edition):
        """Return the keywords of the published abstracts of `edition`, with `abstract_count`."""
        published = edition.abstracts.published()
        return self.filter(abstracts__in=published).annotate(
            abstract_count=models.Count("abstracts", distinct=True)
        )

    def related_to(self, keyword: "Keyword", edition: Edition):
        """Return the keywords that share most abstracts of `edition` with `keyword`, in order.

        `abstract_count` of each is the number of shared abstracts.
        """
        shared = edition.abstracts.published().filter(keywords=keyword)
        return (
            self.filter(abstracts__in=shared)
            .exclude(pk=keyword.pk)
            .annotate(abstract_count=models.Count("abstracts", distinct=True))
            .order_by("-abstract_count", "name_fr", "pk")[:MAX_RELATED_KEYWORDS]
        )


class DuplicateKeyword(ValidationError):
    """Another keyword has the same name. `keyword` is the other one, which the desk offers."""

    def __init__(self, keyword: "Keyword"):
        self.keyword = keyword
        message = _("There’s already a keyword with this name: “%(keyword)s”.")
        super().__init__(message, code="twin", params={"keyword": keyword})


class Keyword(SluggedModel):
    """Term of the controlled vocabulary, shared by all editions."""

    name = models.CharField(_("name"), max_length=80)
    definition = models.TextField(_("definition"), max_length=1000, blank=True)

    objects = KeywordQuerySet.as_manager()

    slug_source = "name"

    class Meta:
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")
        ordering = ["name_fr", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                name="keywords_slug_once",
                violation_error_message=_("This address is already used by another keyword."),
            ),
            models.CheckConstraint(
                condition=has_translation("name"),
                name="keywords_named",
                violation_error_message=_("Enter a name in at least one language."),
            ),
            *(
                models.UniqueConstraint(
                    NormalizedName(f"name_{code}"),
                    name=f"keywords_name_{code}_once",
                    condition=Q(**{f"name_{code}__gt": ""}),
                    violation_error_message=_("This name is already used by another keyword."),
                )
                for code in LANGUAGES
            ),
        ]
        triggers = [KeepSlug(), MoveEveryRevision()]

    def __str__(self) -> str:
        return self.name or self.slug

    def clean(self) -> None:
        super().clean()
        self.clean_names()

    def clean_names(self) -> None:
        """Raise ValidationError, keyed to the name, if another keyword has this name."""
        others = Keyword.objects.exclude(pk=self.pk)
        twins = {
            f"name_{code}": others.alias(same=NormalizedName(f"name_{code}")).filter(
                same=NormalizedName(models.Value(name))
            ).first()
            for code, name in self.names()
        }  # fmt: skip
        if errors := {field: DuplicateKeyword(twin) for field, twin in twins.items() if twin}:
            raise ValidationError(errors)

    @property
    def sort_key(self) -> str:
        return sort_key(self.name)

    def names(self) -> list[tuple[str, str]]:
        """Return a (language, name) pair for each language in which the keyword has a name."""
        pairs = ((code, getattr(self, f"name_{code}")) for code in LANGUAGES)
        return [(code, name) for code, name in pairs if name]


class AbstractQuerySet(models.QuerySet):
    def published(self, at: datetime.datetime | None = None):
        """Return the published abstracts. An abstract of a draft session is not public yet."""
        return self.due(at).filter(PUBLISHED)

    def public(self, at: datetime.datetime | None = None):
        """Return the abstracts with a public page: published, or withdrawn with a tombstone.

        A tombstone stays if the abstract was ever public, even if its session is a draft again.
        """
        read = models.Exists(
            OaiRecord.objects.filter(guid=models.OuterRef("guid"), was_public=True)
        )
        tombstones = Q(NOT_IN_DRAFT_SESSION | read, status=Abstract.Status.WITHDRAWN)
        return self.due(at).filter(PUBLISHED | tombstones)

    def due(self, at: datetime.datetime | None = None):
        return self.filter(published_at__lte=at or timezone.now(), edition__is_published=True)

    def ever_public(self):
        """Return the abstracts that have or had a public URL, even if they were withdrawn since."""
        known = OaiRecord.objects.known().values("guid")
        return self.filter(Q(guid__in=known) | Q(status=Abstract.Status.WITHDRAWN))

    def not_withdrawn(self):
        return self.exclude(status=Abstract.Status.WITHDRAWN)

    def main_abstract(self):
        """Return the main abstract of the edition, or None."""
        return self.main_abstracts().first()

    def main_abstracts(self):
        return self.filter(kind=Abstract.Kind.SYMPOSIUM)

    def not_main(self):
        return self.exclude(kind=Abstract.Kind.SYMPOSIUM)

    def for_list(self):
        """Load titles, authors and sessions; of the texts, `opening` alone."""
        authors = Author.objects.select_related("speaker").defer(
            *in_each_language("speaker__biography")
        )
        sessions = Session.objects.prefetch_related("track").defer(
            "period", "allowed_period", *in_each_language("description")
        )
        openings = {f"opening_{code}": Left(f"text_{code}", OPENING_CHARS) for code in LANGUAGES}
        return (
            self.prefetch_related(
                "edition",
                models.Prefetch("session", sessions),
                models.Prefetch("authors", authors),
            )
            .defer(*in_each_language("text", "withdrawal_reason"))
            .annotate(**openings)
        )

    def related_to(self, abstract: "Abstract"):
        """Return the abstracts that share most keywords with `abstract`, in order, for a list."""
        keywords = [use.keyword_id for use in abstract.ordered_keywords.all()]
        shared = models.Count("keywords", filter=Q(keywords__in=keywords), distinct=True)
        return (
            self.filter(keywords__in=keywords)
            .exclude(pk=abstract.pk)
            .annotate(shared_keywords=shared)
            .for_list()
            .order_by("-shared_keywords", "session__starts_at", "pk")[:MAX_RELATED]
        )

    def in_order(self):
        """Order the main abstract first, then by session as in the programme."""
        return self.order_by(
            Case(When(kind=Abstract.Kind.SYMPOSIUM, then=0), default=1),
            "session__starts_at",
            "session",
            "pk",
        )

    def with_details(self):
        """Load what the page of an abstract shows."""
        return self.select_related("edition", "session").prefetch_related(
            models.Prefetch("authors", Author.objects.select_related("speaker")),
            models.Prefetch("ordered_keywords", AbstractKeyword.objects.select_related("keyword")),
        )

    def with_reference(self):
        """Load what a citation needs, including the publisher and the version."""
        return self.with_details().prefetch_related(
            "edition__partners", models.Prefetch("versions", Version.objects.defer("content"))
        )


class Abstract(SluggedModel):
    """Scholarly record. The text in `language` is the record; the others are translations of it."""

    class Kind(models.TextChoices):
        SYMPOSIUM = "symposium", _("Abstract of the symposium")
        KEYNOTE = "keynote", _("Keynote")
        PAPER = "paper", _("Paper")
        PANEL = "panel", _("Panel")
        WORKSHOP = "workshop", _("Workshop")
        POSTER = "poster", _("Poster")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="abstracts", verbose_name=_("edition")
    )
    session = models.ForeignKey(
        Session, models.RESTRICT, null=True, blank=True, related_name="abstracts",
        verbose_name=_("session"),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=9, choices=Kind, default=Kind.PAPER)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT)
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(
        _("text"), max_length=20_000, blank=True, help_text=_("One paragraph per line.")
    )
    language = models.CharField(
        _("original language"), max_length=2, choices=settings.LANGUAGES, default="fr",
        help_text=_("Other languages are shown as translations."),
    )  # fmt: skip
    keywords = models.ManyToManyField(
        Keyword, through="AbstractKeyword", related_name="abstracts", verbose_name=_("keywords")
    )
    licence = models.CharField(
        _("licence"), max_length=20, choices=Licence, blank=True, default="", db_default="",
        help_text=_("How readers may reuse the text. If you leave this blank, copyright law "
                    "applies."),
    )  # fmt: skip
    doi = DoiField(
        "DOI", max_length=200, blank=True, default="", db_default="",
        help_text=_("Enter a DOI only if it’s already registered."),
    )  # fmt: skip
    published_at = models.DateTimeField(_("published on"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn on"), null=True, blank=True)
    withdrawal_reason = models.TextField(
        _("reason for withdrawal"), max_length=1000, blank=True, default="", db_default="",
        help_text=_("Shown publicly instead of the text."),
    )  # fmt: skip
    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    updated_at = models.DateTimeField(_("last change"), auto_now=True, editable=False)

    objects = AbstractQuerySet.as_manager()

    class Meta:
        verbose_name = _("abstract")
        verbose_name_plural = _("abstracts")
        ordering = ["edition", "session__starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "slug"],
                name="abstracts_slug_once_per_edition",
                violation_error_message=_(
                    "This address is already used by another abstract in this edition."
                ),
            ),
            models.UniqueConstraint(
                fields=["edition"],
                condition=Q(kind="symposium"),
                name="abstracts_one_main_per_edition",
                violation_error_message=_("This edition already has an abstract."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="symposium") | Q(session__isnull=True),
                name="abstracts_main_has_no_session",
                violation_error_message=_(
                    "The symposium’s own abstract can’t belong to a session."
                ),
            ),
            models.CheckConstraint(
                condition=has_translation("title"),
                name="abstracts_titled",
                violation_error_message=_("Enter a title in at least one language."),
            ),
            models.CheckConstraint(
                condition=Q(status="draft")
                | Q(published_at__isnull=False)
                & (
                    Q(language="fr") & has_text("text_fr")
                    | Q(language="en") & has_text("text_en")
                    | Q(language="ar") & has_text("text_ar")
                ),
                name="abstracts_published_with_text_and_date",
                violation_error_message=_(
                    "Before you publish, add a date and the text in the original language."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn")
                | Q(withdrawn_at__isnull=False, withdrawn_at__gte=F("published_at"))
                & has_translation("withdrawal_reason"),
                name="abstracts_withdrawn_with_date_and_reason",
                violation_error_message=_(
                    "Before you withdraw, give a reason and a date after publication."
                ),
            ),
            models.CheckConstraint(
                condition=Q(licence__in=["", *Licence.values]),
                name="abstracts_licence_known",
                violation_error_message=_("Choose one of the licences."),
            ),
            models.CheckConstraint(
                condition=Q(doi="") | Q(doi__regex=DOI_FORM) & ~Q(doi__regex="[A-Z]"),
                name="abstracts_doi_form",
                violation_error_message=_("Enter the DOI like this: 10.1234/abcd, with no spaces."),
            ),
            models.UniqueConstraint(
                fields=["doi"],
                condition=~Q(doi=""),
                name="abstracts_doi_once",
                violation_error_message=_("This DOI is already used by another abstract."),
            ),
        ]
        triggers = [KeepSlug("edition_id"), MoveRevision()]

    def __str__(self) -> str:
        return self.title or self.slug

    def get_absolute_url(self) -> str:
        if self.kind == self.Kind.SYMPOSIUM:
            return reverse("abstracts:main", args=[self.edition.slug])
        return reverse("abstracts:detail", args=[self.edition.slug, self.slug])

    def get_pdf_url(self) -> str:
        """Return the URL of the PDF, in the folder of the page, as Google Scholar requires."""
        return f"{self.get_absolute_url()}abstract.pdf"

    def clean(self) -> None:
        super().clean()
        if self.session and self.session.edition_id != self.edition_id:
            raise ValidationError(
                {"session": ValidationError(_("Choose an item from this edition."), code="edition")}
            )
        self.clean_waiting()
        if self.status == self.Status.PUBLISHED and self.published_at is None:
            self.published_at = timezone.now()
        if self.status != self.Status.WITHDRAWN:
            self.withdrawn_at = None
        elif self.withdrawn_at is None:
            self.withdrawn_at = timezone.now()

    def clean_waiting(self) -> None:
        """Raise ValidationError if a published abstract leaves its draft session.

        It would be public at once.
        """
        stored = Abstract.objects.filter(pk=self.pk, status=self.Status.PUBLISHED)
        is_free = self.status == self.Status.PUBLISHED and not self.session_id
        if is_free and stored.exclude(NOT_IN_DRAFT_SESSION).exists():
            words = _(
                "The session is a draft. Without it, this abstract would be public straight "
                "away. Set the abstract back to draft first."
            )
            raise ValidationError({"session": ValidationError(words, code="waiting")})

    @property
    def is_main(self) -> bool:
        return self.kind == self.Kind.SYMPOSIUM

    @property
    def is_withdrawn(self) -> bool:
        return self.status == self.Status.WITHDRAWN

    @property
    def has_long_title(self) -> bool:
        return len(self.title or "") > Session.LONG_TITLE_CHARS

    @property
    def people(self) -> list["Speaker | Author"]:
        """The authors by whose names readers know them: speakers, or the authors themselves."""
        return [author.speaker or author for author in self.authors.all()]

    @property
    def version_number(self) -> int:
        return next((version.number for version in self.versions.all()), 1)

    @property
    def licence_url(self) -> str:
        return Licence(self.licence).url if self.licence else ""

    @property
    def record_language(self) -> str:
        return self.language

    def is_translation_in(self, language: str) -> bool:
        """Return whether a reader of `language` gets a translation of the record."""
        return language != self.language and bool(getattr(self, f"text_{language}"))

    def is_untranslated_in(self, language: str) -> bool:
        """Return whether a reader of `language` gets the record in its own, different language."""
        return language != self.language and not getattr(self, f"text_{language}")


class AbstractKeyword(models.Model):
    """Keyword of an abstract, in the order that the authors chose."""

    abstract = models.ForeignKey(Abstract, models.CASCADE, related_name="ordered_keywords")
    keyword = models.ForeignKey(
        Keyword, models.RESTRICT, related_name="uses", verbose_name=_("keyword")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    class Meta:
        verbose_name = _("keyword of an abstract")
        verbose_name_plural = _("keywords")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["abstract", "keyword"],
                name="abstract_keywords_once",
                violation_error_message=_("This keyword has already been added."),
            )
        ]
        triggers = [MoveRevision(through="abstract")]

    def __str__(self) -> str:
        return str(self.keyword)


class Author(PersonName, models.Model):
    """Author of an abstract: a speaker, another person, or a body (with a family name only)."""

    abstract = models.ForeignKey(Abstract, models.CASCADE, related_name="authors")
    speaker = models.ForeignKey(
        Speaker, models.RESTRICT, null=True, blank=True, related_name="authorships",
        verbose_name=_("speaker"),
    )  # fmt: skip
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    affiliation = models.CharField(_("affiliation"), max_length=200, blank=True)
    ror = RorField(
        _("ROR id of the affiliation"), max_length=40, blank=True, default="", db_default="",
        help_text=_("Find it at ror.org. If the author is an organisation, enter its own ID."),
    )  # fmt: skip
    orcid = OrcidField("ORCID iD", max_length=19, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(speaker__isnull=False) | has_translation("family_name"),
                name="authors_speaker_or_name",
                violation_error_message=_("Choose a speaker or enter a name."),
            ),
            models.UniqueConstraint(
                fields=["abstract", "speaker"],
                name="authors_once_per_abstract",
                violation_error_message=_("This author has already been added."),
            ),
            models.CheckConstraint(
                condition=Q(ror="") | Q(ror__regex=ROR_FORM),
                name="authors_ror_form",
                violation_error_message=_("This is not a ROR id."),
            ),
            models.CheckConstraint(
                condition=Q(orcid="") | Q(orcid__regex=ORCID_FORM),
                name="authors_orcid_form",
                violation_error_message=_("Enter the ORCID iD like this: 0000-0000-0000-0000."),
            ),
        ]
        triggers = [MoveRevision(through="abstract")]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        return self.speaker.name_in(language) if self.speaker else super().name_in(language)


class Version(models.Model):
    """Version of an abstract as it was published; `content` has its texts, authors and keywords.

    `versions.py` writes the rows; an abstract that never changed has none. The database refuses to
    change a row once a later version exists.
    """

    abstract = models.ForeignKey(Abstract, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("number"))
    published_at = models.DateTimeField(_("published on"))
    note = models.TextField(_("what changed"), max_length=1000, blank=True)
    content = models.JSONField(_("content"), editable=False)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["abstract", "number"],
                name="versions_number_once",
                violation_error_message=_("This version already exists."),
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="versions_number_from_one",
                violation_error_message=_("Versions are numbered from 1."),
            ),
            models.CheckConstraint(
                condition=Q(number=1) | has_translation("note"),
                name="versions_say_what_changed",
                violation_error_message=_("Describe what changed in at least one language."),
            ),
        ]
        triggers = [KeepVersions(), MoveRevision(through="abstract")]

    def __str__(self) -> str:
        return str(self.number)

    def get_absolute_url(self) -> str:
        return f"{self.abstract.get_absolute_url()}v{self.number}/"


class UsageCount(models.Model):
    """Number of views or downloads of an abstract on one day, without any data about readers."""

    class Kind(models.TextChoices):
        VIEW = "view", _("Views")
        DOWNLOAD = "download", _("Downloads")

    abstract = models.ForeignKey(Abstract, models.CASCADE, related_name="usage_counts")
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    count = models.PositiveIntegerField(_("number"), default=0)

    class Meta:
        verbose_name = _("views")
        verbose_name_plural = _("views")
        ordering = ["day", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["abstract", "day", "kind"],
                name="usage_counts_once_per_day",
                violation_error_message=_("This day is already counted."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


class OaiRecordQuerySet(models.QuerySet):
    def known(self, at: datetime.datetime | None = None):
        """Return the records that harvesters see, with `datestamp`, `is_deleted` and `in_sets`.

        A deleted record stays in every set that it was ever in, so that harvesters of each set
        learn of the deletion.
        """
        public = Q(public_from__lte=at or timezone.now())
        since = Case(When(public, then=Greatest("changed_at", "public_from")), default="changed_at")
        return self.filter(public | Q(was_public=True)).annotate(
            is_deleted=Case(When(public, then=False), default=True),
            in_sets=Case(When(public, then="sets"), default="sets_ever"),
            datestamp=models.Func(
                models.Value("second"), since, function="date_trunc",
                output_field=models.DateTimeField(),
            ),
        )  # fmt: skip


class OaiRecord(models.Model):
    """OAI-PMH record of an abstract that is, was or will be public; it is never deleted.

    The triggers of `sql/harvest.sql` write the rows, which outlive the abstract. `public_from` is
    the date of publication, which may be in the future, or None if the abstract is not public.
    """

    guid = models.UUIDField(primary_key=True, editable=False)
    public_from = models.DateTimeField(null=True)
    was_public = models.BooleanField()
    changed_at = models.DateTimeField()
    digest = models.CharField(max_length=32)
    sets = ArrayField(models.TextField())
    sets_ever = ArrayField(models.TextField())

    objects = OaiRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("harvested record")
        verbose_name_plural = _("harvested records")
        ordering = ["changed_at", "guid"]

    def __str__(self) -> str:
        return str(self.guid)
