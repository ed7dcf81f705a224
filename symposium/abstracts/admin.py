from adminsortable2.admin import (
    SortableAdminBase,
    SortableInlineAdminMixin,
    SortableTabularInline,
)
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from import_export.fields import Field
from modeltranslation.admin import TranslationStackedInline

from symposium.abstracts.models import Abstract, AbstractKeyword, Author, Keyword
from symposium.spreadsheet import ExportAdmin, Sheet
from symposium.workplace import (
    AnyLanguage,
    EditionFilter,
    HistoryAdmin,
    UntranslatedFilter,
    WorkplaceAdmin,
)


@admin.register(Keyword)
class KeywordAdmin(WorkplaceAdmin):
    text_field = "name"
    list_display = ["text", "abstract_count", "languages_filled"]
    list_filter = [UntranslatedFilter]
    search_fields = ["slug"]
    fields = ["name", "definition", "slug"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(abstract_count=Count("uses"))

    @admin.display(description=_("name"), ordering="name_fr")
    def text(self, keyword):
        return super().text(keyword)

    @admin.display(description=_("abstracts"), ordering="abstract_count")
    def abstract_count(self, keyword):
        return keyword.abstract_count


class KeywordInline(SortableTabularInline):
    model = AbstractKeyword
    fields = ["keyword"]
    autocomplete_fields = ["keyword"]
    ordering = ["order", "id"]
    extra = 0


class AuthorInline(SortableInlineAdminMixin, AnyLanguage, TranslationStackedInline):
    template = "adminsortable2/edit_inline/stacked-django-5.2.html"
    model = Author
    fields = ["speaker", "given_name", "family_name", "affiliation", "orcid"]
    autocomplete_fields = ["speaker"]
    ordering = ["order", "id"]
    extra = 0


class AbstractSheet(Sheet):
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
class AbstractAdmin(ExportAdmin, SortableAdminBase, HistoryAdmin):
    public_page = "symposium.abstracts.views.abstract_page"
    resource_classes = [AbstractSheet]
    list_display = [
        "text",
        "kind",
        "session",
        "language",
        "status",
        "published_at",
        "languages_filled",
    ]
    list_filter = [EditionFilter, "status", "kind", "language", UntranslatedFilter]
    list_select_related = ["edition", "session"]
    search_fields = ["authors__family_name_fr", "authors__speaker__family_name_fr", "slug"]
    autocomplete_fields = ["session"]
    actions = ["publish", "withdraw"]
    inlines = [AuthorInline, KeywordInline]
    fieldsets = [
        (None, {"fields": ["edition", "kind", "session", "language", "title", "text"]}),
        (_("On the site"), {"fields": ["status", "published_at", "slug"]}),
    ]

    def get_export_queryset(self, request):
        found = super().get_export_queryset(request)
        return found.prefetch_related("authors__speaker", "ordered_keywords__keyword")

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request, queryset):
        self.set_status(request, queryset, Abstract.Status.PUBLISHED)

    @admin.action(description=_("Withdraw (takes it off the site)"), permissions=["change"])
    def withdraw(self, request, queryset):
        if queryset.filter(status=Abstract.Status.DRAFT).exists():
            messages.error(request, _("A draft was never published: there is nothing to withdraw."))
        queryset = queryset.exclude(status=Abstract.Status.DRAFT)
        self.set_status(request, queryset, Abstract.Status.WITHDRAWN)

    def set_status(self, request, queryset, status):
        done = sum(self.attempt(request, abstract, status) for abstract in queryset)
        if done:
            label = Abstract.Status(status).label
            words = ngettext("%(n)d abstract: %(status)s.", "%(n)d abstracts: %(status)s.", done)
            messages.success(request, words % {"n": done, "status": label})

    def attempt(self, request, abstract, status) -> bool:
        """Set the status, or tell why not."""
        abstract.status = status
        try:
            abstract.full_clean()
        except ValidationError as refused:
            for reason in refused.messages:
                messages.error(request, f"{abstract}: {reason}")
            return False
        abstract.save()
        return True
