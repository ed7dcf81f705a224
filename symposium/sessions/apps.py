from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from symposium.core.admin.pages import DESK_PAGES, DeskPage


class SessionsConfig(AppConfig):
    name = "symposium.sessions"
    label = "symposium_sessions"
    verbose_name = _("Programme")

    def ready(self) -> None:
        from symposium.editions import checklist, copying
        from symposium.sessions.checklist import CHECKS
        from symposium.sessions.copying import PARTS

        checklist.register(*CHECKS)
        copying.register(*PARTS)
        DESK_PAGES.append(
            DeskPage(
                "programme",
                _("Programme changes"),
                "symposium_sessions_session_changes",
                "symposium_sessions.view_session",
            )
        )
