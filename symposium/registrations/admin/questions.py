"""Questions of the registration form at the desk."""

from adminsortable2.admin import SortableAdminMixin, SortableInlineAdminMixin
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TranslationStackedInline

from symposium.core.admin.base import (
    EditionFilter,
    EditionModelForm,
    OptionalTranslationsMixin,
    ProtectedDeleteMixin,
    TranslatedModelAdmin,
    UntranslatedFilter,
)
from symposium.registrations.models import Option, Question


class QuestionForm(EditionModelForm):
    def clean_categories(self):
        categories = self.cleaned_data["categories"]
        edition = self.cleaned_data.get("edition")
        if any(category.edition_id != edition.pk for category in categories if edition):
            raise ValidationError(_("Choose an item from this edition."), code="other_edition")
        return categories


class OptionInline(SortableInlineAdminMixin, OptionalTranslationsMixin, TranslationStackedInline):
    template = "adminsortable2/edit_inline/stacked-django-5.2.html"
    model = Option
    fields = ["label"]
    ordering = ["order", "id"]
    extra = 0


@admin.register(Question)
class QuestionAdmin(ProtectedDeleteMixin, SortableAdminMixin, TranslatedModelAdmin):
    form = QuestionForm
    text_field = "label"
    list_display = ["text", "kind", "is_required", "asked_of", "languages_filled"]
    list_filter = [EditionFilter, "kind", UntranslatedFilter]
    ordering = ["order", "id"]
    autocomplete_fields = ["categories"]
    inlines = [OptionInline]
    fields = ["edition", "label", "help_text", "kind", "is_required", "categories"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("categories")

    def protected_reason(self, question) -> str:
        number = question.answers.values("registration").distinct().count()
        words = ngettext(
            "%(n)d person answered “%(question)s”, so it can’t be deleted.",
            "%(n)d people answered “%(question)s”, so it can’t be deleted.",
            number,
        )
        return words % {"n": number, "question": question} if number else ""

    @admin.display(description=_("question"))
    def text(self, question):
        return super().text(question)

    @admin.display(description=_("categories"))
    def asked_of(self, question):
        return _(", ").join(map(str, question.categories.all())) or _("everyone")
