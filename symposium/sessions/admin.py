"""Sessions, rooms and tracks at the desk."""

from adminsortable2.admin import SortableAdminBase, SortableAdminMixin
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from import_export.fields import Field

from symposium.core.admin.base import (
    EditionFilter,
    EditionModelForm,
    EditionRelatedFilter,
    HistoryMixin,
    ProtectedDeleteMixin,
    TranslatedModelAdmin,
    UntranslatedFilter,
    db_error_message,
    missing_mark,
    name_list,
)
from symposium.core.admin.inlines import (
    OrderedFormSet,
    OrderedStackedInline,
    OrderedTabularInline,
)
from symposium.core.admin.list_views import ListView
from symposium.core.admin.spreadsheet import DeskExportMixin, ExportResource
from symposium.core.admin.working_edition import working_edition
from symposium.core.i18n.dates import short_weekday
from symposium.core.i18n.localized import in_each_language
from symposium.core.templatetags.desk import desk_icon
from symposium.core.templatetags.symposium import word
from symposium.editions.models import Edition
from symposium.sessions import draft, planning
from symposium.sessions.changes_admin import ChangesMixin
from symposium.sessions.models import (
    Announcement,
    Move,
    Participation,
    Resource,
    Room,
    Session,
    SessionKind,
    SpeakerRole,
    Track,
)
from symposium.sessions.planner_admin import PlannerMixin
from symposium.sessions.talks_admin import TalkInline
from symposium.speakers.models import Speaker


