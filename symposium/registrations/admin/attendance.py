"""Read-only admin pages of check-ins (made at check-in) and certificates (issued by the worker)."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from symposium.core.admin.base import EditionFilter, EditionModelAdmin
from symposium.registrations.admin.mixins import SEARCH_FIELDS, ReadOnlyMixin
from symposium.registrations.models import Certificate, CheckIn


@admin.register(CheckIn)
class CheckInAdmin(ReadOnlyMixin, EditionModelAdmin):
    list_display = ["text", "day", "door", "scanned_at", "by", "undone_at"]
    list_filter = [EditionFilter, "day", ("undone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["registration", "session", "by", "edition"]
    search_fields = [f"registration__{field}" for field in SEARCH_FIELDS]
    show_full_result_count = False
    fields = [
        "registration", "day", "session", "scanned_at", "recorded_at", "by", "undone_at",
        "undone_by",
    ]  # fmt: skip

    @admin.display(description=_("name"), ordering="registration__family_name")
    def text(self, check_in):
        return super().text(check_in.registration)

    @admin.display(description=_("entrance"), ordering="session")
    def door(self, check_in):
        return check_in.session or _("Entrance")


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyMixin, EditionModelAdmin):
    edition_path = "registration__edition"
    list_display = ["text", "name_ar", "days_attended", "minutes", "issued_at"]
    list_filter = [EditionFilter]
    list_select_related = ["registration__edition"]
    search_fields = ["name", "name_ar", "token"]
    show_full_result_count = False
    fields = ["registration", "name", "name_ar", "days", "minutes", "issued_at", "token"]

    @admin.display(description=_("name"), ordering="name")
    def text(self, certificate):
        return super().text(certificate)

    @admin.display(description=_("days"))
    def days_attended(self, certificate):
        return len(certificate.days)

    def view_on_site(self, certificate) -> str:
        return certificate.get_absolute_url()
