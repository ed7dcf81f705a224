from allauth.account.adapter import DefaultAccountAdapter
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from symposium import mail

WAYS = {
    "mfa_reauthenticate": _("Use a code of the application, or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    """How accounts behave here."""

    def is_safe_url(self, url: str) -> bool:
        """Whether `url` is an address of this site, without scheme nor host: `/fr/2021/`."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_reauthentication_methods(self, user) -> list[dict]:
        """Each by the name that it has on every page."""
        methods = super().get_reauthentication_methods(user)
        return [
            method | {"description": WAYS.get(method["id"], method["description"])}
            for method in methods
        ]

    def render_mail(self, template_prefix, email, context, headers=None):
        """allauth's mails, the code among them, look like ours."""
        message = super().render_mail(template_prefix, email, context, headers)
        mail.add_html(message, get_language())
        return message