class SessionGroupAdmin(ProtectedDeleteMixin, SortableAdminMixin, TranslatedModelAdmin):
    """Base of the admins of rooms and tracks, which group sessions; dragging sets their order."""

    text_field = "name"
    list_filter = [EditionFilter, UntranslatedFilter]
    search_fields = ["slug"]
    ordering = ["order", "id"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(session_count=Count("sessions"))

    def sessions_of(self, place):
        return place.sessions.order_by("starts_at", "pk")

    def protected_reason(self, place) -> str:
        sessions = list(self.sessions_of(place))
        words = ngettext(
            "“%(place)s” is used by %(n)d session, so it can’t be deleted. Change the "
            "session first: %(sessions)s.",
            "“%(place)s” is used by %(n)d sessions, so it can’t be deleted. Change these "
            "sessions first: %(sessions)s.",
            len(sessions),
        )
        names = {"place": place, "n": len(sessions), "sessions": name_list(sessions)}
        return words % names if sessions else ""

    @admin.display(description=_("name"))
    def text(self, place):
        return super().text(place)

    @admin.display(description=_("sessions"))
    def session_count(self, place):
        return place.session_count


@admin.register(Track)
class TrackAdmin(SessionGroupAdmin):
    import_kind = "tracks"
    list_display = ["text", "mark", "session_count", "languages_filled"]
    fields = ["edition", "name", "mark", "slug"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        same = obj.edition.tracks.filter(mark=obj.mark).exclude(pk=obj.pk)
        if {"mark", "edition"} & set(form.changed_data) and same:
            words = _("Saved. The same mark is also used for: %(tracks)s.")
            messages.warning(request, words % {"tracks": name_list(same)})


@admin.register(Room)
class RoomAdmin(SessionGroupAdmin):
    import_kind = "rooms"
    list_display = ["text", "description", "capacity", "session_count", "languages_filled"]
    fields = ["edition", "name", "description", "floor", "access", "capacity", "slug", "displays"]
    readonly_fields = ["displays"]

    def sessions_of(self, room):
        """Return the sessions that are in the room, or will be after the next release."""
        there = Q(room=room) | Q(move__room=room)
        return room.edition.sessions.filter(there).order_by("starts_at", "pk")

    @admin.display(description=_("displays"))
    def displays(self, room):
        """Return links to the pages for unattended screens, in the language of the desk."""
        if not room.pk:
            return "-"
        door = f"{room.get_absolute_url()}?display=door"
        lobby = f"{reverse('sessions:programme', args=[room.edition.slug])}?display=lobby"
        links = ((door, _("Outside this room")), (lobby, _("In the lobby, all rooms")))
        return format_html_join(" · ", '<a href="{}">{}</a>', links)


class OwnWordAdmin(SortableAdminMixin, TranslatedModelAdmin):
    """Base of the admins of own words; one that is deleted leaves the standard word."""

    text_field = "name"
    list_filter = [EditionFilter, UntranslatedFilter]
    ordering = ["order", "id"]
    fields = ["edition", "name", "standard"]
    sessions: str  # path to the sessions that use it

    def get_queryset(self, request):
        count = Count(self.sessions, distinct=True)
        return super().get_queryset(request).annotate(session_count=count)

    @admin.display(description=_("name"))
    def text(self, word):
        return super().text(word)

    @admin.display(description=_("sessions"))
    def session_count(self, word):
        return word.session_count


@admin.register(SessionKind)
class SessionKindAdmin(OwnWordAdmin):
    list_display = ["text", "standard", "session_count", "languages_filled"]
    sessions = "sessions"


@admin.register(SpeakerRole)
class SpeakerRoleAdmin(OwnWordAdmin):
    list_display = ["text", "standard", "session_count", "languages_filled"]
    sessions = "participations__session"


PLACE = ("starts_at", "ends_at", "room")


class SessionForm(EditionModelForm):
    """Form of a session; a new place of a public one goes to the draft, or is public at once.

    In the first case `planned` is the slot for the draft, and the session keeps its public place.
    """

    planned: draft.Slot | None = None
    kinds: dict[str, SessionKind]
    timetable = forms.ChoiceField(
        label=_("A new time or room is"), required=False, widget=forms.RadioSelect,
        choices=[("draft", _("in the draft, until the next release")),
                 ("now", _("public at once"))],
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Languages spoken"), choices=settings.LANGUAGES, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        clock = _("In the edition’s time zone (%(zone)s).") % {
            "zone": timezone.get_current_timezone_name()
        }
        for name in {"starts_at", "ends_at"} & set(self.fields):
            self.fields[name].help_text = clock
            self.fields[name].widget.widgets[1].format = "%H:%M"
        if "kind" in self.fields:
            self.offer_kinds()
        if has_public_place(self.instance):
            self.show_draft()

    def offer_kinds(self):
        """Offer the standard kinds, and those of the edition that the form is about."""
        typed = self.data.get("edition") or self.initial.get("edition")
        key = str(self.instance.edition_id or getattr(typed, "pk", typed))
        kinds = SessionKind.objects.filter(edition=key) if key.isdecimal() else ()
        self.kinds = {kind.choice: kind for kind in kinds}
        self.fields["kind"].choices = SessionKind.choices_of(self.kinds.values())
        if self.instance.kind_choice in self.kinds:
            self.initial["kind"] = self.instance.kind_choice

    def show_draft(self):
        """Show the place of the session in the draft, and say the public one if it differs."""
        session, move = self.instance, draft.move_of(self.instance)
        announced = Announcement.objects.filter(edition=session.edition_id).exists()
        self.initial["timetable"] = "draft" if move or announced else "now"
        is_former = hasattr(session, "_history")  # a version of the history, to restore
        if move and not is_former:
            self.initial |= {
                "starts_at": move.starts_at, "ends_at": move.ends_at, "room": move.room_id
            }  # fmt: skip
            public = draft.describe(session.edition, draft.public_slot(session), session.room)
            self.fields["timetable"].help_text = _("Public now: %(place)s.") % {"place": public}

    def clean(self):
        found = super().clean()
        if "kind" in self.cleaned_data:
            chosen = self.cleaned_data["kind"]
            self.instance.choose_kind(self.kinds.get(chosen), chosen)
            self.cleaned_data["kind"] = self.instance.kind
        if self.cleaned_data.get("timetable") == "draft" and not set(PLACE) & set(self.errors):
            self.plan()
        return found

    def _get_validation_exclusions(self):
        """Check for clashes with the former kind where the chosen one is refused."""
        return super()._get_validation_exclusions() - {"kind"}

    def plan(self):
        """Take the new place for the draft, which may clash; the session keeps the public one."""
        session = Session.objects.select_related("move").get(pk=self.instance.pk)
        typed = [self.cleaned_data[name] for name in PLACE]
        status = draft.draft_slot(session).status
        planned = Session(edition=session.edition, **dict(zip(PLACE, typed, strict=True)))
        try:
            planned.clean_times()
            planned.clean_edition()
        except ValidationError as error:
            self.add_error(None, error)
        self.planned = draft.Slot(*typed[:2], planned.room_id, status)
        self.cleaned_data |= {name: getattr(session, name) for name in PLACE}


def has_public_place(session: Session) -> bool:
    """Whether the place of a saved session is public, or waits in the draft."""
    if session.pk is None or session.parent_id:  # a talk follows its session
        return False
    is_public = not session.is_draft and session.edition.is_published
    return is_public or draft.move_of(session) is not None


class ParticipationForm(EditionModelForm):
    """Row of a speaker, whose role is a standard one or one of the edition's own."""

    roles: dict[str, SpeakerRole]

    def offer_roles(self, roles: dict[str, SpeakerRole]) -> None:
        if "role" not in self.fields:
            return
        self.roles = roles
        self.fields["role"].choices = SpeakerRole.choices_of(roles.values())
        if self.instance.role_choice in roles:
            self.initial["role"] = self.instance.role_choice

    def clean(self):
        found = super().clean()
        if "role" in self.cleaned_data:
            chosen = self.cleaned_data["role"]
            self.instance.choose_role(self.roles.get(chosen), chosen)
            self.cleaned_data["role"] = self.instance.role
        return found


class ParticipationFormSet(OrderedFormSet):
    """Rows of the speakers; `edition` is the one of a session that is not saved yet."""

    edition: Edition | None = None

    @cached_property
    def roles(self) -> dict[str, SpeakerRole]:
        """Own roles of the edition of the session, by their choice."""
        edition = self.instance.edition_id or getattr(self.edition, "pk", None)
        return {role.choice: role for role in SpeakerRole.objects.filter(edition=edition)}

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.offer_roles(self.roles)


class ParticipationInline(OrderedTabularInline):
    model = Participation
    form = ParticipationForm
    formset = ParticipationFormSet
    fields = ["speaker", "role"]
    autocomplete_fields = ["speaker"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "speaker":
            field.label_from_instance = Speaker.name_and_affiliation.fget
        return field

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.edition = working_edition(request, Edition.objects)
        return formset


class ResourceInline(OrderedStackedInline):
    model = Resource
    fields = ["title", ("kind", "minutes", "is_published"), ("file", "url")]


class KindFilter(admin.SimpleListFilter):
    """Filter by standard kind, or by one of the edition's own."""

    title = _("kind")
    parameter_name = "kind__exact"

    def lookups(self, request, model_admin):
        edition = model_admin.chosen_edition(request)
        own = edition.session_kinds.all() if edition else ()
        return [*SessionKind.standards(), *((kind.choice, kind.name) for kind in own)]

    def queryset(self, request, queryset):
        return queryset.of_kind(self.value()) if self.value() else queryset


class MissingFilter(admin.SimpleListFilter):
    title = _("what is missing")
    parameter_name = "missing"

    def lookups(self, request, model_admin):
        return [
            ("room", _("Without room")),
            ("speaker", _("With no speaker")),
            ("time", _("Without time")),
        ]

    def queryset(self, request, queryset):
        if self.value() == "room":
            return queryset.without_room()
        if self.value() == "speaker":
            return queryset.without_speaker()
        if self.value() == "time":
            return queryset.without_time()
        return queryset


class SessionExport(ExportResource):
    track = Field(attribute="track", column_name=_("track"))
    room = Field(attribute="effective_room", column_name=_("room"))
    parent = Field(attribute="parent", column_name=pgettext_lazy("talk", "part of"))
    speakers = Field(column_name=_("speakers"))
    languages = Field(column_name=_("languages"))

    class Meta:
        model = Session
        fields = [
            "starts_at", "ends_at", "room", "track", "kind", "status", "title_fr", "title_en",
            "title_ar", "parent", "speakers", "languages", "places", "slug",
        ]  # fmt: skip

    def dehydrate_kind(self, session):
        return session.get_kind_display()

    def dehydrate_status(self, session):
        return session.get_status_display()

    def dehydrate_languages(self, session):
        return ", ".join(session.languages)

    def dehydrate_speakers(self, session):
        return "; ".join(
            f"{one.speaker} ({one.get_role_display()})" for one in session.participations.all()
        )


STATUS_VERBS = {
    Session.Status.PUBLISHED: _("Publish"),
    Session.Status.DRAFT: _("Unpublish (back to draft)"),
    Session.Status.CANCELLED: _("Cancel (stays on the site, marked as cancelled)"),
}


def short_times(edition, slot: draft.Slot, known: draft.Slot | None = None):
    """Return the day, unless the slot `known` is on that day, and the hours of a slot as HTML."""
    if not (slot.starts_at and slot.ends_at):
        return missing_mark(_("not scheduled"))
    start, end = (at.astimezone(edition.zone) for at in (slot.starts_at, slot.ends_at))
    hours = format_html(
        '<bdi dir="ltr" class="times">{}–{}</bdi>', f"{start:%H:%M}", f"{end:%H:%M}"
    )
    days = [at.astimezone(edition.zone).date() for at in (known and known.starts_at,) if at]
    if days == [start.date()]:
        return hours
    day = f"{short_weekday(start)} {date_format(start, 'F')}"
    return format_html('<span class="day">{}</span> {}', day, hours)


def by_keys(queryset):
    """Return the same sessions by key, so that the list filter cannot drop them later."""
    return Session.objects.filter(pk__in=list(queryset.values_list("pk", flat=True)))


@admin.register(Session)
class SessionAdmin(
    ProtectedDeleteMixin,
    ChangesMixin,
    PlannerMixin,
    DeskExportMixin,
    SortableAdminBase,
    HistoryMixin,
):
    import_export_change_list_template = "admin/symposium_sessions/session/change_list.html"
    form = SessionForm
    import_kind = "sessions"
    public_page = "symposium.sessions.views.session_page"
    resource_classes = [SessionExport]
    list_display = ["when", "text", "place", "kind_shown", "languages_filled", "status_shown"]
    list_filter = [
        EditionFilter,
        "status",
        MissingFilter,
        KindFilter,
        ("room", EditionRelatedFilter),
        ("track", EditionRelatedFilter),
        UntranslatedFilter,
    ]
    list_select_related = [
        "edition", "room", "track", "own_kind", "parent_room", "parent", "move__room",
    ]  # fmt: skip
    list_prefetch_related = ["participations__speaker"]
    actions_say = _(
        "The site shows the change at once. If a published session is cancelled or moved, everyone "
        "who booked it gets an email."
    )
    date_hierarchy = "starts_at"
    search_fields = [
        *in_each_language("speakers__given_name", "speakers__family_name"),
        "slug",
    ]
    autocomplete_fields = ["room", "track", "parent"]
    actions = ["publish", "unpublish", "cancel", "swap"]
    inlines = [ParticipationInline, TalkInline, ResourceInline]
    fieldsets = [
        (None, {"fields": ["title", "description", ("kind", "status", "edition")]}),
        (_("When and where"), {
            "fields": [("starts_at", "ends_at"), ("room", "track"), ("parent", "order")],
            "classes": ["collapse", "open"],
        }),
        (_("Places and language"), {
            "fields": [("places", "stream_url", "slug"), "languages"], "classes": ["collapse"],
        }),
    ]  # fmt: skip

    def list_views(self):
        sessions = Session.objects
        return [
            ListView(_("All")),
            ListView(_("with no room"), {"missing": "room"},
                     Q(pk__in=sessions.without_room().values("pk")), to_do=True),
            ListView(_("with no time"), {"missing": "time"},
                     Q(pk__in=sessions.without_time().values("pk")), to_do=True),
            ListView(_("with no speaker"), {"missing": "speaker"},
                     Q(pk__in=sessions.without_speaker().values("pk")), to_do=True),
            self.untranslated_view(),
            ListView(_("in draft"), {"status__exact": "draft"}, Q(status=Session.Status.DRAFT)),
            ListView(_("cancelled"), {"status__exact": "cancelled"},
                     Q(status=Session.Status.CANCELLED)),
        ]  # fmt: skip

    def get_list_display(self, request):
        """Show a status that opens a menu to those who may change it."""
        columns = super().get_list_display(request)
        if not self.has_change_permission(request):
            return columns
        return [{"status_shown": "status_menu"}.get(name, name) for name in columns]

    def get_export_queryset(self, request):
        found = super().get_export_queryset(request)
        found = found.select_related("track", "own_kind")
        return found.prefetch_related("participations__speaker", "participations__own_role")

    def get_fieldsets(self, request, obj=None):
        found = super().get_fieldsets(request, obj)
        if not (obj and has_public_place(obj) and self.has_change_permission(request, obj)):
            return found
        first, (name, place), *others = found
        return [first, (name, {**place, "fields": [*place["fields"], "timetable"]}), *others]

    def get_ordering(self, request):
        """List sessions by time, each before its talks."""
        return [
            Coalesce("parent__starts_at", "starts_at"),
            Coalesce("parent__room__order", "room__order"),
            Coalesce("parent", "pk"),
            F("parent").asc(nulls_first=True),
            "starts_at",
            "order",
            "pk",
        ]

    def get_search_results(self, request, queryset, search_term):
        """Offer, for `parent`, only the sessions that may hold talks."""
        if request.GET.get("field_name") == "parent":
            queryset = queryset.without_talks().exclude(kind=Session.Kind.BREAK)
        return super().get_search_results(request, queryset, search_term)

    def get_inlines(self, request, obj):
        """Return the inlines; a talk and a break hold no talks."""
        inlines = super().get_inlines(request, obj)
        if obj and (obj.parent_id or obj.is_break):
            return [inline for inline in inlines if inline is not TalkInline]
        return inlines

    # Columns

    @admin.display(description=_("day and time"), ordering="starts_at")
    def when(self, session):
        """Return the public time and, in a second line, the place in the draft if it differs."""
        slot = draft.public_slot(session)
        public = short_times(session.edition, slot)
        if not (move := draft.move_of(session)):
            return public
        planned = short_times(session.edition, draft.draft_slot(session), slot)
        moves = move.room and move.room_id != session.room_id
        room = format_html("{}<bdi>{}</bdi>", _(", "), move.room) if moves else ""
        words = '{}<span class="row-sub in-draft">{} {}{}</span>'
        return format_html(words, public, _("In the draft:"), planned, room)

    @admin.display(description=_("title"), ordering="title_fr")
    def text(self, session):
        """Return the title; under it the parent, the track and the speakers, if any."""
        people = [one.speaker for one in session.participations.all()]
        needs_people = not session.is_break and not session.is_cancelled
        parts = [
            session.parent_id and format_html("<bdi>{}</bdi>", session.parent),
            session.track and format_html(
                '<i class="dk-track track-{}" aria-hidden="true"></i><bdi>{}</bdi>',
                session.track.mark, session.track,
            ),
            people and format_html("<bdi>{}</bdi>", name_list(people, most=3)),
            not people and needs_people and missing_mark(_("no speaker")),
        ]  # fmt: skip
        under = format_html_join(" · ", "{}", ((part,) for part in parts if part))
        title = super().text(session)
        if session.parent_id:
            title = format_html('<span class="row-talk">{}</span>', title)
        return format_html('{}<span class="row-sub">{}</span>', title, under)

    @admin.display(description=_("room"), ordering="room__order")
    def place(self, session):
        if room := session.effective_room:
            return format_html("<bdi>{}</bdi>", room)
        needs_room = not session.is_break and not session.is_cancelled
        return missing_mark(_("no room")) if needs_room else None

    @admin.display(description=_("kind"), ordering="kind")
    def kind_shown(self, session):
        return word(session, "kind")

    @admin.display(description=_("status"), ordering="status")
    def status_shown(self, session):
        label = session.status_label
        return format_html(
            '<span class="status status-{}">{}</span>', session.effective_status, label
        )

    @admin.display(description=_("status"), ordering="status")
    def status_menu(self, session):
        """Return the status with buttons for the others; they post the form of the list."""
        verbs = [
            (status.value, words)
            for status, words in STATUS_VERBS.items()
            if status != session.status
        ]
        address = reverse("admin:symposium_sessions_session_status", args=[session.pk])
        return format_html(
            '<details class="dk-status" name="row-status"><summary>{}{}<span class="'
            'visually-hidden">{}</span></summary><div class="dk-drop end">{}</div></details>',
            self.status_shown(session),
            desk_icon("chevron-down"),
            _("Change the status"),
            format_html_join(
                "", '<button formaction="{}" name="status" value="{}">{}</button>',
                ((address, *verb) for verb in verbs),
            ),
        )  # fmt: skip

    # Actions on a selection

    @admin.action(description=STATUS_VERBS[Session.Status.PUBLISHED], permissions=["change"])
    def publish(self, request, queryset):
        self.set_status(request, queryset, Session.Status.PUBLISHED)

    @admin.action(description=STATUS_VERBS[Session.Status.DRAFT], permissions=["change"])
    def unpublish(self, request, queryset):
        self.set_status(request, queryset, Session.Status.DRAFT)

    @admin.action(description=STATUS_VERBS[Session.Status.CANCELLED], permissions=["change"])
    def cancel(self, request, queryset):
        self.set_status(request, queryset, Session.Status.CANCELLED)

    def set_status(self, request, queryset, status):
        queryset = by_keys(queryset)
        done = sum(
            self.attempt(request, planning.set_status, session, status)
            for session in queryset.order_by("starts_at", "pk")
        )
        if done:
            label = Session.Status(status).label
            words = ngettext(
                "%(n)d session set to “%(status)s”.", "%(n)d sessions set to “%(status)s”.", done
            )
            messages.success(request, words % {"n": done, "status": label})
            self.report_consequences(
                request, queryset, published=status == Session.Status.PUBLISHED
            )

    @admin.action(description=_("Swap the times and rooms of two sessions"), permissions=["change"])
    def swap(self, request, queryset):
        queryset = by_keys(queryset)
        pair = list(queryset[:3])
        if len(pair) != 2:
            messages.error(request, _("Select two sessions to swap their times and rooms."))
        elif self.attempt(request, planning.swap, *pair):
            names = {"one": pair[0], "other": pair[1]}
            messages.success(
                request, _("“%(one)s” and “%(other)s” have swapped times and rooms.") % names
            )
            self.report_consequences(request, queryset)

    def attempt(self, request, verb, session, *arguments) -> bool:
        """Call `verb` and return True, or show the session and the reason and return False."""
        try:
            verb(session, *arguments)
        except ValidationError as refused:
            reasons = refused.messages
        except (IntegrityError, OperationalError) as error:
            reasons = [db_error_message(error)]
        else:
            return True
        for reason in reasons:
            messages.error(request, f"{session}: {reason}")
        return False

    def report_consequences(self, request, sessions, *, published: bool = False) -> None:
        """Show messages about effects on readers that organisers may not expect."""
        on_site = sessions.published()
        if untimed := on_site.filter(starts_at=None, parent=None).not_cancelled():
            words = _("Published with no date or time: %(sessions)s.")
            messages.warning(request, words % {"sessions": name_list(untimed)})
        if published and (session := on_site.first()):
            page = reverse("admin:symposium_sessions_session_changes")
            words = _(
                "From now on, readers will see when a session is moved or cancelled. <a "
                'href="{}">Choose when the programme was announced</a>'
            )
            page = f"{page}?edition={session.edition_id}#announced"
            messages.info(request, format_html(words, page))

    # One session

    def save_model(self, request, obj, form, change):
        """Save the session, and its new place in the draft if it goes there.

        The draft is locked before the session, as in a release.
        """
        planned = getattr(form, "planned", None)
        if planned:
            draft.change(obj.edition, request.user, [obj.pk], lambda _found: {obj.pk: planned})
        super().save_model(request, obj, form, change)
        if change and not planned:
            Move.objects.filter(session=obj).delete()

    def under_title(self, session):
        track = session.track and format_html(
            '<i class="dk-track track-{}" aria-hidden="true"></i><bdi>{}</bdi>',
            session.track.mark, session.track,
        )  # fmt: skip
        parts = [self.status_shown(session), self.when(session), session.effective_room, track]
        return [part for part in parts if part]

    def aside(self, request, session):
        """Return the abstracts, the stars and the documents of the session."""
        abstracts = f"{reverse('admin:symposium_abstracts_abstract_changelist')}?"
        abstracts += urlencode({"edition": session.edition_id, "session__id__exact": session.pk})
        link = format_html('<a href="{}">{}</a>', abstracts, session.abstracts.count())
        facts = [
            (_("Abstracts"), link),
            (_("Stars"), session.stars.count()),
            (_("Documents"), session.resources.count()),
        ]
        return [*super().aside(request, session), {"title": _("Around"), "facts": facts}]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        session = form.instance
        changed = {"status", *PLACE} & set(form.changed_data)
        if form.planned and changed & set(PLACE):
            self.report_draft(request, session.edition)
            changed -= set(PLACE)
        if changed:
            published = "status" in form.changed_data and session.status == session.Status.PUBLISHED
            found = Session.objects.filter(pk=session.pk)
            self.report_consequences(request, found, published=published)

    def report_draft(self, request, edition) -> None:
        page = reverse("admin:symposium_sessions_session_release")
        words = _(
            'The new time and room are in the draft. <a href="{}">See what a release changes</a>'
        )
        messages.info(request, format_html(words, f"{page}?edition={edition.pk}"))

    def protected_reason(self, session) -> str:
        if talks := list(session.talks.in_order()):
            words = _("“%(session)s” holds talks. First delete or move them: %(talks)s.")
            return words % {"session": session, "talks": name_list(talks)}
        number = session.abstracts.count()
        words = ngettext(
            "“%(session)s” has %(n)d abstract, so it can’t be deleted. First move the "
            "abstract to another session, or to none.",
            "“%(session)s” has %(n)d abstracts, so it can’t be deleted. First move them to "
            "another session, or to none.",
            number,
        )
        return words % {"n": number, "session": session} if number else ""

    def get_urls(self):
        name = "symposium_sessions_session"
        duplicate = self.admin_site.admin_view(self.duplicate_view)
        status = self.admin_site.admin_view(self.status_view)
        return [
            path("<int:pk>/duplicate/", duplicate, name=f"{name}_duplicate"),
            path("<int:pk>/status/", status, name=f"{name}_status"),
            *super().get_urls(),
        ]

    def status_view(self, request, pk):
        """Set the status of one session, from its menu in the list, and return to the list."""
        session = get_object_or_404(Session, pk=pk)
        if not self.has_change_permission(request, session):
            raise PermissionDenied
        status = request.POST.get("status")
        if status in STATUS_VERBS:
            self.set_status(request, Session.objects.filter(pk=pk), Session.Status(status))
        return redirect(self.admin_site.way_back(request))

    def duplicate_view(self, request, pk):
        session = get_object_or_404(Session, pk=pk)
        change = reverse("admin:symposium_sessions_session_change", args=[pk])
        if request.method != "POST":
            return redirect(change)
        if not self.has_add_permission(request):
            raise PermissionDenied
        copy = planning.duplicate(session)
        self.log_addition(request, copy, [{"added": {}}])
        messages.success(request, _("This is a copy, saved as a draft with no date or time."))
        return redirect("admin:symposium_sessions_session_change", copy.pk)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and self.has_add_permission(request):
            name = "admin:symposium_sessions_session_duplicate"
            context["duplicate_url"] = reverse(name, args=[obj.pk])
        return super().render_change_form(request, context, add, change, form_url, obj)
