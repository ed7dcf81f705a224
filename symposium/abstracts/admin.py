"""Abstracts, keywords and metadata at the desk."""

import datetime
import json

from adminsortable2.admin import SortableAdminBase
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from import_export.fields import Field

from symposium.abstracts import usage, usage_charts, versions
from symposium.abstracts.models import (
    Abstract,
    AbstractKeyword,
    Author,
    DuplicateKeyword,
    Keyword,
    Version,
)
from symposium.core.admin.base import (
    EditionFilter,
    EditionModelForm,
    HistoryMixin,
    ProtectedDeleteMixin,
    TranslatedModelAdmin,
    UntranslatedFilter,
    name_list,
)
from symposium.core.admin.inlines import OrderedStackedInline, OrderedTabularInline
from symposium.core.admin.list_views import ListView
from symposium.core.admin.spreadsheet import DeskExportMixin, ExportResource
from symposium.core.i18n.localized import LANGUAGES, in_each_language
from symposium.core.i18n.typography import direction
from symposium.speakers.models import Speaker


class KeywordForm(EditionModelForm):
    is_popup = False

    def _post_clean(self):
        """Add to the error for a duplicate keyword a link to the existing keyword."""
        super()._post_clean()
        for errors in self._errors.values():
            errors.data = [
                self.offer(one) if isinstance(one, DuplicateKeyword) else one for one in errors.data
            ]

    def offer(self, twin: DuplicateKeyword) -> ValidationError:
        number = twin.keyword.pk
        way = (
            (f"?{IS_POPUP_VAR}=1&use={number}", _("Use this one"))
            if self.is_popup
            else (reverse("admin:symposium_abstracts_keyword_change", args=[number]), _("Open it"))
        )
        words = format_html('{} <a href="{}">{}</a>', twin.messages[0], *way)
        return ValidationError(words, code=twin.code)


