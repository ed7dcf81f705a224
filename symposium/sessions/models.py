"""Rooms, tracks, sessions, who takes part in them, documents; which sessions are public."""

import datetime
import uuid
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import Case, Count, Deferrable, F, Func, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from symposium.core.fulltext.query import NormalizedName
from symposium.core.i18n.dates import long_date, midnight
from symposium.core.i18n.localized import LANGUAGES, in_each_language, sort_key
from symposium.core.uploads import EXTENSIONS, validate_document
from symposium.editions.models import Edition, has_translation
from symposium.editions.slugs import SluggedModel
from symposium.editions.triggers import KeepSlug, MoveRevision
from symposium.sessions.triggers import (
    CopyAllowedPeriod,
    CopyParent,
    CopyPeriod,
    CopyPeriodToParticipations,
    CountSequence,
    DropMove,
    KeepTalksInside,
    MoveTalks,
    RecordChange,
)
from symposium.speakers.models import Speaker
from symposium.speakers.triggers import MovePersonRevision

# SQL that gives the persons in a session that is written, for `MovePersonRevision`.
PEOPLE_OF_SESSION = """
    SELECT own.person FROM symposium_sessions_participation part
    JOIN symposium_speakers_speaker own ON own.id = part.speaker_id
    WHERE part.session_id IN (OLD.id, NEW.id)"""
PEOPLE_OF_KIND = """
    SELECT own.person FROM symposium_sessions_participation part
    JOIN symposium_sessions_session session ON session.id = part.session_id
    JOIN symposium_speakers_speaker own ON own.id = part.speaker_id
    WHERE session.own_kind_id IN (OLD.id, NEW.id)"""
PEOPLE_OF_PARTICIPATION = """
    SELECT own.person FROM symposium_speakers_speaker own
    WHERE own.id IN (OLD.speaker_id, NEW.speaker_id)"""


OWN = "own-"  # before the key of an own word, where standard values are chosen too


def own_choice(key: int) -> str:
    """Return the value of an own word in a list of choices."""
    return f"{OWN}{key}"


def field_error(field: str, message: Any, code: str, **params: Any) -> ValidationError:
    """Return the error `message`, with its `params`, beside the `field`."""
    return ValidationError({field: ValidationError(message, code=code, params=params)})


class Track(SluggedModel):
    """Track of the programme; its mark is a shape and a colour, always shown beside the name."""

    class Mark(models.TextChoices):
        SQUARE = "square", _("blue square")
        ARCH = "arch", _("green arch")
        DIAMOND = "diamond", _("amber diamond")
        DISC = "disc", _("terracotta disc")
        STAR = "star", _("blue star")
        HEXAGON = "hexagon", _("green hexagon")
        TRIANGLE = "triangle", _("terracotta triangle")

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="tracks", verbose_name=_("edition")
    )
    name = models.CharField(_("name"), max_length=80)
    mark = models.CharField(_("mark"), max_length=8, choices=Mark, default=Mark.SQUARE)
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    slug_source = "name"

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "slug"],
                name="tracks_slug_once_per_edition",
                violation_error_message=_(
                    "This address is already used by another track in this edition."
                ),
            ),
            models.UniqueConstraint(fields=["id", "edition"], name="tracks_id_edition"),
            models.CheckConstraint(
                condition=has_translation("name"),
                name="tracks_named",
                violation_error_message=_("Enter a name in at least one language."),
            ),
        ]
        triggers = [KeepSlug("edition_id"), MoveRevision()]

    def __str__(self) -> str:
        return self.name or self.slug


class RoomQuerySet(models.QuerySet):
    def published(self):
        return self.filter(edition__is_published=True)


