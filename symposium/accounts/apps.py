from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "symposium.accounts"
    label = "symposium_accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added, authenticator_used

        from symposium.accounts import second_factor
        from symposium.accounts.groups import give_permissions

        authenticator_added.connect(second_factor.remember_second_factor)
        authenticator_used.connect(second_factor.remember_second_factor)
        post_migrate.connect(give_permissions, dispatch_uid="organisers")
