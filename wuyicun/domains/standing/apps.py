from django.apps import AppConfig


class StandingConfig(AppConfig):
    name = "wuyicun.domains.standing"
    label = "standing"
