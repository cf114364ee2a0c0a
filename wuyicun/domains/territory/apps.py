from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    name = "wuyicun.domains.territory"
    label = "territory"
