"""allauth's hooks: nobody signs up alone, accounts come from posts; secrets are sealed, and words are ours."""

from __future__ import annotations

import base64
from typing import Any, ClassVar, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.kernel import clock
from wuyicun.kernel.accounts import keeping, passkeys, queries, second_factor
from wuyicun.kernel.accounts.models import Account
from wuyicun.kernel.crypto import seal, unseal
from wuyicun.kernel.documents import qr

PURPOSE = "mfa.authenticator.data"
SAID: dict[str | None, Promise | str] = {
    "account/messages/password_changed.txt": gettext_lazy("密码已修改"),
    "mfa/messages/totp_activated.txt": gettext_lazy("两步验证已开启"),
    "mfa/messages/totp_deactivated.txt": gettext_lazy("两步验证已关闭"),
    "mfa/messages/webauthn_added.txt": gettext_lazy("通行密钥已添加"),
    "mfa/messages/webauthn_removed.txt": gettext_lazy("通行密钥已删除"),
    "mfa/messages/recovery_codes_generated.txt": gettext_lazy("备用码已换成新的一套"),
}
WAYS: dict[str, Promise | str] = {
    "reauthenticate": gettext_lazy("用密码"),
    "mfa_reauthenticate": gettext_lazy("用动态码或备用码"),
    "mfa_reauthenticate:webauthn": gettext_lazy("用通行密钥"),
}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth brings no types
    """Closed for sign-up, and sparing of words; sends no mail."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy("动态码输错太多次，请一小时后再试"),
        "rate_limited": gettext_lazy("动态码输错太多次，请一小时后再试"),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are counted by axes."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_password(self, password: str, user: Account | None = None) -> str:
        """A new password is a new one."""
        if user is not None and user.has_usable_password() and user.check_password(password):
            raise ValidationError(_("新密码不能与现在的相同"))
        cleaned: str = super().clean_password(password, user)
        return cleaned

    def set_password(self, user: Account, password: str) -> None:
        keeping.change_password(account_id=user.pk, password=password, at=clock.now())
        user.refresh_from_db(fields=["password", "first_password_until"])

    def pre_login(self, request: HttpRequest, user: Account, **options: Any) -> HttpResponse | None:
        """A first password that nobody used in time lets nobody in."""
        if user.first_password_until is not None and user.first_password_until <= clock.now():
            clear_login(request)
            return render(request, "account/first_password_over.html", status=403)
        answer: HttpResponse | None = super().pre_login(request, user, **options)
        return answer

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:
        """With a passkey one may come this far although the account is locked."""
        clear_login(request)
        return passkeys.refused("locked")

    def get_reauthentication_methods(self, user: Account) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**each, "description": WAYS.get(each["id"], each["description"])} for each in methods]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Who must set up a second factor is led there first."""
        account, at = cast("Account", request.user), clock.now()
        if second_factor.owed_from(account, queries.scope_of(account, at), at) is not None:
            return reverse("second_factor")
        return reverse("today")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("my_account")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *given: Any, **more: Any
    ) -> None:
        if message_template in SAID:
            messages.add_message(request, level, str(SAID[message_template]))

    def send_notification_mail(self, *arguments: Any, **options: Any) -> None:
        """There is no mail."""


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth brings no types
    """Secrets are sealed with the field keys."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("动态码不对，请看手机上最新的 6 位数"),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text, PURPOSE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), PURPOSE)

    def get_totp_label(self, user: Account) -> str:
        return user.username

    def generate_authenticator_name(self, user: Account, kind: Authenticator.Type) -> str:
        """What a passkey is called whose owner named it nothing."""
        number = Authenticator.objects.filter(user_id=user.pk, type=kind).count() + 1
        return _("通行密钥 %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": _("无疫村")}

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "name": user.username, "display_name": user.name}

    def get_totp_issuer(self) -> str:
        return _("无疫村")

    def build_totp_svg(self, url: str) -> str:
        return qr.svg(url)
