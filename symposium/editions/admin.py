"""Editions, their pages, partners and news at the desk."""

import datetime
import zoneinfo

from adminsortable2.admin import SortableAdminMixin
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.translation import gettext_lazy as _

from symposium.core.admin.base import (
    EditionFilter,
    EditionModelForm,
    HistoryMixin,
    ProtectedDeleteMixin,
    TranslatedModelAdmin,
    UntranslatedFilter,
)
from symposium.core.admin.spreadsheet import DeskExportMixin, ExportResource
from symposium.core.admin.working_edition import set_working_edition
from symposium.core.i18n.dates import midnight
from symposium.core.i18n.localized import in_each_language
from symposium.editions.embed import iframe_html
from symposium.editions.identity_admin import IdentityPages
from symposium.editions.models import Edition, News, Page, Partner, validate_time_zone
from symposium.editions.next_edition import NextEditionMixin
from symposium.editions.page_files_admin import PageFileInline
from symposium.editions.readiness import missing_links


class EditionForm(EditionModelForm):
    def _post_clean(self):
        """Report an error if the new days would leave a session outside the edition."""
        super()._post_clean()
        days = {"starts_on", "ends_on", "time_zone"}
        if not self.instance.pk or self.errors or not days & set(self.changed_data):
            return
        zone = zoneinfo.ZoneInfo(self.cleaned_data["time_zone"])
        first = midnight(self.cleaned_data["starts_on"], zone)
        last = midnight(self.cleaned_data["ends_on"] + datetime.timedelta(days=1), zone)
        outside = Q(starts_at__lt=first) | Q(ends_at__gt=last)
        if session := self.instance.sessions.filter(outside).first():
            self.add_error(
                None,
                ValidationError(
                    _("“%(session)s” (%(times)s) would fall outside these dates. Move it first."),
                    code="session_outside",
                    params={"session": session, "times": session.times()},
                ),
            )


