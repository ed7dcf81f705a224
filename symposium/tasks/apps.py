from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "symposium.tasks"
    label = "symposium_tasks"
