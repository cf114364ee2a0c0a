from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "wuyicun.kernel.accounts"
    label = "accounts"
