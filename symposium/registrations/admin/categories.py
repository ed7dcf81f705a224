"""Categories of registration at the desk, with their places and invitations."""

from adminsortable2.admin import SortableAdminMixin
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from symposium.core.admin.base import (
    EditionFilter,
    ProtectedDeleteMixin,
    TranslatedModelAdmin,
    UntranslatedFilter,
)
from symposium.core.i18n.localized import in_each_language
from symposium.registrations.admin.mixins import CapacityAdminMixin, changelist_link, count_subquery
from symposium.registrations.models import Category, Registration
from symposium.registrations.models.registrations import State


@admin.register(Category)
class CategoryAdmin(
    ProtectedDeleteMixin, CapacityAdminMixin, SortableAdminMixin, TranslatedModelAdmin
):
    """Admin of categories: their places, and the number of registrations in each state."""

    text_field = "name"
    list_display = [
        "text",
        "places",
        "confirmed",
        "offered",
        "waiting",
        "pending",
        "languages_filled",
    ]
    list_filter = [EditionFilter, UntranslatedFilter]
    search_fields = in_each_language("name")
    ordering = ["order", "id"]
    fieldsets = [
        (None, {"fields": ["edition", "name", "description", "colour"]}),
        (_("What it includes"), {"fields": ["on_site", "online_access", "places"]}),
        (_("Who can choose it, and when"), {
            "fields": ["opens_at", "closes_at", "needs_approval", "by_invitation"],
            "description": _("Times are in the edition’s time zone."),
        }),
    ]  # fmt: skip

    def get_queryset(self, request):
        counts = {
            f"{state}_count": count_subquery(Registration.objects.filter(state=state), "category")
            for state in (State.CONFIRMED, State.OFFERED, State.WAITING, State.PENDING)
        }
        return super().get_queryset(request).annotate(**counts)

    def protected_reason(self, category) -> str:
        number = category.registrations.count()
        words = ngettext(
            "%(n)d person registered in “%(category)s”, so it can’t be deleted. Close it "
            "instead, or move the person to another category.",
            "%(n)d people registered in “%(category)s”, so it can’t be deleted. Close it "
            "instead, or move them to another category.",
            number,
        )
        return words % {"n": number, "category": category} if number else ""

    def tells(self, request, category) -> str:
        number = category.registrations.filter(state=State.WAITING).count()
        words = ngettext(
            "%(n)d person is waiting. New places are given at once, with an email.",
            "%(n)d people are waiting. New places are given at once, with an email.",
            number,
        )
        return words % {"n": number} if number else ""

    # Columns

    @admin.display(description=_("name"))
    def text(self, category):
        return super().text(category)

    @admin.display(description=_("confirmed"))
    def confirmed(self, category):
        return self.counted(category, State.CONFIRMED)

    @admin.display(description=_("offered"))
    def offered(self, category):
        return self.counted(category, State.OFFERED)

    @admin.display(description=_("waiting"))
    def waiting(self, category):
        return self.counted(category, State.WAITING)

    @admin.display(description=_("pending"))
    def pending(self, category):
        return self.counted(category, State.PENDING)

    def counted(self, category, state: State):
        chosen = {
            "edition": category.edition_id,
            "category__id__exact": category.pk,
            "state__exact": state.value,
        }
        return changelist_link(getattr(category, f"{state}_count"), Registration, **chosen)
