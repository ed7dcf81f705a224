"""Audit log of changes and exports on the desk: superusers read it, nobody writes it."""

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from symposium.accounts.models import User
from symposium.registrations.admin.mixins import ReadOnlyMixin
from symposium.registrations.models import Registration


def log_action(by: User, title: str, text: str, of: Registration | None = None) -> None:
    """Record an action of `by` on the registration `of`, or on several at once."""
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(Registration),
        object_id=of and str(of.pk),
        object_repr=title[:200],
        action_flag=CHANGE,
        change_message=text,
    )


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyMixin, admin.ModelAdmin):
    list_display = ["action_time", "user", "content_type", "object_repr", "told"]
    list_filter = ["content_type"]
    list_select_related = ["user", "content_type"]
    search_fields = ["user__email", "object_repr", "change_message"]
    show_full_result_count = False
    fields = ["action_time", "user", "content_type", "object_repr", "told"]
    readonly_fields = fields

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    @admin.display(description=_("change"))
    def told(self, entry):
        return entry.get_change_message()
