"""The portal's own pages and commands, and the admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "symposium.website.admin_site.DeskSite"


class WebsiteConfig(AppConfig):
    """App whose commands Django finds; the admin site has a configuration of its own, above."""

    name = "symposium.website"
    label = "symposium_website"