@admin.register(Keyword)
class KeywordAdmin(ProtectedDeleteMixin, TranslatedModelAdmin):
    import_kind = "keywords"
    form = KeywordForm
    text_field = "name"
    list_display = ["text", "abstract_count", "languages_filled"]
    list_filter = [UntranslatedFilter]
    search_fields = ["slug"]
    fields = ["name", "definition", "slug"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(abstract_count=Count("uses"))

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.is_popup = IS_POPUP_VAR in request.GET or IS_POPUP_VAR in request.POST
        return form

    def add_view(self, request, form_url="", extra_context=None):
        """Let the pop-up of an abstract's form end with an existing keyword: `?use=` is its key."""
        known = self.get_object(request, request.GET.get("use", ""))
        if known is None or not self.has_view_permission(request, known):
            return super().add_view(request, form_url, extra_context)
        chosen = json.dumps({"value": str(known.pk), "obj": str(known)})
        return TemplateResponse(
            request, "admin/popup_response.html", {"popup_response_data": chosen}
        )

    def protected_reason(self, keyword) -> str:
        abstracts = list(keyword.abstracts.order_by("pk"))
        words = ngettext(
            "“%(keyword)s” is used by %(n)d abstract, so it can’t be deleted. Change the "
            "abstract first: %(abstracts)s.",
            "“%(keyword)s” is used by %(n)d abstracts, so it can’t be deleted. Change "
            "these abstracts first: %(abstracts)s.",
            len(abstracts),
        )
        names = {"keyword": keyword, "n": len(abstracts), "abstracts": name_list(abstracts)}
        return words % names if abstracts else ""

    @admin.display(description=_("name"), ordering="name_fr")
    def text(self, keyword):
        return super().text(keyword)

    @admin.display(description=_("abstracts"), ordering="abstract_count")
    def abstract_count(self, keyword):
        return keyword.abstract_count


class KeywordInline(OrderedTabularInline):
    model = AbstractKeyword
    fields = ["keyword"]
    autocomplete_fields = ["keyword"]


class AuthorInline(OrderedStackedInline):
    model = Author
    fields = [("speaker", "orcid", "ror"), "given_name", "family_name", "affiliation"]
    autocomplete_fields = ["speaker"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "speaker":
            field.label_from_instance = Speaker.name_and_affiliation.fget
        return field


class VersionInline(admin.TabularInline):
    """Published versions, read-only: the form of the abstract creates new ones."""

    model = Version
    fields = readonly_fields = ["number", "published_at", "note"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


def note_field(language: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2, "lang": language, "dir": direction(language)})
    return forms.CharField(
        label=format_lazy("{} [{}]", _("What changed"), language),
        max_length=1000, required=False, widget=widget,
    )  # fmt: skip


class AbstractForm(EditionModelForm):
    new_version = forms.BooleanField(
        label=_("Publish this change as a new version"), required=False,
        help_text=_(
            "The previous text keeps its own address, and your note is shown with the new "
            "version. Small corrections don’t need a new version."
        ),
    )  # fmt: skip
    version_note_fr = note_field("fr")
    version_note_en = note_field("en")
    version_note_ar = note_field("ar")

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("new_version"):
            self.clean_version(cleaned)
        return cleaned

    def clean_version(self, cleaned: dict) -> None:
        stored = Abstract.objects.filter(pk=self.instance.pk, status=Abstract.Status.PUBLISHED)
        if cleaned.get("status") != Abstract.Status.PUBLISHED or not stored.exists():
            words = _("Publish the abstract before you add a new version.")
            self.add_error("new_version", ValidationError(words, code="unpublished"))
        if not any(self.notes(cleaned).values()):
            words = _("Describe what changed in at least one language.")
            self.add_error("new_version", ValidationError(words, code="note"))

    @staticmethod
    def notes(cleaned: dict) -> dict[str, str]:
        return {code: cleaned.get(f"version_note_{code}", "") for code in LANGUAGES}


class AbstractExport(ExportResource):
    session = Field(attribute="session", column_name=_("session"))
    authors = Field(column_name=_("authors"))
    keywords = Field(column_name=_("keywords"))

    class Meta:
        model = Abstract
        fields = [
            "kind", "status", "published_at", "language", "title_fr", "title_en", "title_ar",
            "authors", "keywords", "session", "text_fr", "text_en", "text_ar", "slug",
        ]  # fmt: skip

    def dehydrate_kind(self, abstract):
        return abstract.get_kind_display()

    def dehydrate_status(self, abstract):
        return abstract.get_status_display()

    def dehydrate_authors(self, abstract):
        return "; ".join(author.name for author in abstract.authors.all())

    def dehydrate_keywords(self, abstract):
        return "; ".join(str(one.keyword) for one in abstract.ordered_keywords.all())


@admin.register(Abstract)
class AbstractAdmin(ProtectedDeleteMixin, DeskExportMixin, SortableAdminBase, HistoryMixin):
    form = AbstractForm
    import_kind = "abstracts"
    public_page = "symposium.abstracts.views.abstract_page"
    resource_classes = [AbstractExport]
    list_display = [
        "titled", "kind", "language", "published_at", "languages_filled", "status_shown",
    ]  # fmt: skip
    list_filter = [EditionFilter, "status", "kind", "language", UntranslatedFilter]
    list_select_related = ["edition", "session"]
    list_prefetch_related = ["authors__speaker"]
    search_fields = [
        *in_each_language(
            "authors__given_name", "authors__family_name",
            "authors__speaker__given_name", "authors__speaker__family_name",
        ),
        "slug",
    ]  # fmt: skip
    autocomplete_fields = ["session"]
    actions = ["publish"]
    inlines = [AuthorInline, KeywordInline, VersionInline]
    readonly_fields = ["usage_chart"]
    fieldsets = [
        (None, {
            "fields": ["title", "text", ("kind", "language", "status"), ("session", "edition")],
        }),
        (_("On the site"), {
            "fields": ["published_at", ("slug", "licence", "doi")], "classes": ["collapse"],
        }),
        (_("Withdrawal"), {
            "fields": ["withdrawal_reason", "withdrawn_at"], "classes": ["collapse"],
        }),
    ]  # fmt: skip
    later_fieldsets = [
        (_("A new version"), {
            "fields": ["new_version", *(f"version_note_{code}" for code in LANGUAGES)],
            "classes": ["collapse"],
        }),
        (_("Views"), {"fields": ["usage_chart"], "classes": ["collapse"]}),
    ]  # fmt: skip

    class Media:
        css = {"all": ["css/charts.css"]}

    def list_views(self):
        return [
            ListView(_("All")),
            self.untranslated_view(),
            ListView(_("in draft"), {"status__exact": Abstract.Status.DRAFT.value},
                     Q(status=Abstract.Status.DRAFT)),
            ListView(_("Withdrawn"), {"status__exact": Abstract.Status.WITHDRAWN.value},
                     Q(status=Abstract.Status.WITHDRAWN)),
        ]  # fmt: skip

    @admin.display(description=_("title"), ordering="title_fr")
    def titled(self, abstract):
        """Return the title; under it the authors and the session. (`text` is a field.)"""
        authors = name_list([author.name for author in abstract.authors.all()], most=3)
        under = format_html_join(
            " · ", "<bdi>{}</bdi>", ((part,) for part in (authors, abstract.session) if part)
        )
        return format_html('{}<span class="row-sub">{}</span>', self.text(abstract), under)

    @admin.display(description=_("status"), ordering="status")
    def status_shown(self, abstract):
        label = abstract.get_status_display()
        return format_html('<span class="status status-{}">{}</span>', abstract.status, label)

    def under_title(self, abstract):
        parts = [self.status_shown(abstract), abstract.get_kind_display(), abstract.session]
        return [part for part in parts if part]

    def get_fieldsets(self, request, obj=None):
        return [*super().get_fieldsets(request, obj), *(self.later_fieldsets if obj else [])]

    def get_inlines(self, request, obj):
        return self.inlines if obj else [AuthorInline, KeywordInline]

    def save_model(self, request, obj, form, change):
        if form.cleaned_data.get("new_version"):
            versions.snapshot(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if form.cleaned_data.get("new_version"):
            versions.publish(form.instance, form.notes(form.cleaned_data))

    def protected_reason(self, abstract) -> str:
        words = _(
            "“%(abstract)s” has been published, so it can’t be deleted. Withdraw it "
            "instead and give a reason."
        )
        was_public = Abstract.objects.ever_public().filter(pk=abstract.pk).exists()
        return words % {"abstract": abstract} if was_public else ""

    @admin.display(description=_("views"))
    def usage_chart(self, abstract):
        days, today = usage.by_day(abstract), abstract.edition.today()
        return render_to_string(
            "admin/symposium_abstracts/abstract/_usage.html",
            {
                "days": days,
                "reads": sum(reads for _day, reads, _downloads in days),
                "downloads": sum(downloads for _day, _reads, downloads in days),
                "columns": usage_charts.columns(days, today),
                "first": today - datetime.timedelta(days=usage_charts.CHART_DAYS - 1),
                "last": today,
                "width": usage_charts.WIDTH,
                "height": usage_charts.HEIGHT,
            },
        )

    def get_export_queryset(self, request):
        found = super().get_export_queryset(request)
        return found.prefetch_related("authors__speaker", "ordered_keywords__keyword")

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request, queryset):
        withdrawn = queryset.filter(status=Abstract.Status.WITHDRAWN).count()
        drafts = queryset.filter(status=Abstract.Status.DRAFT)
        done = sum(self.attempt(request, abstract) for abstract in drafts)
        if done:
            label = Abstract.Status.PUBLISHED.label
            words = ngettext(
                "%(n)d abstract set to “%(status)s”.", "%(n)d abstracts set to “%(status)s”.", done
            )
            messages.success(request, words % {"n": done, "status": label})
        if withdrawn:
            words = ngettext(
                "%(n)d withdrawn abstract was skipped. To undo a withdrawal, open the abstract.",
                "%(n)d withdrawn abstracts were skipped. To undo a withdrawal, open the abstract.",
                withdrawn,
            )
            messages.warning(request, words % {"n": withdrawn})

    def attempt(self, request, abstract) -> bool:
        """Publish the abstract and return True, or show why it is not valid and return False."""
        abstract.status = Abstract.Status.PUBLISHED
        try:
            abstract.full_clean()
        except ValidationError as refused:
            for reason in refused.messages:
                messages.error(request, f"{abstract}: {reason}")
            return False
        abstract.save()
        return True
