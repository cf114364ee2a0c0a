from django.apps import AppConfig


class InteropConfig(AppConfig):
    name = "wuyicun.interop"
    label = "interop"
