from django.apps import AppConfig


class MicrogridsConfig(AppConfig):
    name = "wuyicun.domains.microgrids"
    label = "microgrids"
