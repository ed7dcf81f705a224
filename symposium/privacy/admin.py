"""Admin of accounts with erasure; the admin in `accounts` knows nothing of registrations."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models.constants import LOOKUP_SEP
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from symposium.accounts.admin import UserAdmin as OwnUserAdmin
from symposium.accounts.models import User
from symposium.core.admin.base import ProtectedDeleteMixin
from symposium.privacy import erasure
from symposium.privacy.forms import ErasureForm
from symposium.registrations.admin import audit_log
from symposium.registrations.admin.bulk_actions import ASK_TEMPLATE

admin.site.unregister(User)


class AccountErasureForm(ErasureForm):
    """Confirmation by an organiser, who types the address of the account again."""

    email = forms.EmailField(
        label=gettext_lazy("Email address, to confirm"), max_length=254,
        widget=forms.EmailInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "This permanently deletes the account, names, answers and certificates, and "
            "releases future places. Anonymous figures are kept. The person gets a final "
            "email."
        ),
    )  # fmt: skip
    mismatch = gettext_lazy("The email address doesn’t match this account. Nothing was deleted.")


@admin.register(User)
class UserAdmin(ProtectedDeleteMixin, OwnUserAdmin):
    change_form_template = "admin/symposium_registrations/registration/change_form.html"

    def lookup_allowed(self, lookup, value, request=None):
        """Forbid filters on the password, with which one could guess its hash."""
        secret = "password" in lookup.split(LOOKUP_SEP)
        return not secret and super().lookup_allowed(lookup, value, request)

    def protected_reason(self, user) -> str:
        number = user.registrations.count()
        words = ngettext(
            "%(user)s has %(n)d registration, so the account can’t be deleted on its own. "
            "Use “Erase this person” to delete the account and all personal data. "
            "Anonymous figures are kept.",
            "%(user)s has %(n)d registrations, so the account can’t be deleted on its own. "
            "Use “Erase this person” to delete the account and all personal data. "
            "Anonymous figures are kept.",
            number,
        )
        return words % {"n": number, "user": user.email} if number else ""

    # Erasing a person

    def get_urls(self):
        view = self.admin_site.admin_view(self.erase_view)
        name = "symposium_accounts_user_erase"
        return [path("<int:pk>/erase/", view, name=name), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and request.user.is_superuser:
            page = reverse("admin:symposium_accounts_user_erase", args=[obj.pk])
            context["decisions"] = [{"url": page, "label": _("Erase this person"), "asks": True}]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def erase_view(self, request, pk):
        """Ask for the e-mail address, then erase a person who did not do it in their account."""
        if not request.user.is_superuser:
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        form = AccountErasureForm(request.POST or None, user=user)
        if form.is_valid():
            try:
                self.erase(request, user)
            except ValidationError as refused:
                form.add_error(None, refused.messages)
            else:
                return redirect("admin:symposium_accounts_user_changelist")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "form": form,
            "title": _("Erase this person"),
            "number": 1,
            "people": [user.email],
        }
        return TemplateResponse(request, ASK_TEMPLATE, context)

    @transaction.atomic
    def erase(self, request, user: User) -> None:
        """Erase the person and write an audit log entry that does not name them."""
        number = user.registrations.count()
        erasure.erase(user)
        words = ngettext(
            "Personal data erased: the account and %(n)d registration.",
            "Personal data erased: the account and %(n)d registrations.",
            number,
        )
        text = words % {"n": number}
        audit_log.log_action(request.user, _("Erasure of a person"), text)
        messages.success(request, text)
