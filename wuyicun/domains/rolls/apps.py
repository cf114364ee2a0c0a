from django.apps import AppConfig


class RollsConfig(AppConfig):
    name = "wuyicun.domains.rolls"
    label = "rolls"
