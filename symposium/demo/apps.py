from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "symposium.demo"
    label = "symposium_demo"
