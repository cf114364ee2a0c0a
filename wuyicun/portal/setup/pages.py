"""First use, step by step: the code from the terminal, the village, the first account; then the roster's wizard."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django import forms
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from wuyicun.domains.territory.rules import code_fault, plain_digits
from wuyicun.domains.territory.words import CODE_FAULTS
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts import setup_code
from wuyicun.kernel.accounts.forms import NewPasswordForm, PhoneField
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.web import notices
from wuyicun.portal.setup.actions import FirstAccount, NewVillage, set_up

CODE, VILLAGE = "wuyi_setup_code", "wuyi_setup_village"
BACKEND = "wuyicun.kernel.accounts.backends.NameOrPhoneBackend"

View = Callable[[HttpRequest], HttpResponse]


class CodeForm(forms.Form):
    """The code as the terminal shows it."""

    code = forms.CharField(
        label=gettext_lazy("一次性码"),
        max_length=20,
        help_text=gettext_lazy("启动系统的窗口里显示的 8 个字母和数字"),
        widget=forms.TextInput(
            attrs={"class": "code-input", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class VillageForm(forms.Form):
    """The village: its name, its official code, its clocks."""

    name = forms.CharField(label=gettext_lazy("村（社区）名称"), max_length=64)
    code = forms.CharField(
        label=gettext_lazy("行政区划代码"),
        max_length=30,
        help_text=gettext_lazy("统计用区划代码，12 位数字，定了以后不能改"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("时区"))

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, use_required_attribute=False, **options)
        self.fields["time_zone"] = forms.ChoiceField(label=_("时区"), choices=_zones())

    def clean_code(self) -> str:
        code = plain_digits(self.cleaned_data["code"])
        fault = code_fault(code)
        if fault is not None:
            raise forms.ValidationError(str(CODE_FAULTS[fault]))
        return code


class FirstAccountForm(NewPasswordForm):
    """Who begins."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=64)
    phone = PhoneField(label=gettext_lazy("手机号"), required=False, help_text=gettext_lazy("也可以用手机号登录"))
    username = forms.RegexField(
        r"^[\w.@-]+$",
        label=gettext_lazy("登录名"),
        max_length=64,
        help_text=gettext_lazy("以后登录时输入，可以用姓名拼音"),
        error_messages={"invalid": gettext_lazy("登录名里不要有空格和符号")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    administers = forms.BooleanField(label=gettext_lazy("我也管系统（发账号、重设密码）"), required=False, initial=True)
    field_order = ("name", "phone", "username", "password", "again", "administers")


@cache
def _all_zones() -> tuple[str, ...]:
    return tuple(sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")))


def _zones() -> list[Any]:
    usual = [("Asia/Shanghai", _("北京时间")), ("Asia/Urumqi", _("新疆时间"))]
    known = {zone for zone, _words in usual}
    return [*usual, (_("其他"), [(zone, zone) for zone in _all_zones() if zone not in known])]


def _while_empty(view: View) -> View:
    """The page is there as long as there is no account."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not setup_code.is_empty():
            raise Http404
        return view(request)

    return never_cache(require_http_methods(["GET", "POST"])(guarded))


def _with_code(view: View) -> View:
    """The page is there for who typed the code in this browser."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        claimed = request.session.get(CODE)
        if claimed is None or not setup_code.is_claimed(claimed, clock.now()):
            return redirect("setup")
        return view(request)

    return _while_empty(guarded)


@_while_empty
def setup(request: HttpRequest) -> HttpResponse:
    """Step 1: the one-time code."""
    claimed = request.session.get(CODE)
    if claimed is not None and setup_code.is_claimed(claimed, clock.now()):
        return redirect("setup_village")
    form = CodeForm(request.POST or None, use_required_attribute=False)
    if form.is_valid():
        try:
            code = setup_code.claim(form.cleaned_data["code"], at=clock.now())
        except Refusal as refusal:
            form.add_error("code", str(refusal))
        else:
            request.session.cycle_key()
            request.session[CODE] = str(code)
            return redirect("setup_village")
    return _page(request, "portal/setup/code.html", form, 1)


@_with_code
def setup_village(request: HttpRequest) -> HttpResponse:
    """Step 2: the village. One that a roster has made from the shell is offered as it is."""
    known = next(iter(accounts.all_villages()), None)
    initial = request.session.get(VILLAGE) or (
        {"code": known.area_path, "name": known.name, "time_zone": known.time_zone} if known is not None else {}
    )
    form = VillageForm(request.POST or None, initial={"time_zone": "Asia/Shanghai", **initial})
    if form.is_valid():
        request.session[VILLAGE] = form.cleaned_data
        return redirect("setup_account")
    return _page(request, "portal/setup/village.html", form, 2)


@_with_code
def setup_account(request: HttpRequest) -> HttpResponse:
    """Step 3: the first account. With it all is written, and its holder is logged in."""
    village = request.session.get(VILLAGE)
    if village is None:
        return redirect("setup_village")
    form = FirstAccountForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        first = FirstAccount(
            given["username"], given["name"], given["phone"] or None, given["password"], given["administers"]
        )
        try:
            account = set_up(code_id=request.session[CODE], village=NewVillage(**village), first=first, at=clock.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            login(request, account, backend=BACKEND)
            del request.session[CODE], request.session[VILLAGE]
            notices.say(request, _("%(village)s已建立。接着导入名册。") % {"village": village["name"]})
            return redirect("import_start")
    return _page(request, "portal/setup/account.html", form, 3, village=village)


def _page(request: HttpRequest, template: str, form: forms.Form, step: int, **more: object) -> HttpResponse:
    status = 400 if form.is_bound else 200
    return render(request, template, {"form": form, "step": step, **more}, status=status)


urlpatterns = [
    path("", setup, name="setup"),
    path("village/", setup_village, name="setup_village"),
    path("account/", setup_account, name="setup_account"),
]
