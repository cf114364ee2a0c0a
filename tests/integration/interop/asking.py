"""Another program at the door."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from wuyicun.domains.territory import actions as territory
from wuyicun.interop import tokens
from wuyicun.kernel import clock


def token_of(cast: Cast, name: str, days: int = 30, reason: str = "") -> str:
    """A new token of an account's."""
    account = cast.accounts[name].pk
    return tokens.make(account_id=account, name="平台", days=days, reason=reason, by=account, at=clock.now())


def ask(cast: Cast, token: str, what: str, **asked: object) -> Any:
    """What the program is answered."""
    parameters = {"village": cast.village.pk, **asked}
    return Client().get(reverse(f"read_{what}"), parameters, headers={"Authorization": f"Bearer {token}"})


def names(cast: Cast, token: str, what: str, **asked: object) -> set[str]:
    """The names in the answer."""
    return {each["name"] for each in ask(cast, token, what, **asked).json()["items"]}


def appoint(cast: Cast, name: str, role: str, area: str) -> None:
    """Give somebody another post."""
    territory.appoint(
        village_id=cast.village.pk, area_path=cast.areas[area].area_path, role=role, holder_name=name,
        account_id=cast.accounts[name].pk, starts_at=clock.now(), by=None, at=clock.now(),
    )  # fmt: skip
