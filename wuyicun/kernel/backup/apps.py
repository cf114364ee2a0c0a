from django.apps import AppConfig


class BackupConfig(AppConfig):
    name = "wuyicun.kernel.backup"
    label = "backup"
