"""我的账号: what somebody keeps of their own account; the first password; the way to a second factor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from wuyicun.kernel import clock
from wuyicun.kernel.accounts import keeping, second_factor
from wuyicun.kernel.accounts.forms import NewPasswordForm, PhoneField
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.accounts.models import Account
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.web import notices


class PhoneForm(forms.Form):
    """Another phone number; one logs in by it, so the password is asked."""

    phone = PhoneField(
        label=gettext_lazy("新手机号"), required=False, help_text=gettext_lazy("留空则以后不能用手机号登录")
    )
    password = forms.CharField(
        label=gettext_lazy("现在的密码"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )

    def __init__(self, account: Account, data: Any = None) -> None:
        super().__init__(data, use_required_attribute=False)
        self.account = account

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.account.check_password(password):
            raise forms.ValidationError(_("密码不对"))
        return password


@require_GET
def my_account(request: ScopedRequest) -> HttpResponse:
    """Who one is here, and what one can do about it."""
    account = request.account
    context = {
        "account": account,
        "roles": list(dict.fromkeys(held.role.name for held in request.scope.held)),
        "has_second_factor": second_factor.has_one(account.pk),
        "due": request.second_factor_due,
    }
    return render(request, "account/my_account.html", context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def my_phone(request: ScopedRequest) -> HttpResponse:
    """Change one's phone number."""
    form = PhoneForm(request.account, request.POST or None)
    if form.is_valid():
        account = request.account.pk
        try:
            keeping.change_phone(
                account_id=account, phone=form.cleaned_data["phone"] or None, by=account, at=clock.now()
            )
        except Refusal as refusal:
            form.add_error("phone", str(refusal))
        else:
            notices.say(request, _("手机号已更换"))
            return redirect("my_account")
    return render(request, "account/my_phone.html", {"form": form}, status=400 if form.is_bound else 200)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def first_password(request: ScopedRequest) -> HttpResponse:
    """Choose a password of one's own in place of the slip's. Who has one already changes it on another page."""
    account = request.account
    if account.first_password_until is None:
        return redirect("account_change_password")
    form = NewPasswordForm(request.POST or None, account=account)
    if form.is_valid():
        keeping.change_password(account_id=account.pk, password=form.cleaned_data["password"], at=clock.now())
        account.refresh_from_db(fields=["password", "first_password_until"])
        update_session_auth_hash(request, account)
        notices.say(request, _("密码已换成您自己的，纸条可以撕掉了"))
        return redirect("second_factor" if request.second_factor_due else "today")
    return render(request, "account/first_password.html", {"form": form}, status=400 if form.is_bound else 200)


@require_GET
def lead_to_second_factor(request: ScopedRequest) -> HttpResponse:
    """Why a second factor, until when without, and the way to it; who owes none has their own page of it."""
    if request.second_factor_due is None:
        return redirect("mfa_index")
    over = request.second_factor_due <= clock.now()
    return render(request, "account/second_factor.html", {"due": request.second_factor_due, "over": over})
