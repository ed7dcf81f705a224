"""Mixins and helpers of the registrations' admin: read-only rows, places, counts, links."""

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import ngettext

from symposium.registrations import places
from symposium.registrations.checkin import scans

# Fields in which a search looks for a person.
SEARCH_FIELDS = [*scans.NAME_FIELDS, "code"]


class ReadOnlyMixin:
    """Rows that the desk shows and does not edit: other code writes them."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnlyInline(ReadOnlyMixin, admin.TabularInline):
    """Read-only rows, visible to everybody who may see the parent object."""

    extra = 0
    can_delete = False
    classes = ["read-rows", "collapse"]

    def has_view_permission(self, request, obj=None):
        return True

    def get_readonly_fields(self, request, obj=None):
        return self.fields


class CapacityAdminMixin:
    """Admin of objects with limited places.

    `places.set_places` changes the number of places and gives the new ones to the waiting list.
    """

    def save_model(self, request, obj, form, change):
        if not change:
            super().save_model(request, obj, form, change)
            return
        chosen = obj.places
        obj.places = places.lock_rows(type(obj), [obj.pk])[obj.pk].places
        super().save_model(request, obj, form, change)
        if obj.places != chosen:
            self.set_places(request, obj, chosen)

    def set_places(self, request, owner: places.Capacity, chosen: int | None) -> None:
        if beyond := places.set_places(owner, chosen):
            words = ngettext(
                "%(n)d person more than the number of places. Nobody loses their place.",
                "%(n)d people more than the number of places. Nobody loses their place.",
                beyond,
            )
            messages.warning(request, words % {"n": beyond})


def count_subquery(rows: models.QuerySet, field: str) -> Coalesce:
    """Return an expression: the number of `rows` whose `field` refers to the outer row."""
    own = rows.filter(**{field: OuterRef("pk")}).order_by().values(field)
    return Coalesce(Subquery(own.annotate(number=Count("pk")).values("number")), 0)


def changelist_link(text, model: type[models.Model], **chosen) -> str:
    """Return an HTML link to the list of a model, filtered by `chosen`."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return format_html('<a href="{}?{}">{}</a>', reverse(name), urlencode(chosen), text)


def state_badge(state: str, label) -> str:
    return format_html('<span class="status status-{}">{}</span>', state, label)
