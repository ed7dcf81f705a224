"""Sessions, rooms and tracks at the desk."""

from adminsortable2.admin import (
    SortableAdminBase,
    SortableAdminMixin,
    SortableInlineAdminMixin,
    SortableTabularInline,
)
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError
from django.db.models import Count, F
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from import_export.fields import Field
from modeltranslation.admin import TranslationStackedInline

from symposium.core.admin.base import (
    EditionFilter,
    EditionModelForm,
    EditionRelatedFilter,
    HistoryMixin,
    OptionalTranslationsMixin,
    ProtectedDeleteMixin,
    TranslatedModelAdmin,
    UntranslatedFilter,
    db_error_message,
    name_list,
)
from symposium.core.admin.spreadsheet import DeskExportMixin, ExportResource
from symposium.core.i18n.localized import in_each_language
from symposium.sessions import planning
from symposium.sessions.changes_admin import ChangesMixin
from symposium.sessions.models import Participation, Resource, Room, Session, Track
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

    def protected_reason(self, place) -> str:
        sessions = list(place.sessions.order_by("starts_at", "pk"))
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
    list_display = ["text", "description", "capacity", "session_count", "languages_filled"]
    fields = ["edition", "name", "description", "floor", "access", "capacity", "slug", "displays"]
    readonly_fields = ["displays"]

    @admin.display(description=_("displays"))
    def displays(self, room):
        """Return links to the pages for unattended screens, in the language of the desk."""
        if not room.pk:
            return "-"
        door = f"{room.get_absolute_url()}?display=door"
        lobby = f"{reverse('sessions:programme', args=[room.edition.slug])}?display=lobby"
        links = ((door, _("Outside this room")), (lobby, _("In the lobby, all rooms")))
        return format_html_join(" · ", '<a href="{}">{}</a>', links)


class SessionForm(EditionModelForm):
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


class ParticipationInline(SortableTabularInline):
    model = Participation
    fields = ["speaker", "role"]
    autocomplete_fields = ["speaker"]
    ordering = ["order", "id"]
    extra = 0

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "speaker":
            field.label_from_instance = Speaker.name_and_affiliation.fget
        return field


class ResourceInline(SortableInlineAdminMixin, OptionalTranslationsMixin, TranslationStackedInline):
    template = "adminsortable2/edit_inline/stacked-django-5.2.html"
    model = Resource
    fields = ["kind", "title", "file", "url", "minutes", "is_published"]
    ordering = ["order", "id"]
    extra = 0


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


def by_keys(queryset):
    """Return the same sessions by key, so that the list filter cannot drop them later."""
    return Session.objects.filter(pk__in=list(queryset.values_list("pk", flat=True)))


@admin.register(Session)
class SessionAdmin(
    ProtectedDeleteMixin, ChangesMixin, DeskExportMixin, SortableAdminBase, HistoryMixin
):
    import_export_change_list_template = "admin/symposium_sessions/session/change_list.html"
    form = SessionForm
    public_page = "symposium.sessions.views.session_page"
    resource_classes = [SessionExport]
    list_display = [
        "text",
        "when",
        "room",
        "kind",
        "status_shown",
        "speaker_count",
        "languages_filled",
    ]
    list_filter = [
        EditionFilter,
        "status",
        MissingFilter,
        "kind",
        ("room", EditionRelatedFilter),
        ("track", EditionRelatedFilter),
        UntranslatedFilter,
    ]
    list_select_related = ["edition", "room", "parent_room", "parent"]
    date_hierarchy = "starts_at"
    search_fields = [
        *in_each_language("speakers__given_name", "speakers__family_name"),
        "slug",
    ]
    autocomplete_fields = ["room", "track", "parent"]
    actions = ["publish", "unpublish", "cancel", "swap"]
    inlines = [ParticipationInline, TalkInline, ResourceInline]
    fieldsets = [
        (None, {"fields": ["edition", "kind", "title", "description"]}),
        (
            _("When and where"),
            {"fields": [("starts_at", "ends_at"), ("room", "track"), ("parent", "order")]},
        ),
        (_("On the site"), {"fields": ["status", "languages", "places", "stream_url", "slug"]}),
    ]

    def get_queryset(self, request):
        counted = Count("participations", distinct=True)
        return super().get_queryset(request).annotate(speaker_count=counted)

    def get_export_queryset(self, request):
        found = super().get_export_queryset(request)
        return found.select_related("track").prefetch_related("participations__speaker")

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

    @admin.display(description=_("title"))
    def text(self, session):
        title = super().text(session)
        if not session.parent_id:
            return title
        return format_html(
            '<span class="row-talk">{}</span> <small class="quiet"><bdi>{}</bdi></small>',
            title,
            session.parent,
        )

    @admin.display(description=_("day and time"), ordering="starts_at")
    def when(self, session):
        if not session.starts_at:
            return _("not scheduled")
        start, end = (
            at.astimezone(session.edition.zone) for at in (session.starts_at, session.ends_at)
        )
        return format_html(
            '{} <bdi dir="ltr">{}–{}</bdi>',
            date_format(start, "D j F"),
            f"{start:%H:%M}",
            f"{end:%H:%M}",
        )

    @admin.display(description=_("status"), ordering="status")
    def status_shown(self, session):
        label = session.status_label
        return format_html(
            '<span class="status status-{}">{}</span>', session.effective_status, label
        )

    @admin.display(description=_("speakers"), ordering="speaker_count")
    def speaker_count(self, session):
        return session.speaker_count

    # Actions on a selection

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request, queryset):
        self.set_status(request, queryset, Session.Status.PUBLISHED)

    @admin.action(description=_("Unpublish (back to draft)"), permissions=["change"])
    def unpublish(self, request, queryset):
        self.set_status(request, queryset, Session.Status.DRAFT)

    @admin.action(
        description=_("Cancel (stays on the site, marked as cancelled)"), permissions=["change"]
    )
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

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        session = form.instance
        if {"status", "starts_at", "ends_at", "room"} & set(form.changed_data):
            published = "status" in form.changed_data and session.status == session.Status.PUBLISHED
            found = Session.objects.filter(pk=session.pk)
            self.report_consequences(request, found, published=published)

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
        view = self.admin_site.admin_view(self.duplicate_view)
        name = "symposium_sessions_session_duplicate"
        return [path("<int:pk>/duplicate/", view, name=name), *super().get_urls()]

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
