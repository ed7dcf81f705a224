from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "symposium.privacy"
    label = "symposium_privacy"
