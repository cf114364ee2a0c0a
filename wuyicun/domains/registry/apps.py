from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "wuyicun.domains.registry"
    label = "registry"
