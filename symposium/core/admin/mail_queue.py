"""Admin of the e-mail queue, for superusers: recipient, status and errors of each e-mail.

It shows neither the text nor the code in a subject: a sign-in code is for its reader only.
"""

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from symposium.core.mail import queue
from symposium.core.mail.models import Email


@admin.register(Email)
class EmailAdmin(admin.ModelAdmin):
    """Read-only admin: no e-mail is added, changed or deleted by hand."""

    list_display = ["created_at", "to", "subject_without_code", "status", "scheduled_at"]
    list_filter = ["status"]
    search_fields = ["to"]
    ordering = ["-pk"]
    show_full_result_count = False
    fields = [
        "to", "subject_without_code", "status", "created_at", "updated_at", "scheduled_at",
        "attempts", "errors",
    ]  # fmt: skip
    actions = ["send_again", "release"]

    @admin.display(description=_("subject"))
    def subject_without_code(self, email):
        return str(email)

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description=_("Resend failed emails"), permissions=["view"])
    def send_again(self, request, queryset):
        count = queue.send_again(queryset)
        text = ngettext(
            "%(count)s email will be resent.", "%(count)s emails will be resent.", count
        )
        messages.success(request, text % {"count": count})

    @admin.action(description=_("Release held emails"), permissions=["view"])
    def release(self, request, queryset):
        count = queue.release(queryset)
        text = ngettext("%(count)s email will be sent.", "%(count)s emails will be sent.", count)
        messages.success(request, text % {"count": count})
