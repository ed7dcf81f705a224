"""Settings for mypy: they need neither a database nor a site's environment."""

import os

from modeltranslation.apps import ModeltranslationConfig

os.environ |= {
    "DEMO": "1",
    "SECRET_KEY": "types",
    "DATABASE_URL": "postgres://nobody@/nothing?host=/nowhere",
}

from config.settings import *  # noqa: F403 (the settings read the environment)
from config.settings import INSTALLED_APPS


class TypedModeltranslationConfig(ModeltranslationConfig):
    """App that leaves managers as declared: django-stubs cannot type modeltranslation's."""

    def ready(self) -> None:
        from modeltranslation import translator  # only after the apps are loaded

        translator.patch_manager_class = lambda manager: None
        super().ready()


INSTALLED_APPS = [
    app.replace("modeltranslation", "scripts.typed_settings.TypedModeltranslationConfig")
    for app in INSTALLED_APPS
]
