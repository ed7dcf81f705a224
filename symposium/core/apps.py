from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "symposium.core"
    label = "symposium_core"
