"""Rows under a form that have an order: dragged, moved by buttons, or numbered without a script."""

from adminsortable2.admin import (
    CustomInlineFormSet,
    SortableInlineAdminMixin,
    SortableTabularInline,
)
from django import forms
from modeltranslation.admin import TranslationStackedInline

from symposium.core.admin.base import OptionalTranslationsMixin


class OrderedFormSet(CustomInlineFormSet):
    """Formset whose rows show their number where no script can move them."""

    def __init__(self, *args, default_order_field=None, **kwargs):
        super().__init__(*args, default_order_field=default_order_field, **kwargs)
        if default_order_field:
            field = self.form.base_fields[default_order_field]
            field.is_hidden = False
            field.widget = forms.NumberInput(attrs={"class": "_reorder_"})


class OrderedTabularInline(SortableTabularInline):
    """Ordered rows as a table; screen readers read each field with its column's label."""

    formset = OrderedFormSet
    ordering = ["order", "id"]
    extra = 0

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            inner = getattr(field.widget, "widget", field.widget)
            inner.attrs.setdefault("aria-label", str(field.label))
        return field


class OrderedStackedInline(
    SortableInlineAdminMixin, OptionalTranslationsMixin, TranslationStackedInline
):
    formset = OrderedFormSet
    template = "adminsortable2/edit_inline/stacked-django-5.2.html"
    ordering = ["order", "id"]
    extra = 0
