"""The Django app that brings the template tags."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from wuyicun.kernel.web.checks import assets_are_built, navigation_resolves


class WebConfig(AppConfig):
    """`wuyicun.kernel.web`: template tags and checks; no models."""

    name = "wuyicun.kernel.web"
    label = "kernel_web"

    def ready(self) -> None:
        register(assets_are_built, Tags.staticfiles)
        register(navigation_resolves, Tags.urls)
