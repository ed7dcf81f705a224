from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "symposium.accounts"
    label = "symposium_accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from symposium.accounts.groups import give_permissions

        post_migrate.connect(give_permissions, dispatch_uid="organisers")
