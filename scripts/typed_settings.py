"""Settings for mypy, which needs neither a database nor the environment of a site."""

import os

from modeltranslation.apps import ModeltranslationConfig

os.environ |= {
    "DEMO": "1",
    "SECRET_KEY": "types",
    "DATABASE_URL": "postgres://nobody@/nothing?host=/nowhere",
}

from config.settings import *  # noqa: F403 (they read the environment)
from config.settings import INSTALLED_APPS


class TypedModeltranslationConfig(ModeltranslationConfig):
    """Leave managers as the models declare them: django-stubs cannot name what wraps them."""

    def ready(self) -> None:
        from modeltranslation import translator  # once the apps are loaded

        translator.patch_manager_class = lambda manager: None
        super().ready()


INSTALLED_APPS = [
    app.replace("modeltranslation", "scripts.typed_settings.TypedModeltranslationConfig")
    for app in INSTALLED_APPS
]
