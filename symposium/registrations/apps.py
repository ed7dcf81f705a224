from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistrationsConfig(AppConfig):
    name = "symposium.registrations"
    label = "symposium_registrations"
    verbose_name = _("Registrations")

    def ready(self) -> None:
        from symposium.editions.checklist import register
        from symposium.registrations.checklist import CHECKS

        register(*CHECKS)
