from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "wuyicun.kernel.records"
    label = "records"
