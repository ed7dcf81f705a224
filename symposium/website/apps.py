from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.utils.translation import gettext_lazy as _
from post_office.apps import PostOfficeConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "symposium.website.admin_site.Desk"


class OutboxConfig(PostOfficeConfig):
    """The package that keeps our mails, under our name for it and with our page for organisers."""

    verbose_name = _("Outbox")

    def ready(self):
        super().ready()
        # Django has found the package's own pages already, which this module takes away.
        from symposium.core.admin import mail_queue  # noqa: F401
