from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EditionsConfig(AppConfig):
    name = "symposium.editions"
    label = "symposium_editions"
    verbose_name = _("Edition")
