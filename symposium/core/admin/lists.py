"""Lists of the desk: their views with counts, what actions cause, ways to fill an empty list."""

from django.contrib import admin
from django.contrib.admin import actions
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, SEARCH_VAR, ChangeList
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from symposium.core.admin.list_views import ListView, counted
from symposium.core.admin.pages import DESK_PAGES


class DeskChangeList(ChangeList):
    """Rows of a list with what `list_prefetch_related` names; the edition is no active filter."""

    def get_filters(self, request):
        *found, is_filtered = super().get_filters(request)
        chosen = set(self.get_filters_params()) - {"edition"}
        return *found, is_filtered and bool(chosen)

    def get_queryset(self, request, exclude_parameters=None):
        found = super().get_queryset(request, exclude_parameters)
        return found.prefetch_related(*self.model_admin.list_prefetch_related)


class DeskListMixin(admin.ModelAdmin):
    """List with views before its filters, and actions as buttons under its rows."""

    actions_on_top = False
    actions_on_bottom = True
    show_full_result_count = False
    list_prefetch_related: list = []
    # What the actions cause, in a sentence beside their buttons.
    actions_say: str | Promise = ""

    def get_changelist(self, request, **kwargs):
        return DeskChangeList

    def get_actions(self, request):
        """Return the actions, with the deletion last."""
        offered = super().get_actions(request)
        if delete := offered.pop("delete_selected", None):
            offered["delete_selected"] = delete
        return offered

    def list_views(self) -> list[ListView]:
        return []

    def changelist_view(self, request, extra_context=None):
        context = {
            "title": capfirst(self.opts.verbose_name_plural),
            "views": self.counted_views(request),
            "actions_say": self.actions_say,
            "ways_to_fill": self.ways_to_fill(request),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def counted_views(self, request) -> list[dict]:
        """Return the views with their counts in the edition that the list shows."""
        views = self.list_views()
        if not views or not self.has_view_or_change_permission(request):
            return []
        rows = self.model._default_manager.all()
        if edition := self.listed_edition(request):
            rows = rows.filter(**{self.edition_path: edition})
        apart = {"edition", PAGE_VAR, ORDER_VAR, SEARCH_VAR}
        chosen = {name: value for name, value in request.GET.items() if name not in apart}
        return counted(views, rows, chosen, edition)

    def listed_edition(self, request):
        """Return the edition whose objects the list shows; None for all."""
        return

    def ways_to_fill(self, request) -> list[dict]:
        """Return pages, other than the form, that fill this list."""
        found = (page for page in DESK_PAGES if self.opts.model_name in page.fills)
        edition = self.listed_edition(request)
        return [page.link(edition) for page in found if request.user.has_perm(page.permission)]

    def changelist_address(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")


@admin.action(description=_("Delete…"), permissions=["delete"])
def delete_selected(model_admin, request, queryset):
    """Ask, then delete: Django's action under a name without a noun."""
    return actions.delete_selected(model_admin, request, queryset)