@admin.register(Edition)
class EditionAdmin(IdentityPages, NextEditionMixin, ProtectedDeleteMixin, HistoryMixin):
    form = EditionForm
    text_field = "name"
    list_display = [
        "text",
        "slug",
        "starts_on",
        "ends_on",
        "is_current",
        "is_published",
        "languages_filled",
    ]
    list_filter = ["is_published", UntranslatedFilter]
    search_fields = ["slug"]
    actions = ["make_current"]
    fieldsets = [
        (None, {"fields": ["name", "short_name", "slug"]}),
        (_("Presentation"), {
            "fields": ["kicker", "theme", "description"], "classes": ["collapse"],
        }),
        (_("Days and place"), {
            "fields": [
                ("starts_on", "ends_on"), ("time_zone", "country"), "city", "venue", "address",
            ],
            "classes": ["collapse"],
        }),
        (_("Registration"), {
            "fields": [
                ("contact_email", "offer_hours"),
                ("registration_opens_at", "registration_closes_at"),
                "registration_after_end",
                "missing",
            ],
            "description": _("Times are in the edition’s time zone."),
            "classes": ["collapse"],
        }),
        (_("On the site"), {"fields": [("is_published", "is_current", "is_demonstration")]}),
        (_("On other sites"), {"fields": ["embed_origins", "snippet"], "classes": ["collapse"]}),
    ]  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        """Make the slug, which is part of every address, read-only once it is set."""
        return ["slug", "missing", "snippet"] if obj else ["missing", "snippet"]

    @admin.display(description=_("still missing"))
    def missing(self, edition):
        """Return what registration still needs, with links to the pages where it is added."""
        return edition.pk and missing_links(edition) or "–"

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if obj.registration_opens_at and (missing := missing_links(obj)):
            words = _("Registration cannot open yet. Still missing:")
            messages.warning(request, format_html("{} {}", words, missing))

    @admin.display(description=_("embed code"))
    def snippet(self, edition):
        """Return the HTML to copy that embeds the programme, in the organiser's language."""
        if not (edition.pk and edition.frame_ancestors):
            return "–"
        return format_html(
            '<pre class="readonly" dir="ltr"><code>{}</code></pre><a href="{}">{}</a>',
            escape(iframe_html(edition)),
            reverse("sessions:embed_help", args=[edition.slug]),
            _("The page for partners, in each language"),
        )

    def zone_of_form(self, request, object_id):
        """Return the time zone typed in the form, or else the zone of the edition.

        The edition becomes the working edition.
        """
        edition = Edition(time_zone=request.POST.get("time_zone", ""))
        if object_id and (found := self.get_object(request, unquote(object_id))):
            set_working_edition(request, found)
            edition.time_zone = edition.time_zone or found.time_zone
        try:
            validate_time_zone(edition.time_zone)
        except ValidationError:
            return timezone.get_default_timezone()
        return edition.zone

    def log_addition(self, request, obj, message):
        set_working_edition(request, obj)
        return super().log_addition(request, obj, message)

    def protected_reason(self, edition) -> str:
        """Refuse to delete an edition unless it is empty: a deletion would remove its programme."""
        parts = (edition.sessions, edition.speakers, edition.abstracts, edition.registrations)
        words = _(
            "“%(edition)s” has sessions, speakers, abstracts or registrations, so it can’t "
            "be deleted. Unpublish it instead."
        )
        return words % {"edition": edition} if any(part.exists() for part in parts) else ""

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.action(description=_("Set as current edition"), permissions=["change"])
    def make_current(self, request, queryset):
        if queryset.count() != 1:
            messages.error(request, _("Choose one edition."))
            return
        edition = queryset.get()
        if not edition.is_published:
            messages.error(
                request,
                _("“%(edition)s” isn’t published. Publish it first.") % {"edition": edition},
            )
            return
        with transaction.atomic():
            for other in Edition.objects.filter(is_current=True).exclude(pk=edition.pk):
                other.is_current = False
                other.save()
            edition.is_current = True
            edition.save()
        messages.success(
            request, _("“%(edition)s” is now the current edition.") % {"edition": edition}
        )


@admin.register(Page)
class PageAdmin(SortableAdminMixin, HistoryMixin):
    public_page = "symposium.editions.views.text_page"
    list_display = ["text", "slug", "is_published", "languages_filled", "updated_at"]
    list_filter = [EditionFilter, "is_published", UntranslatedFilter]
    search_fields = ["slug"]
    fields = ["edition", "title", "body", "is_published", "slug"]
    inlines = [PageFileInline]
    ordering = ["order", "id"]


class NewsExport(ExportResource):
    class Meta:
        model = News
        fields = [*in_each_language("title", "body"), "published_at", "is_pinned", "slug"]


@admin.register(News)
class NewsAdmin(DeskExportMixin, HistoryMixin):
    public_page = "symposium.editions.views.news_page"
    resource_classes = [NewsExport]
    list_display = ["text", "published_at", "is_pinned", "languages_filled"]
    list_filter = [EditionFilter, "is_pinned", UntranslatedFilter]
    list_select_related = ["edition"]
    search_fields = ["slug"]
    fields = ["edition", "title", "body", "published_at", "is_pinned", "slug"]


@admin.register(Partner)
class PartnerAdmin(SortableAdminMixin, TranslatedModelAdmin):
    import_kind = "partners"
    text_field = "name"
    list_display = ["text", "kind", "url", "languages_filled"]
    list_filter = [EditionFilter, "kind", UntranslatedFilter]
    fields = ["edition", "kind", "name", "url", "logo_shown", "logo"]
    readonly_fields = ["logo_shown"]
    ordering = ["order", "id"]

    @admin.display(description=_("present logo"))
    def logo_shown(self, partner):
        if partner.logo:
            return format_html('<img class="picture" src="{}" alt="">', partner.logo.url)
        return "–"