class Room(SluggedModel):
    """Room where sessions take place; `order` is also the order of the programme's columns."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="rooms", verbose_name=_("edition")
    )
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(
        _("description"), max_length=120, blank=True,
        help_text=_("Shown under the room’s name in the programme: what it’s for, or where it is."),
    )  # fmt: skip
    floor = models.CharField(
        _("floor"), max_length=60, blank=True, help_text=_("For example “Ground floor”.")
    )
    access = models.CharField(
        _("access"), max_length=200, blank=True,
        help_text=_("How to get there, without stairs too: entrance, lift, corridor."),
    )  # fmt: skip
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    objects = RoomQuerySet.as_manager()

    slug_source = "name"

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "slug"],
                name="rooms_slug_once_per_edition",
                violation_error_message=_(
                    "This address is already used by another room in this edition."
                ),
            ),
            models.UniqueConstraint(fields=["id", "edition"], name="rooms_id_edition"),
            models.CheckConstraint(
                condition=has_translation("name"),
                name="rooms_named",
                violation_error_message=_("Enter a name in at least one language."),
            ),
        ]
        triggers = [KeepSlug("edition_id"), MoveRevision()]

    def __str__(self) -> str:
        return self.name or self.slug

    def get_absolute_url(self) -> str:
        return reverse("sessions:room", args=[self.edition.slug, self.slug])


class SessionQuerySet(models.QuerySet):
    def published(self):
        """Return the public sessions: published ones, and cancelled ones, shown as cancelled."""
        return self.filter(
            effective_status__in=[Session.Status.PUBLISHED, Session.Status.CANCELLED],
            edition__is_published=True,
        )

    def held(self):
        """Return the published sessions that are not cancelled."""
        return self.published().not_cancelled()

    def not_cancelled(self):
        return self.exclude(effective_status=Session.Status.CANCELLED)

    def without_talks(self):
        """Return the sessions that are no talk of another."""
        return self.filter(parent__isnull=True)

    def with_whole(self, found: "SessionQuerySet"):
        """Return the sessions of `found`, those that hold a talk of it, and the talks of both."""
        whole = found.order_by().annotate(whole=Coalesce("parent", "pk")).values("whole")
        return self.filter(Q(pk__in=whole) | Q(parent__in=whole))

    def in_order(self):
        """Order by time, then by position for the talks without a time."""
        return self.order_by("starts_at", "order", "pk")

    def with_relations(self):
        """Load room and track, and the session that holds a talk, for the page of a session."""
        return self.select_related("room", "parent_room", "track", "parent", "own_kind")

    def in_room(self, room: Room):
        """Return the sessions in `room`; a talk without a room of its own is in its session's."""
        return self.filter(Q(room=room) | Q(room=None, parent_room=room))

    def for_programme(self):
        """Load room, track and own kind, without long texts, in the order of the programme.

        These are few: a prefetch reads each once, a join would read it for each session.
        `timetable.load_sessions` adds the speakers.
        """
        return (
            self.prefetch_related("room", "parent_room", "track", "own_kind")
            .defer("period", "allowed_period", *in_each_language("description"))
            .order_by("starts_at", "room__order", "order", "pk")
        )

    def with_people(self):
        """Load the published speakers and their roles."""
        people = Participation.objects.published().with_speakers()
        biography = in_each_language("speaker__biography")
        return self.prefetch_related(
            models.Prefetch("participations", people.defer("period", *biography))
        )

    def highlights(self):
        """Return the main sessions, for the overview of the days."""
        return (
            self.scheduled()
            .without_talks()
            .filter(kind__in=[*Session.FOR_ALL, Session.Kind.PANEL, Session.Kind.POSTER_SESSION])
            .not_cancelled()
            .select_related("track", "own_kind")
            .order_by("starts_at", "room__order", "pk")
        )

    def not_over(self, at: datetime.datetime):
        """Return the sessions that end after `at` and are held, in order of time."""
        return self.held().without_talks().filter(ends_at__gt=at).for_rows()

    def with_doors(self):
        """Return the sessions at whose door tickets are scanned; of talks, those with places."""
        return self.filter(Q(parent=None) | Q(places__isnull=False))

    def of_kind(self, choice: str):
        """Return the sessions of a standard kind alone, or of an own kind (`own-12`)."""
        key = choice.removeprefix(OWN)
        if key == choice:
            return self.filter(kind=choice, own_kind=None)
        return self.filter(own_kind=key) if key.isdecimal() else self.none()

    def with_recordings(self):
        """Return the sessions with a published recording."""
        kind = Resource.Kind.RECORDING
        return self.filter(resources__kind=kind, resources__is_published=True)

    def scheduled(self):
        return self.filter(starts_at__isnull=False)

    def without_room(self):
        """Return the sessions that still need a room; a break and a talk need none."""
        return self.to_be_prepared().filter(room__isnull=True, parent__isnull=True)

    def without_time(self):
        """Return the sessions that still need a time; a talk needs none."""
        return self.not_cancelled().filter(starts_at=None, parent=None)

    def without_speaker(self):
        """Return the sessions that still need a speaker; one with talks has those of its talks."""
        return self.to_be_prepared().filter(participations__isnull=True, talks__isnull=True)

    def to_be_prepared(self):
        """Return the sessions that all counts include: neither cancelled nor a break."""
        return self.not_cancelled().exclude(kind=Session.Kind.BREAK)

    def with_places(self):
        """Return the published sessions with limited places, in which a seat must be booked."""
        return self.held().filter(places__isnull=False)

    def bookable(self, at: datetime.datetime | None = None):
        """Return the sessions with limited places that have not started."""
        not_started = self.with_places().exclude(starts_at__lte=at or timezone.now())
        return not_started.order_by("starts_at", "pk")

    def overlapping(self, session: "Session"):
        """Return the other sessions that overlap with `session` in time and are not cancelled.

        A session and its talks do not overlap; two of its talks may.
        """
        others = self.exclude(pk__in=filter(None, [session.pk, session.parent_id]))
        if session.pk:
            others = others.exclude(parent=session.pk)
        return others.not_cancelled().filter(
            starts_at__lt=session.ends_at, ends_at__gt=session.starts_at
        )

    def beside(self, session: "Session"):
        """Return the sessions that someone could attend instead of `session`, in order."""
        if session.starts_at is None:
            return self.none()
        others = self.overlapping(session).without_talks()
        return others.exclude(kind=Session.Kind.BREAK).for_rows()

    def next_in_room(self, session: "Session"):
        """Return the later sessions of the same day in the room of `session`, in order."""
        room = session.effective_room
        if not (room and session.starts_at):
            return self.none()
        end_of_day = midnight(session.day + datetime.timedelta(days=1), session.edition.zone)
        return (
            self.filter(room=room, effective_status=Session.Status.PUBLISHED)
            .filter(starts_at__gte=session.ends_at, starts_at__lt=end_of_day)
            .for_rows()
        )

    def related_to(self, session: "Session"):
        """Return the sessions whose public abstracts share keywords with those of `session`.

        Those that share most come first.
        """
        abstracts = session.edition.abstracts.published()
        keywords = abstracts.filter(session=session).values("keywords")
        shared = Count(
            "abstracts__keywords", filter=Q(abstracts__keywords__in=keywords), distinct=True
        )
        return (
            self.filter(effective_status=Session.Status.PUBLISHED, abstracts__in=abstracts)
            .filter(abstracts__keywords__in=keywords)
            .exclude(pk=session.pk)
            .annotate(shared_keywords=shared)
            .for_rows()
            .order_by("-shared_keywords", "starts_at", "pk")
        )

    def for_rows(self):
        """Load room, track and own kind, without long texts, for a short list in order of time."""
        return (
            self.select_related("room", "parent_room", "track", "own_kind")
            .defer("period", "allowed_period", *in_each_language("description"))
            .order_by("starts_at", "room__order", "pk")
        )


