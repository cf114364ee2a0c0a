from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    name = "wuyicun.domains.profiles"
    label = "profiles"
