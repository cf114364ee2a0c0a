"""allauth's hooks: nobody signs up by themselves, accounts come from posts; what it says, it says in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SAID: dict[str, str | Promise] = {
    "account/messages/password_changed.txt": _("密码已修改"),
    "mfa/messages/totp_activated.txt": _("两步验证已开启"),
    "mfa/messages/totp_deactivated.txt": _("两步验证已关闭"),
    "mfa/messages/recovery_codes_generated.txt": _("备用码已换成新的一套"),
}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth brings no types
    """Closed for sign-up, and sparing of words."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *given: Any, **more: Any
    ) -> None:
        if message_template in SAID:
            messages.add_message(request, level, str(SAID[message_template]))
