from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "symposium.core"
    label = "symposium_core"
    verbose_name = _("Outbox")

    def ready(self) -> None:
        # Not from `symposium.core.admin` itself: the admin site imports that while it is made.
        from symposium.core.admin import mail_queue  # noqa: F401
