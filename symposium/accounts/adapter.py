from allauth.account.adapter import DefaultAccountAdapter
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from symposium import mail


class AccountAdapter(DefaultAccountAdapter):
    """How accounts behave here."""

    def is_safe_url(self, url: str) -> bool:
        """Whether `url` is an address of this site, without scheme nor host: `/fr/2021/`."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def render_mail(self, template_prefix, email, context, headers=None):
        """allauth's mails, the code among them, look like ours."""
        message = super().render_mail(template_prefix, email, context, headers)
        mail.add_html(message, get_language())
        return message
