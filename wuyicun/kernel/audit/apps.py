from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "wuyicun.kernel.audit"
    label = "audit"