class Session(SluggedModel):
    """Item of the programme. PostgreSQL prevents clashes of rooms and of speakers.

    A session may hold talks, one level deep. A talk lies in the time of its session, and in its
    room unless it has one of its own; it is public or cancelled only as far as its session is.
    """

    class Kind(models.TextChoices):
        OPENING = "opening", _("Opening")
        PLENARY = "plenary", _("Plenary")
        KEYNOTE = "keynote", _("Keynote")
        PANEL = "panel", _("Panel")
        WORKSHOP = "workshop", _("Workshop")
        TALK = "talk", _("Talk")
        POSTER_SESSION = "poster_session", _("Poster session")
        BREAK = "break", _("Break")
        CLOSING = "closing", _("Closing")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", pgettext_lazy("session", "Published")
        CANCELLED = "cancelled", _("Cancelled")

    # Kinds that everybody attends, and kinds that may share their room.
    FOR_ALL = (Kind.OPENING, Kind.PLENARY, Kind.KEYNOTE, Kind.CLOSING)
    SHARING = (Kind.POSTER_SESSION, Kind.BREAK)
    LONG_TITLE_CHARS = 90

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="sessions", verbose_name=_("edition")
    )
    kind = models.CharField(_("kind"), max_length=14, choices=Kind, default=Kind.TALK)
    # Says the kind in the edition's own words; `kind` is then its standard kind.
    own_kind = models.ForeignKey(
        "SessionKind", models.SET_NULL, null=True, blank=True, related_name="sessions",
        verbose_name=_("own kind"),
    )  # fmt: skip
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT)
    parent = models.ForeignKey(
        "self", models.RESTRICT, null=True, blank=True, related_name="talks",
        verbose_name=pgettext_lazy("talk", "part of"),
        help_text=_("The session that holds this talk. Leave it blank for a session of its own."),
    )  # fmt: skip
    order = models.PositiveSmallIntegerField(
        _("order"), default=0, db_default=0,
        help_text=_("The position of a talk that has no time."),
    )  # fmt: skip
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(
        _("description"), max_length=5000, blank=True,
        help_text=_("What happens in the session. Abstracts are added separately."),
    )  # fmt: skip
    track = models.ForeignKey(
        Track, models.RESTRICT, null=True, blank=True, related_name="sessions",
        verbose_name=_("track"),
    )  # fmt: skip
    room = models.ForeignKey(
        Room, models.RESTRICT, null=True, blank=True, related_name="sessions",
        verbose_name=_("room"),
    )  # fmt: skip
    starts_at = models.DateTimeField(_("start"), null=True, blank=True)
    ends_at = models.DateTimeField(_("end"), null=True, blank=True)
    languages = ArrayField(
        models.CharField(max_length=2, choices=settings.LANGUAGES),
        verbose_name=_("languages"), default=list, blank=True,
        help_text=_("The languages spoken."),
    )  # fmt: skip
    places = models.PositiveIntegerField(
        _("places"),
        null=True,
        blank=True,
        help_text=_("If blank, the number of places is unlimited."),
    )
    stream_url = models.URLField(
        _("online stream"), blank=True,
        help_text=_("Only people with access can see this. It never appears on the public page."),
    )  # fmt: skip
    speakers = models.ManyToManyField(
        Speaker, through="Participation", related_name="sessions", verbose_name=_("speakers")
    )
    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Number of changes of time, room or status, counted by a trigger, for calendars.
    sequence = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    updated_at = models.DateTimeField(_("last change"), auto_now=True, editable=False)
    period = models.GeneratedField(
        expression=Case(
            When(
                Q(ends_at__gt=F("starts_at")),
                then=Func(
                    F("starts_at"),
                    F("ends_at"),
                    function="tstzrange",
                    output_field=DateTimeRangeField(),
                ),
            ),
            default=None,
        ),
        output_field=DateTimeRangeField(),
        db_persist=True,
        editable=False,
    )
    # The days of the edition, copied here by a trigger so that a check constraint can see them.
    allowed_period = DateTimeRangeField(null=True, editable=False)
    # Status and room of the session that holds this talk, copied by a trigger; Python never writes
    # them. Of a session of its own: published, and no room.
    parent_status = models.CharField(
        max_length=9, choices=Status, default=Status.PUBLISHED, db_default=Status.PUBLISHED,
        editable=False,
    )  # fmt: skip
    parent_room = models.ForeignKey(
        Room, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, editable=False
    )
    # What the session is for everybody: a draft or cancelled session has no other talks.
    effective_status = models.GeneratedField(
        expression=Case(
            When(Q(status="draft") | Q(parent_status="draft"), then=Value("draft")),
            When(parent_status="cancelled", then=Value("cancelled")),
            default=F("status"),
        ),
        output_field=models.CharField(max_length=9, choices=Status),
        db_persist=True,
        editable=False,
    )
    # Seats taken, set by the page of the release.
    seats: int | None = None
    # Recent change, set by `changes.attach_recent_changes`.
    change: Any = None
    # Names of the speakers, set by `speaker_names.attach_speakers`.
    people: list | None = None
    # Talks to show inside the session, set by `timetable.nest_talks`.
    listed_talks: "list[Session] | tuple" = ()

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "room__order", "id"]
        permissions = [("watch_stream", _("Can watch live streams"))]
        indexes = [models.Index(fields=["edition", "starts_at"], name="sessions_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "slug"],
                name="sessions_slug_once_per_edition",
                violation_error_message=_(
                    "This address is already used by another session in this edition."
                ),
            ),
            models.UniqueConstraint(fields=["id", "edition"], name="sessions_id_edition"),
            models.CheckConstraint(
                condition=has_translation("title"),
                name="sessions_titled",
                violation_error_message=_("Enter a title in at least one language."),
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False),
                name="sessions_start_with_end",
                violation_error_message=_("Enter both a start and an end, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="sessions_end_after_start",
                violation_error_message=_("The end must be after the start."),
            ),
            models.CheckConstraint(
                condition=Q(period__contained_by=F("allowed_period")),
                name="sessions_inside_edition",
                violation_error_message=_("The session must take place during the edition."),
            ),
            ExclusionConstraint(
                name="sessions_one_at_a_time_in_a_room",
                expressions=[("room", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=~Q(effective_status="cancelled")
                & ~Q(kind__in=["poster_session", "break"]),
                deferrable=Deferrable.DEFERRED,
                violation_error_message=_("This room is already in use at this time."),
            ),
            ExclusionConstraint(
                name="sessions_one_talk_at_a_time",
                # Two talks in rooms of their own may be at one time.
                expressions=[
                    ("parent", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                    (Coalesce("room", 0), RangeOperators.EQUAL),
                ],
                condition=~Q(effective_status="cancelled")
                & ~Q(kind__in=["poster_session", "break"]),
                deferrable=Deferrable.DEFERRED,
                violation_error_message=_("The session already has a talk at this time."),
            ),
        ]
        triggers = [
            CopyAllowedPeriod(),
            CopyParent(),
            MoveTalks(),
            KeepTalksInside(),
            CountSequence(),
            RecordChange(),
            CopyPeriodToParticipations(),
            DropMove(),
            KeepSlug("edition_id"),
            MoveRevision(),
            MovePersonRevision(PEOPLE_OF_SESSION),
        ]

    def __str__(self) -> str:
        return self.title or self.slug

    def get_absolute_url(self) -> str:
        return reverse("sessions:detail", args=[self.edition.slug, self.slug])

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        """Return the word for its kind: the edition's own, or the standard one."""
        return str(self.own_kind or self.Kind(self.kind).label)

    def clean(self) -> None:
        super().clean()
        self.copy_parent()
        self.clean_parent()
        self.clean_times()
        self.clean_place()
        self.clean_talks()

    def copy_parent(self) -> None:
        """Take the status and the room of the session that holds this talk, as the trigger does."""
        self.parent_status = self.parent.status if self.parent else self.Status.PUBLISHED
        self.parent_room = self.parent.room if self.parent else None
        if self.room_id and self.room_id == self.parent_room_id:
            self.room = None

    def clean_parent(self) -> None:
        """Raise ValidationError, keyed to `parent`, unless the session may be part of it."""
        if not self.parent:
            return
        if self.parent.edition_id != self.edition_id:
            raise field_error("parent", _("Choose an item from this edition."), "edition")
        is_whole = self.pk and (self.parent_id == self.pk or self.talks.exists())
        if self.parent.parent_id or is_whole:
            raise field_error("parent", KeepTalksInside.messages["sessions_one_level"], "level")
        if self.parent.is_break or self.is_break:
            raise field_error("parent", KeepTalksInside.messages["sessions_break_alone"], "break")

    def clean_times(self) -> None:
        """Raise ValidationError, keyed to the field, unless the times are consistent.

        With the key, Django skips the constraints on that field, and the error is shown beside it.
        """
        if (self.starts_at is None) != (self.ends_at is None):
            field = "starts_at" if self.starts_at is None else "ends_at"
            raise field_error(field, _("Enter both a start and an end, or neither."), "times")
        if self.starts_at is None:
            return
        if self.ends_at <= self.starts_at:
            raise field_error("ends_at", _("The end must be after the start."), "end")
        if self.edition_id and not self.lies_inside_edition():
            raise field_error(
                "starts_at",
                _("The edition runs from %(first)s to %(last)s. Choose a time within it."),
                "outside",
                first=long_date(self.edition.starts_on),
                last=long_date(self.edition.ends_on),
            )
        if self.parent:
            self.clean_times_in_parent(self.parent)

    def clean_times_in_parent(self, parent: "Session") -> None:
        """Raise ValidationError unless this talk lies in its session, beside its other talks."""
        if parent.starts_at is None:
            words = _("First choose a time for “%(session)s”, which holds this talk.")
            raise field_error("starts_at", words, "outside", session=parent)
        if self.starts_at < parent.starts_at or self.ends_at > parent.ends_at:
            words = _("“%(session)s” is on %(times)s. Choose a time within it.")
            raise field_error("starts_at", words, "outside", session=parent, times=parent.times())
        if self.room_id or self.is_cancelled or self.kind in self.SHARING:
            return
        others = Session.objects.filter(parent__isnull=False, parent=parent.pk, room=None)
        others = others.exclude(kind__in=self.SHARING)
        if clash := others.overlapping(self).first():
            words = _("“%(session)s” takes place at this time, %(times)s.")
            raise field_error("starts_at", words, "talk", session=clash, times=clash.times())

    def clean_place(self) -> None:
        """Raise ValidationError if the room is taken, with the name of the other session.

        Raise it too if the room or the track belongs to another edition.
        """
        self.clean_owners()
        if self.starts_at is None or self.is_cancelled or self.kind in self.SHARING:
            return
        others = Session.objects.exclude(kind__in=self.SHARING).filter(room__isnull=False)
        if clash := others.filter(room=self.room_id).overlapping(self).first():
            raise field_error(
                "room",
                _("%(room)s is taken by “%(session)s”, %(times)s."),
                "room_taken",
                room=self.room,
                session=clash,
                times=clash.times(),
            )

    def clean_owners(self) -> None:
        """Raise ValidationError if room, track or own kind belongs to another edition."""
        # An error of the own kind has no field: the rules of clashes need a `kind`.
        owners = (("room", self.room), ("track", self.track), (NON_FIELD_ERRORS, self.own_kind))
        for field, owner in owners:
            if owner and owner.edition_id != self.edition_id:
                raise field_error(field, _("Choose an item from this edition."), "edition")

    def clean_talks(self) -> None:
        """Raise ValidationError if a talk cannot follow its session, with the name of the talk."""
        for talk in self.moved_talks():
            if talk.ends_at > self.ends_at:
                words = _("The talk “%(talk)s” would be on %(times)s, after the session’s end.")
                raise field_error("ends_at", words, "talk", talk=talk, times=talk.times())
            try:
                talk.clean_place()
                talk.check_speakers(talk.speakers.all())
            except ValidationError as refused:
                raise ValidationError({"starts_at": refused.messages}) from None

    def moved_talks(self) -> "list[Session]":
        """Return the scheduled talks, with the times that they get when this session is saved."""
        stored = Session.objects.filter(pk=self.pk).first()
        if not (stored and stored.starts_at and self.starts_at):
            return []
        talks = list(self.talks.scheduled())
        for talk in talks:
            talk.starts_at += self.starts_at - stored.starts_at
            talk.ends_at += self.starts_at - stored.starts_at
            talk.parent = self
            talk.copy_parent()
        return talks

    def check_speakers(self, speakers: Iterable[Speaker]) -> None:
        """Raise ValidationError if a speaker has another session then; it names both."""
        if not (self.starts_at and self.ends_at and not self.is_cancelled):
            return
        people = {speaker.pk: speaker for speaker in speakers}
        busy = (
            Participation.objects.filter(speaker__in=people)
            .filter(session__in=Session.objects.overlapping(self))
            .select_related("session__edition")
        )
        errors = [
            ValidationError(
                _("%(speaker)s is already in “%(session)s”, %(times)s."),
                code="speaker_busy",
                params={
                    "speaker": people[other.speaker_id],
                    "session": other.session,
                    "times": other.session.times(),
                },
            )
            for other in busy
        ]
        if errors:
            raise ValidationError(errors)

    def lies_inside_edition(self) -> bool:
        days = self.edition.period
        return days.lower <= self.starts_at and self.ends_at <= days.upper

    def times(self) -> str:
        """Return day and times in the edition's zone, for a sentence: 9 June 2021 11:00–12:30."""
        start, end = (at.astimezone(self.edition.zone) for at in (self.starts_at, self.ends_at))
        return f"{long_date(start.date())} \u2066{start:%H:%M}–{end:%H:%M}\u2069"

    @property
    def is_cancelled(self) -> bool:
        return self.Status.CANCELLED in (self.status, self.parent_status)

    @property
    def is_draft(self) -> bool:
        return self.Status.DRAFT in (self.status, self.parent_status)

    @property
    def is_held(self) -> bool:
        """Whether it is public and takes place, as far as its edition is published."""
        return not (self.is_draft or self.is_cancelled)

    @property
    def status_label(self) -> str:
        """Status for everybody, in words: that of a draft or cancelled session holds for a talk."""
        status = self.Status.CANCELLED if self.is_cancelled else self.Status(self.status)
        return str((self.Status.DRAFT if self.is_draft else status).label)

    @property
    def family(self) -> int:
        """Key of the session, or of the one that holds the talk: these two never clash."""
        return self.parent_id or self.pk

    @property
    def effective_room(self) -> Room | None:
        """Room in which it takes place; a talk without one of its own is in its session's."""
        return self.room or self.parent_room

    @property
    def kind_choice(self) -> str:
        """Value of its kind in a list of standard and own kinds, as in `SessionKind.choices_of`."""
        return own_choice(self.own_kind_id) if self.own_kind_id else self.kind

    def choose_kind(self, own_kind: "SessionKind | None", kind: str = "") -> None:
        """Take an own kind, with its standard kind, or else the standard `kind`."""
        self.own_kind, self.kind = own_kind, own_kind.standard if own_kind else kind

    @property
    def is_plain_talk(self) -> bool:
        """Whether it is simply a talk, the most common kind, which lists do not say."""
        return self.kind == self.Kind.TALK and self.own_kind_id is None

    @property
    def is_break(self) -> bool:
        return self.kind == self.Kind.BREAK

    @property
    def is_bookable(self) -> bool:
        """Whether its page links to the booking of a seat; same rule as `bookable()`."""
        return self.places is not None and self.is_held and not self.has_started

    @property
    def has_started(self) -> bool:
        return self.starts_at is not None and self.starts_at <= timezone.now()

    @property
    def is_watchable(self) -> bool:
        """Whether its page links to the online stream, until the end of the session."""
        is_over = self.ends_at is not None and self.ends_at <= timezone.now()
        return bool(self.stream_url) and not self.is_cancelled and not is_over

    @property
    def is_plenary_kind(self) -> bool:
        return self.kind in self.FOR_ALL

    @property
    def has_long_title(self) -> bool:
        """Whether its title is too long for the largest letters."""
        return len(self.title) > self.LONG_TITLE_CHARS

    @property
    def day(self) -> datetime.date:
        """Day on which it starts, in the edition's time zone."""
        return self.starts_at.astimezone(self.edition.zone).date()


class OwnWord(models.Model):
    """Word of an edition for something that behaves as the standard one, the value `standard`."""

    name = models.CharField(_("name"), max_length=60)
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    standard: Any

    class Meta:
        abstract = True
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def choice(self) -> str:
        """Value in a list of choices."""
        return own_choice(self.pk)

    def clean(self) -> None:
        """Raise ValidationError if a name is that of a standard one, in any language."""
        super().clean()
        taken: set[str] = set()
        for language in LANGUAGES:
            with override(language):
                taken |= {sort_key(str(label)) for _value, label in self.standards()}
        for name in in_each_language("name"):
            if sort_key(getattr(self, name) or "") in taken:
                raise field_error(name, _("This name already exists as a standard one."), "twin")

    @classmethod
    def standards(cls) -> list[tuple[str, Any]]:
        """Return the standard values with their labels."""
        return list(cls._meta.get_field("standard").choices or ())

    @classmethod
    def choices_of(cls, words: "Iterable[OwnWord]") -> list[tuple[Any, Any]]:
        """Return the standard choices, then the own `words`, in two groups if there are any."""
        own = [(word.choice, word.name) for word in words]
        if not own:
            return cls.standards()
        return [(_("Standard"), cls.standards()), (_("Of this edition"), own)]


def own_word_constraints(prefix: str) -> list[models.BaseConstraint]:
    """Return the constraints of the names of own words, whose names start with `prefix`."""
    return [
        models.CheckConstraint(
            condition=has_translation("name"),
            name=f"{prefix}_named",
            violation_error_message=_("Enter a name in at least one language."),
        ),
        *(
            models.UniqueConstraint(
                "edition",
                NormalizedName(f"name_{code}"),
                name=f"{prefix}_name_{code}_once",
                condition=Q(**{f"name_{code}__gt": ""}),
                violation_error_message=_("This name already exists in this edition."),
            )
            for code in LANGUAGES
        ),
    ]


class SessionKind(OwnWord):
    """Kind of session that an edition names itself, beside the standard kinds."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="session_kinds", verbose_name=_("edition")
    )
    standard = models.CharField(
        _("behaves as"), max_length=14, choices=Session.Kind, default=Session.Kind.TALK,
        help_text=_("For example, a break needs no speaker, and poster sessions may share a room."),
    )  # fmt: skip

    class Meta(OwnWord.Meta):
        verbose_name = _("kind of session")
        verbose_name_plural = _("kinds of sessions")
        constraints = [
            *own_word_constraints("session_kinds"),
            # What a session refers to: see `sql/own_kinds.sql`.
            models.UniqueConstraint(
                fields=["id", "edition", "standard"], name="session_kinds_id_edition_standard"
            ),
        ]
        triggers = [MoveRevision(), MovePersonRevision(PEOPLE_OF_KIND)]

    @property
    def is_break(self) -> bool:
        return self.standard == Session.Kind.BREAK


class ParticipationQuerySet(models.QuerySet):
    def published(self):
        return self.filter(speaker__is_published=True)

    def with_speakers(self):
        """Load the speakers with the words for their roles; own roles are few."""
        return self.select_related("speaker").prefetch_related("own_role")


class Participation(models.Model):
    """Speaker in a session, with a role and a position in the order."""

    class Role(models.TextChoices):
        SPEAKER = "speaker", _("Speaker")
        MODERATOR = "moderator", _("Moderator")
        CHAIR = "chair", _("Chair")
        PANELLIST = "panellist", _("Panellist")

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="participations", verbose_name=_("session")
    )
    speaker = models.ForeignKey(
        Speaker, models.CASCADE, related_name="participations", verbose_name=_("speaker")
    )
    role = models.CharField(_("role"), max_length=9, choices=Role, default=Role.SPEAKER)
    # Says the role in the edition's own words; `role` is then its standard role.
    own_role = models.ForeignKey(
        "SpeakerRole", models.SET_NULL, null=True, blank=True, related_name="participations",
        verbose_name=_("own role"),
    )  # fmt: skip
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)
    # A trigger copies these from the session; Python never writes them.
    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="+", null=True, editable=False
    )
    period = DateTimeRangeField(null=True, editable=False)
    # Key of the session, or of the session that holds the talk; copied like them.
    top_session = models.BigIntegerField(null=True, editable=False)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "speaker"],
                name="participations_once_per_session",
                violation_error_message=_("This speaker has already been added to this session."),
            ),
            ExclusionConstraint(
                name="participations_one_place_at_a_time",
                expressions=[
                    ("speaker", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                    ("top_session", RangeOperators.NOT_EQUAL),
                ],
                deferrable=Deferrable.DEFERRED,
                violation_error_message=_("This speaker is in another session at this time."),
            ),
            ExclusionConstraint(
                name="participations_one_talk_at_a_time",
                expressions=[
                    ("speaker", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=~Q(top_session=F("session")),
                deferrable=Deferrable.DEFERRED,
                violation_error_message=_("This speaker is in another session at this time."),
            ),
        ]
        triggers = [
            CopyPeriod(),
            MoveRevision(),
            MovePersonRevision(PEOPLE_OF_PARTICIPATION),
        ]

    def __str__(self) -> str:
        return f"{self.speaker} · {self.session}"

    def get_role_display(self) -> str:  # type: ignore[no-redef]
        """Return the word for their role: the edition's own, or the standard one."""
        return str(self.own_role or self.Role(self.role).label)

    @property
    def role_choice(self) -> str:
        """Value of their role in a list of standard and own roles."""
        return own_choice(self.own_role_id) if self.own_role_id else self.role

    def choose_role(self, own_role: "SpeakerRole | None", role: str = "") -> None:
        """Take an own role, with its standard role, or else the standard `role`."""
        self.own_role, self.role = own_role, own_role.standard if own_role else role

    @property
    def is_plain_speaker(self) -> bool:
        """Whether they are simply a speaker, the most common role, which nobody says."""
        return self.role_choice == self.Role.SPEAKER

    def clean(self) -> None:
        super().clean()
        # In the admin's form of a new session, `session` has no primary key yet.
        session = getattr(self, "session", None)
        if not (session and session.edition_id and self.speaker_id):
            return
        if self.speaker.edition_id != session.edition_id:
            raise field_error("speaker", _("Choose an item from this edition."), "edition")
        if self.own_role and self.own_role.edition_id != session.edition_id:
            raise field_error("role", _("Choose an item from this edition."), "edition")
        try:
            session.check_speakers([self.speaker])
        except ValidationError as busy:
            raise ValidationError({"speaker": busy.error_list}) from None


# Spreadsheets write a role in brackets after the name, and semicolons between people.
BETWEEN_PEOPLE = r"[][();]"


class SpeakerRole(OwnWord):
    """Role in a session that an edition names itself, beside the standard roles."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="speaker_roles", verbose_name=_("edition")
    )
    standard = models.CharField(
        _("behaves as"), max_length=9, choices=Participation.Role,
        default=Participation.Role.SPEAKER,
        help_text=_("Speakers keep this role if you delete yours."),
    )  # fmt: skip

    class Meta(OwnWord.Meta):
        verbose_name = _("role in sessions")
        verbose_name_plural = _("roles in sessions")
        constraints = [
            *own_word_constraints("speaker_roles"),
            # What a participation refers to: see `sql/own_roles.sql`.
            models.UniqueConstraint(
                fields=["id", "edition", "standard"], name="speaker_roles_id_edition_standard"
            ),
            models.CheckConstraint(
                condition=~Q(name_fr__regex=BETWEEN_PEOPLE)
                & ~Q(name_en__regex=BETWEEN_PEOPLE)
                & ~Q(name_ar__regex=BETWEEN_PEOPLE),
                name="speaker_roles_without_brackets",
                violation_error_message=_("A role can’t contain brackets or semicolons."),
            ),
        ]
        triggers = [MoveRevision()]


class ResourceQuerySet(models.QuerySet):
    def published(self):
        return self.filter(is_published=True)

    def reachable(self):
        """Return the published resources of public sessions: anybody may read their files."""
        return self.published().filter(session__in=Session.objects.published())


class Resource(models.Model):
    """Document or recording of a session: a file of this site, or an external page."""

    class Kind(models.TextChoices):
        SLIDES = "slides", _("Slides")
        PAPER = "paper", pgettext_lazy("document", "Paper")
        RECORDING = "recording", _("Recording")
        LINK = "link", _("Link")

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="resources", verbose_name=_("session")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=Kind, default=Kind.SLIDES)
    title = models.CharField(_("title"), max_length=200, blank=True)
    file = models.FileField(
        _("file"), upload_to="resources", blank=True,
        validators=[FileExtensionValidator(EXTENSIONS), validate_document],
        help_text=_("PDF, ODP, PPTX, ODT, DOCX or ZIP, up to 50 MB."),
    )  # fmt: skip
    url = models.URLField(_("address"), blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("length in minutes"), null=True, blank=True, help_text=_("Of a recording.")
    )
    is_published = models.BooleanField(_("published"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0, db_index=True)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(file="", url__gt="") | Q(file__gt="", url=""),
                name="resources_file_or_address",
                violation_error_message=_("Choose a file or enter a link, not both."),
            )
        ]
        triggers = [MoveRevision(through="session")]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()

    @property
    def says_kind(self) -> bool:
        """Whether the title already names the kind, as in « Diaporama de la conférence »."""
        return sort_key(self.get_kind_display()) in sort_key(self.title)

    @property
    def href(self) -> str:
        return self.file.url if self.file else self.url

    @property
    def extension(self) -> str:
        """Format of the file, such as “PDF”."""
        return PurePath(self.file.name).suffix[1:].upper()

    @property
    def size(self) -> int | None:
        """Size of the file in bytes, or None for an external page or a missing file."""
        is_there = self.file and self.file.storage.exists(self.file.name)
        return self.file.size if is_there else None

    @property
    def host(self) -> str:
        """Host name of an external page."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")


class ChangeQuerySet(models.QuerySet):
    def with_details(self):
        texts = in_each_language("session__description")
        return self.select_related("old_room", "new_room", "session", "release").defer(
            "session__period", "session__allowed_period", *texts
        )

    def in_order(self):
        """Order by session, then by time."""
        return self.order_by("session_id", "at", "pk")

    def public(self):
        """Return the changes of public sessions since the announcement of the programme.

        The cancellation of a cancelled session is included whenever it was.
        """
        cancelled = Session.Status.CANCELLED
        since = Q(at__gt=F("edition__announcement__at"))
        return self.filter(
            Q(new_status=cancelled, session__effective_status=cancelled)
            | ~self.filled_in() & since,
            session__in=Session.objects.published(),
        )

    def of_what_was_there(self):
        return self.exclude(self.filled_in())

    @staticmethod
    def filled_in() -> Q:
        """Return a condition: the session was added less than a day after the announcement.

        Such a session is part of the announced programme, not a change.
        """
        return Q(old_status="", at__lt=F("edition__announcement__at") + Announcement.FILLED_IN)


class Change(models.Model):
    """Public state of a session before and after a write; a status of "" means not public.

    A trigger writes the rows, so that an import or plain SQL counts too. It records nothing about
    drafts, or while the edition is hidden.
    """

    # Foreign keys in `sql/same_edition.sql` delete the row with its edition or session.
    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="changes", verbose_name=_("edition"),
        db_constraint=False, editable=False,
    )  # fmt: skip
    session = models.ForeignKey(
        Session, models.CASCADE, related_name="changes", verbose_name=_("session"),
        db_constraint=False, editable=False,
    )  # fmt: skip
    at = models.DateTimeField(_("when"), editable=False)
    # `Session.sequence` after this change.
    sequence = models.PositiveIntegerField(db_default=0, editable=False)
    old_status = models.CharField(max_length=9, editable=False)
    old_starts_at = models.DateTimeField(null=True, editable=False)
    old_ends_at = models.DateTimeField(null=True, editable=False)
    new_status = models.CharField(max_length=9, editable=False)
    new_starts_at = models.DateTimeField(null=True, editable=False)
    new_ends_at = models.DateTimeField(null=True, editable=False)
    # A room may be deleted: the change is then shown without its name.
    old_room = models.ForeignKey(
        Room, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, editable=False
    )
    new_room = models.ForeignKey(
        Room, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, editable=False
    )
    # The release that made the change; None if it was made on its own.
    release = models.ForeignKey(
        "Release", models.SET_NULL, null=True, related_name="changes", editable=False
    )

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme change")
        verbose_name_plural = _("programme changes")
        ordering = ["-at", "-id"]
        default_permissions = ()
        indexes = [models.Index(fields=["edition", "at"], name="changes_by_time")]
        triggers = [MoveRevision()]

    def __str__(self) -> str:
        return f"{self.session} · {self.at:%Y-%m-%d %H:%M}"


class Announcement(models.Model):
    """Time when the programme of an edition was announced; earlier changes are not shown.

    A trigger writes it when the first session becomes public; an organiser may set it again.
    """

    FILLED_IN = datetime.timedelta(days=1)

    edition = models.OneToOneField(
        Edition, models.CASCADE, related_name="announcement", verbose_name=_("edition"),
        db_constraint=False, editable=False,
    )  # fmt: skip
    at = models.DateTimeField(_("when"), editable=False)

    class Meta:
        verbose_name = _("programme announcement")
        verbose_name_plural = _("programme announcements")
        default_permissions = ()
        triggers = [MoveRevision()]

    def __str__(self) -> str:
        return f"{self.edition} · {self.at:%Y-%m-%d %H:%M}"


class Move(models.Model):
    """Place of a session in the draft of the timetable, where it differs from the public one.

    The draft may contain clashes and half-done plans: what is impossible is refused on release. A
    trigger deletes the row once the public place of its session has changed.
    """

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="moves", verbose_name=_("edition"), editable=False
    )
    session = models.OneToOneField(
        Session, models.CASCADE, related_name="move", verbose_name=_("session"), editable=False
    )
    room = models.ForeignKey(
        Room, models.RESTRICT, null=True, blank=True, related_name="moves", verbose_name=_("room")
    )
    starts_at = models.DateTimeField(_("start"), null=True, blank=True)
    ends_at = models.DateTimeField(_("end"), null=True, blank=True)
    # Status of the session after the release; "" leaves it.
    status = models.CharField(
        _("status"), max_length=9, choices=Session.Status, blank=True, default=""
    )

    class Meta:
        verbose_name = _("move in the draft")
        verbose_name_plural = _("moves in the draft")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True)
                | Q(starts_at__isnull=False, ends_at__isnull=False),
                name="moves_start_with_end",
                violation_error_message=_("Enter both a start and an end, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="moves_end_after_start",
                violation_error_message=_("The end must be after the start."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.session)


class DraftStep(models.Model):
    """One action of an organiser on the draft, for undo and redo; a release deletes them.

    `before` and `after` are the moves by key of their session, as `draft.as_json` writes them.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="draft_steps")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    before = models.JSONField()
    after = models.JSONField()
    is_undone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("step of the draft")
        verbose_name_plural = _("steps of the draft")
        ordering = ["id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.edition} · {self.pk}"


class ReleaseQuerySet(models.QuerySet):
    def published(self):
        return self.filter(edition__is_published=True)


class Release(models.Model):
    """Version of the programme: moves of the draft that became public together."""

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="releases", verbose_name=_("edition"), editable=False
    )
    number = models.PositiveIntegerField(_("version"), editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    note = models.TextField(
        _("note"), max_length=1000, blank=True,
        help_text=_("Public. For example, why sessions have moved."),
    )  # fmt: skip

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the programme")
        verbose_name_plural = _("versions of the programme")
        ordering = ["-number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"],
                name="releases_number_once_per_edition",
                violation_error_message=_("Another version was released meanwhile."),
            )
        ]
        triggers = [MoveRevision()]

    def __str__(self) -> str:
        return f"{self.edition} · {self.number}"
