"""What pages about the second factor ask of passkeys."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django import template

from wuyicun.kernel.accounts import passkeys

register = template.Library()


@register.simple_tag(takes_context=True)
def passkeys_here(context: Any) -> passkeys.Here:
    """Whether they work at the address that the browser shows."""
    return passkeys.here(context["request"])


@register.simple_tag(takes_context=True)
def my_passkeys(context: Any) -> list[Authenticator]:
    """Those of who is logged in."""
    return passkeys.of(context["request"].user)
