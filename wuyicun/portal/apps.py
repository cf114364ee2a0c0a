from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "wuyicun.portal"
    label = "portal"
