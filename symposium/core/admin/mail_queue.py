"""The outbox on the desk: whom a mail was for, whether it left, why not. Superusers only.

It does not show what a mail says: a code to sign in is for its reader. The package's own pages go:
its template editor loads scripts from another host, and we keep no templates in the database.
"""

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from post_office.models import Attachment, Email, EmailTemplate, Log

from symposium.core import mail_queue

for model in (Attachment, Email, EmailTemplate, Log):
    admin.site.unregister(model)


class SuperusersLook:
    """Nothing is added, changed or deleted by hand."""

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


class LogInline(SuperusersLook, admin.TabularInline):
    model = Log
    fields = readonly_fields = ["date", "exception_type", "message"]


@admin.register(Email)
class EmailAdmin(SuperusersLook, admin.ModelAdmin):
    list_display = ["created_at", "to", "subject", "status", "scheduled_time"]
    list_filter = ["status"]
    search_fields = ["to", "subject"]
    ordering = ["-pk"]
    show_full_result_count = False
    fields = ["to", "subject", "status", "created_at", "updated_at", "scheduled_time", "retries"]
    inlines = [LogInline]
    # The package's own has a button which sends from the page.
    change_form_template = "admin/change_form.html"
    actions = ["send_again"]

    # The package names these in English only.

    @admin.display(description=_("created"), ordering="created")
    def created_at(self, email):
        return email.created

    @admin.display(description=_("last change"))
    def updated_at(self, email):
        return email.last_updated

    @admin.display(description=_("tried again"))
    def retries(self, email):
        return email.number_of_retries or "–"

    @admin.action(description=_("Resend failed emails"), permissions=["view"])
    def send_again(self, request, queryset):
        count = mail_queue.send_again(queryset)
        text = ngettext(
            "%(count)s email will be resent.", "%(count)s emails will be resent.", count
        )
        messages.success(request, text % {"count": count})
