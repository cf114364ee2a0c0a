from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "wuyicun.kernel.jobs"
    label = "wuyi_jobs"
