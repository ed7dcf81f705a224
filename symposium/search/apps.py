from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "symposium.search"
    label = "symposium_search"
