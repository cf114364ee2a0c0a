"""Fields that several forms about accounts share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.kernel.accounts.models import Account

PHONE_PATTERN = r"^1[3-9][0-9]{9}$"


class PhoneField(forms.RegexField):
    """A mobile number of eleven digits, however it is grouped."""

    def __init__(self, **options: Any) -> None:
        words = {"invalid": gettext_lazy("手机号是 11 位数字，请核对")}
        super().__init__(PHONE_PATTERN, max_length=20, error_messages=words, **options)
        self.widget.input_type = "tel"

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return text.replace(" ", "").replace("-", "").removeprefix("+86")


class NewPasswordForm(forms.Form):
    """A password, typed twice.

    Args:
        account: whose it will be; its present password is not taken again.
    """

    password = forms.CharField(
        label=gettext_lazy("新密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=gettext_lazy("至少 8 个字；不要用电话号码、生日"),
    )
    again = forms.CharField(
        label=gettext_lazy("再输一遍"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, data: Any = None, *, account: Account | None = None, **options: Any) -> None:
        super().__init__(data, use_required_attribute=False, **options)
        self.account = account

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if self.account is not None and self.account.check_password(password):
            raise forms.ValidationError(_("新密码不能与现在的相同"))
        validate_password(password)
        return password

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("两次输入的密码不一样"))
        return again
