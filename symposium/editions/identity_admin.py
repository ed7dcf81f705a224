"""Pages of the desk: the identity of an edition, and the preview of its whole site."""

from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from symposium.core.admin.base import db_error_message
from symposium.core.admin.forms import language_gaps
from symposium.core.admin.working_edition import set_working_edition
from symposium.editions.forms import IdentityForm
from symposium.editions.models import Edition
from symposium.editions.previews import CHANGES, preview, signed


class IdentityPages(admin.ModelAdmin):
    """Mixin of the admin of editions with the page of the identity and the previews."""

    def get_urls(self):
        identity, previewed = map(
            self.admin_site.admin_view, (self.identity_view, self.site_preview)
        )
        return [
            path("<int:pk>/identity/", identity, name="symposium_editions_identity"),
            path("<int:pk>/site/<path:address>", previewed, name="symposium_editions_site"),
            *super().get_urls(),
        ]

    def found(self, request: HttpRequest, pk: int, *, change: bool) -> Edition:
        edition = self.get_object(request, str(pk))
        if not edition:
            raise Http404
        allowed = self.has_change_permission if change else self.has_view_or_change_permission
        if not allowed(request, edition):
            raise PermissionDenied
        set_working_edition(request, edition)
        return edition

    def site_preview(self, request: HttpRequest, pk: int, address: str) -> HttpResponse:
        edition = self.found(request, pk, change=False)
        root = reverse("admin:symposium_editions_site", args=[pk, "x"])[:-1]
        return preview(request, edition, f"/{address}", root)

    def identity_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        edition = self.found(request, pk, change=True)
        data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = IdentityForm(data, files, instance=edition)
        if form.saves and form.is_valid() and self.save_identity(request, form):
            messages.success(request, _("The identity is saved."))
            return redirect(request.path)
        form.is_bound and form.is_valid()  # a preview shows what is valid
        with timezone.override(edition.zone):
            return render(request, "admin/identity.html", self.identity_context(request, form))

    def save_identity(self, request: HttpRequest, form: IdentityForm) -> bool:
        try:
            with transaction.atomic():
                form.save()
                self.log_change(request, form.instance, [{"changed": {"fields": ["identity"]}}])
        except (IntegrityError, OperationalError) as error:
            form.add_error(None, db_error_message(error))
            return False
        return True

    def identity_context(self, request: HttpRequest, form: IdentityForm) -> dict:
        # The page shows the stored edition: the form has already changed its own copy.
        edition = Edition.objects.get(pk=form.instance.pk)
        home = reverse("editions:home", args=[edition.slug])
        address = reverse("admin:symposium_editions_site", args=[edition.pk, home[1:]])
        query = f"?{urlencode({CHANGES: signed(form.changes)})}" if form.is_bound else ""
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": edition,
            "title": _("Identity"),
            "form": form,
            "language_gaps": language_gaps(form),
            "preview_url": address + query,
            "preview_query": query,
        }
