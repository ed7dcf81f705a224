"""Accounts and groups at the desk."""

import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401 (both register pages, unregistered below)
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from symposium.accounts import (
    groups_admin,  # noqa: F401 (registers the admin page of groups)
    login,
)
from symposium.accounts.models import User
from symposium.accounts.second_factor import NAMES

# Sign-in locations and browsers are visible only to the user they belong to.
admin.site.unregister([Authenticator, UserSession])


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """Second factors: the list shows that one exists, never its secret. Delete a lost one here."""

    list_display = ["user", "kind", "created_at", "last_used_at"]
    search_fields = ["user__email", "user__name"]
    fields = readonly_fields = list_display

    @admin.display(description=_("kind"), ordering="type")
    def kind(self, authenticator):
        return NAMES[authenticator.type]

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_delete_permission = has_view_permission

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Accounts. Users sign in with a code sent by e-mail, so a new account needs no password."""

    list_display = ["email", "name", "language", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "groups", "language"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "language", "is_active", "is_staff", "groups", "is_superuser"]
    readonly_fields = ["date_joined"]
    filter_horizontal = ["groups"]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.label_from_instance = lambda group: _(group.name)
        return field

    def has_change_permission(self, request, obj=None):
        """Allow superusers only: any other user could make themselves a superuser."""
        return request.user.is_superuser and super().has_change_permission(request, obj)

    def has_add_permission(self, request):
        return request.user.is_superuser and super().has_add_permission(request)

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser and super().has_delete_permission(request, obj)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            login.follow_email(obj)
