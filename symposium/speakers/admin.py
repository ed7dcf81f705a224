"""Speakers at the desk."""

from adminsortable2.admin import SortableAdminBase
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from symposium.core.admin.base import (
    EditionFilter,
    EditionModelForm,
    HistoryMixin,
    UntranslatedFilter,
)
from symposium.core.admin.inlines import OrderedStackedInline
from symposium.core.admin.list_views import ListView
from symposium.core.admin.spreadsheet import DeskExportMixin, ExportResource
from symposium.core.i18n.localized import in_each_language
from symposium.speakers.models import Link, Speaker
from symposium.speakers.person_admin import PersonMixin


class MissingFilter(admin.SimpleListFilter):
    title = _("what is missing")
    parameter_name = "missing"

    def lookups(self, request, model_admin):
        return [("photo", _("With no photo")), ("session", _("Not in a session"))]

    def queryset(self, request, queryset):
        if self.value() == "photo":
            return queryset.filter(photo="")
        if self.value() == "session":
            return queryset.filter(participations__isnull=True)
        return queryset


class LinkInline(OrderedStackedInline):
    model = Link
    fields = ["label", "url"]


class SpeakerForm(EditionModelForm):
    """Form of a speaker, whose errors link to existing speakers who may be the same person.

    A speaker with the same name can be saved with `another_person`; with the same ORCID iD, not.
    """

    another_person = forms.BooleanField(label=_("This is another person"), required=False)

    def clean(self):
        cleaned = super().clean()
        edition, orcid = cleaned.get("edition"), cleaned.get("orcid")
        if edition and orcid:
            found = edition.speakers.filter(orcid=orcid).exclude(pk=self.instance.pk)
            words = _("This ORCID iD is already used by another speaker in this edition: {}.")
            self.refuse_as("orcid", words, found)
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        changed = {"given_name", "family_name"} & {name[:-3] for name in self.changed_data}
        if changed and not (self.errors or self.cleaned_data["another_person"]):
            words = _(
                "This edition already has a speaker with this name: {}. Is it the same person?"
            )
            self.refuse_as("another_person", words, self.instance.namesakes())

    def refuse_as(self, field: str, words: str, found) -> None:
        links = [
            (reverse("admin:symposium_speakers_speaker_change", args=[one.pk]),
             one.name_and_affiliation)
            for one in found
        ]  # fmt: skip
        if links:
            shown = format_html_join(", ", '<a href="{}" target="_blank">{}</a>', links)
            self.add_error(field, ValidationError(format_html(words, shown), code="same"))


class SpeakerExport(ExportResource):
    sessions = Field(column_name=_("sessions"))

    class Meta:
        model = Speaker
        fields = [
            *in_each_language("given_name", "family_name", "position", "affiliation"),
            "orcid", "is_published", "slug", "sessions",
        ]  # fmt: skip

    def dehydrate_sessions(self, speaker):
        return "; ".join(str(one.session) for one in speaker.participations.all())


@admin.register(Speaker)
class SpeakerAdmin(PersonMixin, DeskExportMixin, SortableAdminBase, HistoryMixin):
    form = SpeakerForm
    import_kind = "speakers"
    public_page = "symposium.speakers.views.speaker_page"
    resource_classes = [SpeakerExport]
    text_field = "family_name"
    list_display = [
        "text",
        "session_count",
        "has_photo",
        "is_published",
        "is_featured",
        "languages_filled",
    ]
    list_editable = ["is_published", "is_featured"]
    list_filter = [EditionFilter, MissingFilter, "is_published", "is_featured", UntranslatedFilter]
    search_fields = [*in_each_language("given_name", "affiliation"), "slug"]
    readonly_fields = ["photo_shown", "sessions_shown", "other_editions"]
    actions = ["join", "separate"]
    inlines = [LinkInline]
    fieldsets = [
        (None, {"fields": ["given_name", "family_name", "position", "affiliation"]}),
        (_("Presentation"), {
            "fields": ["biography", ("photo_shown", "photo", "orcid")],
            "classes": ["collapse", "open"],
        }),
        (_("On the site"), {
            "fields": [("is_published", "is_featured"), ("slug", "edition"), "sessions_shown",
                       "other_editions"],
            "classes": ["collapse"],
        }),
    ]  # fmt: skip

    def get_fieldsets(self, request, obj=None):
        """Add `another_person` to a submitted form, since a namesake may have been found."""
        asked = [(None, {"fields": ["another_person"]})] if request.method == "POST" else []
        return [*asked, *super().get_fieldsets(request, obj)]

    def choice(self, speaker) -> str:
        return speaker.name_and_affiliation

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(session_count=Count("participations"))

    def get_export_queryset(self, request):
        found = super().get_export_queryset(request)
        return found.prefetch_related("participations__session")

    def list_views(self):
        return [
            ListView(_("All")),
            ListView(_("with no photo"), {"missing": "photo"}, Q(photo=""), to_do=True),
            ListView(_("not in a session"), {"missing": "session"},
                     Q(participations__isnull=True), to_do=True),
            self.untranslated_view(),
            ListView(_("not on the site"), {"is_published__exact": "0"}, Q(is_published=False)),
        ]  # fmt: skip

    @admin.display(description=_("name"), ordering="family_name_fr")
    def text(self, speaker):
        named = super().text(speaker)
        return format_html(
            '{}<span class="row-sub"><bdi>{}</bdi></span>', named, speaker.affiliation
        )

    @admin.display(description=_("sessions"), ordering="session_count")
    def session_count(self, speaker):
        return speaker.session_count

    @admin.display(description=_("photo"), boolean=True)
    def has_photo(self, speaker):
        return bool(speaker.photo)

    @admin.display(description=_("present photo"))
    def photo_shown(self, speaker):
        if not speaker.photo:
            return _("None yet")
        return format_html('<img class="picture" src="{}" alt="">', speaker.photo.url)

    @admin.display(description=_("sessions"))
    def sessions_shown(self, speaker):
        if not speaker.pk:
            return "–"
        held = speaker.participations.select_related("session").order_by("session__starts_at")
        links = (
            (reverse("admin:symposium_sessions_session_change", args=[one.session_id]), one.session)
            for one in held
        )
        return format_html_join("", '<a class="line" href="{}">{}</a>', links) or "–"
