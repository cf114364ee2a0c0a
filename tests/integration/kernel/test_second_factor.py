"""Who exports or administers sets up a second factor; until then those doors stay shut, and only those."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.cast import PASSWORD, Cast, make_cast
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import keeping, passkeys, queries, second_factor
from wuyicun.kernel.accounts.models import Account
from wuyicun.kernel.roles import SECOND_FACTOR, Permission

SHUT = "开启两步验证后，才能导出和管理"


@pytest.fixture(autouse=True)
def required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WUYI_SECOND_FACTOR_REQUIRED", True)


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    cache.clear()
    yield make_cast()
    cache.clear()


def log_in(name: str) -> tuple[Client, HttpResponse]:
    client = Client()
    return client, client.post(reverse("account_login"), {"login": name, "password": PASSWORD})


def days_are_over(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(second_factor_due_at=clock.now() - timedelta(seconds=1))


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def set_up(client: Client) -> tuple[str, list[str]]:
    """Through the pages: the secret, and the recovery codes."""
    asked = client.get(reverse("mfa_activate_totp"))
    if asked.status_code == 302:
        client.post(asked["Location"], {"password": PASSWORD})
        asked = client.get(reverse("mfa_activate_totp"))
    secret = re.search(r'class="secret">([A-Z2-7]+)<', asked.content.decode())[1]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    page = client.get(answer["Location"]).content.decode()
    return secret, re.findall(r'<li class="number">(\d+)</li>', page)


def export(client: Client) -> HttpResponse:
    answer = client.post(reverse("ledger_export", args=["resident"]), {"numbers": "clear", "reason": "check"})
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    return answer


def test_the_log_in_leads_who_administers_to_a_second_factor(cast: Cast) -> None:
    client, answer = log_in("梁会明")
    assert answer["Location"] == reverse("second_factor")
    page = client.get(reverse("second_factor")).content.decode()
    assert "之前开启两步验证" in page
    assert client.get(reverse("accounts")).status_code == 200, "the days of grace have begun"
    due = Account.objects.get(username="梁会明").second_factor_due_at - clock.now()
    assert timedelta(days=2, hours=23) < due <= timedelta(days=3)


def test_the_days_of_grace_are_counted_from_the_first_time(cast: Cast) -> None:
    log_in("梁会明")
    first = Account.objects.get(username="梁会明").second_factor_due_at
    log_in("梁会明")
    assert Account.objects.get(username="梁会明").second_factor_due_at == first


def test_who_neither_exports_nor_administers_is_not_asked(cast: Cast) -> None:
    client, answer = log_in("王海斌")
    assert answer["Location"] == reverse("today")
    assert client.get(reverse("today")).status_code == 200
    assert Account.objects.get(username="王海斌").second_factor_due_at is None


def test_after_that_exports_and_administration_wait_and_nothing_else(cast: Cast) -> None:
    client, _ = log_in("梁会明")
    days_are_over(cast.accounts["梁会明"])
    for path in (reverse("accounts"), reverse("accounts_new"), reverse("organisation"), reverse("post_add")):
        refused = client.get(path)
        assert refused.status_code == 403, path
        assert SHUT in refused.content.decode()
        assert reverse("mfa_activate_totp") in refused.content.decode()
    refused = export(client)
    assert (refused.status_code, SHUT in refused.content.decode()) == (403, True)
    for path in (reverse("today"), reverse("people"), reverse("ledgers"), reverse("rounds")):
        assert client.get(path).status_code == 200, path
    menu = client.get(reverse("today")).content.decode()
    assert reverse("organisation") in menu, "the menu leads to the page that says what is missing"


def test_a_thing_that_is_not_there_stays_not_there(cast: Cast) -> None:
    client, _ = log_in("梁会明")
    days_are_over(cast.accounts["梁会明"])
    assert client.get(reverse("person", args=[cast.village.pk])).status_code == 404


def test_with_it_they_open_and_the_log_in_asks_for_it(cast: Cast) -> None:
    client, _ = log_in("梁会明")
    days_are_over(cast.accounts["梁会明"])
    secret, codes = set_up(client)
    assert len(codes) == 10
    assert client.get(reverse("accounts")).status_code == 200
    assert export(client).status_code == 200
    cache.clear()  # the code of this half minute has just been used
    again, answer = log_in("梁会明")
    assert answer["Location"] == reverse("mfa_authenticate")
    assert again.get(reverse("today")).status_code == 302
    assert "动态码不对" in again.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert again.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 302
    assert again.get(reverse("accounts")).status_code == 200


def test_a_passkey_will_do_as_well(cast: Cast) -> None:
    account = cast.accounts["梁会明"]
    client, _ = log_in("梁会明")
    days_are_over(account)
    assert client.get(reverse("accounts")).status_code == 403
    key = Authenticator.objects.create(user=account, type=Authenticator.Type.WEBAUTHN, data={"name": "电脑"})
    assert client.get(reverse("accounts")).status_code == 200
    assert export(client).status_code == 200
    key.delete()
    assert client.get(reverse("accounts")).status_code == 403


def test_nobody_names_or_removes_the_passkey_of_another(cast: Cast) -> None:
    whose = cast.accounts["梁会明"]
    key = Authenticator.objects.create(user=whose, type=Authenticator.Type.WEBAUTHN, data={"name": "电脑"})
    other, _ = log_in("办公室")
    other.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert other.post(reverse(name, args=[key.pk]), {"name": "我的"}).status_code == 404
    key.refresh_from_db()
    assert key.data["name"] == "电脑"


@pytest.mark.parametrize(
    ("host", "address", "possible", "instead"),
    [
        ("127.0.0.1:8000", "", False, "http://localhost:8000"),
        ("localhost:8000", "", True, ""),
        ("192.168.1.5:8000", "", False, ""),
        ("village.example", "http://village.example", False, ""),
        ("village.example", "https://village.example", True, ""),
        ("other.example", "https://village.example", False, ""),
        ("192.168.1.5", "https://192.168.1.5", False, ""),
    ],
)
def test_passkeys_are_offered_where_browsers_allow_them(
    monkeypatch: pytest.MonkeyPatch, host: str, address: str, possible: bool, instead: str
) -> None:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["*"])
    monkeypatch.setattr(settings, "WUYI_ADDRESS", address)
    asked = RequestFactory().get("/", headers={"host": host})
    assert passkeys.here(asked) == passkeys.Here(possible, instead)


def test_a_recovery_code_opens_once(cast: Cast) -> None:
    client, _ = log_in("梁会明")
    _, codes = set_up(client)
    for expected in (302, 200):
        again, _ = log_in("梁会明")
        assert again.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == expected


def test_codes_cannot_be_guessed_without_end(cast: Cast) -> None:
    client, _ = log_in("梁会明")
    secret, _ = set_up(client)
    cache.clear()
    again, _ = log_in("梁会明")
    for _ in range(10):
        again.post(reverse("mfa_authenticate"), {"code": "000000"})
    refused = again.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert "输错太多次" in refused.content.decode()


def test_neither_secret_nor_recovery_codes_are_kept_readable(cast: Cast) -> None:
    client, _ = log_in("梁会明")
    secret, codes = set_up(client)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)
    assert not re.search(r"'seed': '[0-9a-f]{80}'", kept)


def test_a_lost_one_is_forgotten_by_who_keeps_the_accounts_and_asked_for_at_once(cast: Cast) -> None:
    account = cast.accounts["办公室"]
    client, _ = log_in("办公室")
    set_up(client)
    keeper, _ = log_in("梁会明")
    assert keeper.post(reverse("account_second_factor", args=[account.pk])).status_code == 302
    assert not second_factor.has_one(account.pk)
    again, answer = log_in("办公室")
    assert answer["Location"] == reverse("second_factor")
    assert export(again).status_code == 403


def test_who_turns_it_off_has_no_days_left(cast: Cast) -> None:
    client, _ = log_in("梁会明")
    set_up(client)
    days_are_over(cast.accounts["梁会明"])
    assert client.get(reverse("accounts")).status_code == 200
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert client.get(reverse("accounts")).status_code == 403


def test_where_it_is_optional_nobody_is_asked(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WUYI_SECOND_FACTOR_REQUIRED", False)
    client, answer = log_in("梁会明")
    assert answer["Location"] == reverse("today")
    assert client.get(reverse("accounts")).status_code == 200


@pytest.mark.parametrize("permission", sorted(SECOND_FACTOR))
def test_what_is_withheld_is_held_nowhere(cast: Cast, permission: Permission) -> None:
    held = queries.scope_of(cast.accounts["梁会明"], clock.now())
    withheld = second_factor.withhold(held, clock.now() - timedelta(1), clock.now())
    assert not withheld.permits(permission)
    assert withheld.lacks_second_factor is held.permits(permission)
    assert permission not in withheld.may_in(cast.village.area_path)
    assert withheld.permits(Permission.VIEW_PEOPLE)
    assert not withheld.lacks_second_factor


def test_setting_it_up_is_audited(owner: psycopg.Connection[tuple[str]]) -> None:
    cache.clear()
    cast = make_cast()
    client, _ = log_in("梁会明")
    set_up(client)
    keeping.reset_second_factor(account_id=cast.accounts["梁会明"].pk, by=None, at=clock.now())
    rows = owner.execute("SELECT action, data ->> 'now' FROM audit_auditrow WHERE action ~ 'factor' ORDER BY id")
    assert rows.fetchall() == [
        ("accounts.owe_second_factor", None),
        ("accounts.second_factor", '["recovery_codes", "totp"]'),
        ("accounts.reset_second_factor", None),
    ]
