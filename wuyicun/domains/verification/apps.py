from django.apps import AppConfig


class VerificationConfig(AppConfig):
    name = "wuyicun.domains.verification"
    label = "verification"
