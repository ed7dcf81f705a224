from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsConfig(AppConfig):
    name = "symposium.sessions"
    label = "symposium_sessions"
    verbose_name = _("Programme")

    def ready(self) -> None:
        from symposium.editions.checklist import register
        from symposium.sessions.checklist import CHECKS

        register(*CHECKS)
