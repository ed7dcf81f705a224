from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from symposium.core.i18n.dates import pin_process_zone


class EditionsConfig(AppConfig):
    name = "symposium.editions"
    label = "symposium_editions"
    verbose_name = _("Edition")

    def ready(self) -> None:
        from symposium.editions.checklist import OWN_CHECKS, register

        pin_process_zone(settings.TIME_ZONE)
        register(*OWN_CHECKS)
