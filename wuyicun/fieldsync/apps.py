from django.apps import AppConfig


class FieldsyncConfig(AppConfig):
    name = "wuyicun.fieldsync"
    label = "fieldsync"
