"""The organisers' workplace: Django's admin, in the order in which an organiser thinks."""

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class Desk(AdminSite):
    site_header = _("Organisers' desk")
    site_title = _("Desk")
    index_title = _("What would you like to do?")
    login = secure_admin_login(AdminSite.login)
