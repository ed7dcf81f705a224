from allauth.account.adapter import DefaultAccountAdapter
from django.utils.http import url_has_allowed_host_and_scheme


class AccountAdapter(DefaultAccountAdapter):
    """How accounts behave here."""

    def is_safe_url(self, url: str) -> bool:
        """Whether `url` is an address of this site, without scheme nor host: `/fr/2021/`."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)
