from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AbstractsConfig(AppConfig):
    name = "symposium.abstracts"
    label = "symposium_abstracts"
    verbose_name = _("Abstracts")

    def ready(self) -> None:
        from symposium.abstracts.checklist import CHECKS
        from symposium.editions.checklist import register

        register(*CHECKS)
