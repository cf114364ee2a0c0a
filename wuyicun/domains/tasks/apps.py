from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "wuyicun.domains.tasks"
    label = "tasks"
