"""Passkeys beside the code of an authenticator: where a browser allows them, their forms, and logging in with one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django import forms
from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import RedirectView

LOOPBACK = ("127.0.0.1", "[::1]")
NAME_LENGTH = 40


@dataclass(frozen=True)
class Here:
    """Whether passkeys work at the address that the browser shows.

    Attributes:
        instead: the address at which they do on this same computer, '' when there is none.
    """

    possible: bool
    instead: str = ""


def here(request: HttpRequest) -> Here:
    """Browsers want a name, not a number, and HTTPS; of plain HTTP they trust `localhost` alone."""
    host = request.get_host()
    name, _port = split_domain_port(host)
    if name in LOOPBACK:
        return Here(False, f"http://{host.replace(name, 'localhost', 1)}")
    address = urlsplit(settings.WUYI_ADDRESS)
    return Here(name == "localhost" or (address.scheme == "https" and address.hostname == name and not _number(name)))


def _number(name: str) -> bool:
    return name.startswith("[") or name.replace(".", "").isdecimal()


def of(account: Any) -> list[Authenticator]:
    """An account's passkeys, the oldest first."""
    rows = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.WEBAUTHN)
    return list(rows.order_by("created_at", "pk"))


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth brings no types
    """A new passkey, with the name that its owner knows it by."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["name"].label = _("名称")
        self.fields["name"].max_length = NAME_LENGTH
        self.fields["name"].widget.attrs["maxlength"] = NAME_LENGTH
        self.fields["passwordless"].label = _("以后不用密码也能登录")
        self.fields["passwordless"].help_text = ""
        self.fields["passwordless"].initial = True

    def clean_name(self) -> str:
        name: str = super().clean_name()
        return name[:NAME_LENGTH]


class NamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for it."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=NAME_LENGTH)


class LogIn(LoginWebAuthnView):  # type: ignore[misc]
    """Without a password; who is refused is told so on the log-in page."""

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        return refused("refused")


def refused(why: str) -> HttpResponse:
    """Back to the log-in page, which says why: `refused` or `locked`."""
    return HttpResponseRedirect(f"{reverse('account_login')}?passkey={why}")


class Listed(LoginRequiredMixin, RedirectView):
    """Passkeys are listed where the other second factor is."""

    pattern_name = "mfa_index"
