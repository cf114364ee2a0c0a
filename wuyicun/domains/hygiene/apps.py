from django.apps import AppConfig


class HygieneConfig(AppConfig):
    name = "wuyicun.domains.hygiene"
    label = "hygiene"
