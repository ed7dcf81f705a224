from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpeakersConfig(AppConfig):
    name = "symposium.speakers"
    label = "symposium_speakers"
    verbose_name = _("Speakers")

    def ready(self) -> None:
        from symposium.editions.checklist import register
        from symposium.speakers.checklist import CHECKS

        register(*CHECKS)
