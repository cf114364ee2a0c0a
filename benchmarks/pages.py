"""Whole pages of the registry over HTTP, as served: log-in, session, scope, policies, audit and templates on.

Beside each stands the plainest page that the same server has: does it live.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.urls import reverse

from benchmarks.load import START, Kind, Loader, id_of, moment, village_path
from benchmarks.timing import Timer
from wuyicun.config.cli import ports
from wuyicun.config.cli.services import Services
from wuyicun.config.demo.client import Browser
from wuyicun.config.environment import Environment
from wuyicun.kernel.database.embedded import Server

NAME, PASSWORD = "书记", "a-password-of-nobody"


def measure(read: Environment, server: Server | None, loader: Loader, timer: Timer) -> list[dict[str, Any]]:
    """A result for each page, as the secretary of the first village sees it."""
    _account(loader)
    services = Services(read, ports.free(read.host), server)
    with services.running():
        browser = Browser(f"http://{read.host}:{services.port}")
        browser.log_in(NAME, PASSWORD)
        return [
            timer.compare(f"page {what}", lambda to=address: browser.get(to), lambda: browser.get("/healthz"))
            for what, address in _addresses().items()
        ]


def _account(loader: Loader) -> None:
    account = id_of(Kind.ACCOUNT, 0)
    loader.fill(
        "accounts_account",
        id=f"'{account}'",
        username=f"'{NAME}'",
        name=f"'{NAME}'",
        password=f"'{make_password(PASSWORD)}'",
        is_active="true",
        language="'zh-hans'",
        created_at=moment(datetime.now(UTC)),
    )
    loader.fill(
        "accounts_grant",
        id=f"'{id_of(Kind.GRANT, 0)}'",
        account_id=f"'{account}'",
        role="'secretary'",
        area_path=f"'{village_path(0)}'",
        village_id=f"'{id_of(Kind.VILLAGE, 0)}'",
        starts_at=moment(START),
    )


def _addresses() -> dict[str, str]:
    people = reverse("people")
    return {
        "people by household": people,
        "people by name": f"{people}?by=name",
        "people filtered": f"{people}?residence=resident&group=elderly",
        "ledgers": reverse("ledgers"),
        "a ledger": reverse("ledger", args=["resident"]),
        "search": f"{reverse('find')}?q=wang",
        "today": reverse("today"),
    }
