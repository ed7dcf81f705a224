from django.apps import AppConfig
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class SpreadsheetsConfig(AppConfig):
    name = "symposium.spreadsheets"
    label = "symposium_spreadsheets"
    verbose_name = _("Spreadsheets")

    def ready(self) -> None:
        # The sheets read the models, which are not loaded when this module is.
        from symposium.accounts.models import User
        from symposium.spreadsheets.registrations import forget_erased

        post_delete.connect(forget_erased, sender=User)
