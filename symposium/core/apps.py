from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from symposium.core import error_reports


class CoreConfig(AppConfig):
    name = "symposium.core"
    label = "symposium_core"
    verbose_name = _("Outbox")

    def ready(self) -> None:
        # The package `symposium.core.admin` cannot import it: it is imported while the admin site
        # is being created.
        from symposium.core.admin import mail_queue  # noqa: F401

        if settings.SENTRY_DSN:
            error_reports.start(settings.SENTRY_DSN)
