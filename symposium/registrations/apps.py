from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from symposium.core.admin.pages import DESK_PAGES, DeskPage


class RegistrationsConfig(AppConfig):
    name = "symposium.registrations"
    label = "symposium_registrations"
    verbose_name = _("Registrations")

    def ready(self) -> None:
        from symposium.editions import checklist, copying
        from symposium.registrations.checklist import CHECKS
        from symposium.registrations.copying import PARTS

        checklist.register(*CHECKS)
        copying.register(*PARTS)
        DESK_PAGES.append(
            DeskPage(
                "registrations",
                _("In figures"),
                "symposium_registrations_registration_charts",
                "symposium_registrations.view_registration",
            )
        )
