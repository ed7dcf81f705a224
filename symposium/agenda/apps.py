from django.apps import AppConfig


class AgendaConfig(AppConfig):
    name = "symposium.agenda"
    label = "symposium_agenda"
