from django.apps import AppConfig


class LaboratoryConfig(AppConfig):
    name = "wuyicun.domains.laboratory"
    label = "laboratory"
