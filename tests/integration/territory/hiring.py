"""Somebody gets a post, and an account for it."""

from __future__ import annotations

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD, START, Cast
from wuyicun.domains.territory import actions, slips
from wuyicun.domains.territory.models import Post
from wuyicun.kernel import scope
from wuyicun.kernel.accounts import actions as accounts
from wuyicun.kernel.accounts.models import Account


def appoint(cast: Cast, name: str, role: str, area: str = "village", account: Account | None = None) -> Post:
    with scope.enter(cast.scope()):
        return actions.appoint(
            village_id=cast.village.pk,
            area_path=cast.areas[area].area_path,
            role=role,
            holder_name=name,
            account_id=account.pk if account is not None else None,
            starts_at=START,
            by=None,
            at=START,
        )


def hire(cast: Cast, name: str, role: str, area: str = "village") -> Account:
    """Somebody with an account and a post."""
    made = accounts.create_account(username=name, name=name, password=PASSWORD, phone=None, by=None, at=START)
    appoint(cast, name, role, area, made)
    cast.accounts[name] = made
    return made


def form(*posts: Post, **more: str) -> dict[str, object]:
    """The form with one person's posts ticked."""
    key = str(posts[0].pk)
    return {
        f"who-{key}": "on",
        f"post-{key}": [str(post.pk) for post in posts],
        f"username-{key}": more.get("username", "dumei"),
        f"phone-{key}": more.get("phone", ""),
        f"account-{key}": more.get("account", ""),
    }


def issue(cast: Cast, sent: dict[str, object], by: str = "梁会明") -> HttpResponse:
    return cast.client(by).post(reverse("accounts_new"), sent)


def slip_of(response: HttpResponse) -> slips.Slip:
    (slip,) = response.context["slips"]
    return slip


def log_in(username: str, password: str) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": username, "password": password})
    return client


def is_in(client: Client) -> bool:
    """Does the session hold an account that still opens pages?"""
    return client.get(reverse("my_account")).status_code == 200


def act(cast: Cast, what: str, name: str, by: str = "梁会明") -> HttpResponse:
    """Press a button on the page of an account: reset, lock, unlock, second_factor, end."""
    return cast.client(by).post(reverse(f"account_{what}", args=[cast.accounts[name].pk]))
