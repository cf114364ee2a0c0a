from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    name = "wuyicun.domains.screening"
    label = "screening"
