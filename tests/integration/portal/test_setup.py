"""The first day: an empty installation, the one-time code, the village, the first account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.cast import START
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import actions as accounts
from wuyicun.kernel.accounts import queries, setup_code
from wuyicun.kernel.accounts.models import Account, SetupCode, Village
from wuyicun.kernel.roles import Permission

VILLAGE = {"name": "西头岭村", "code": "１４０３２１ 201205", "time_zone": "Asia/Urumqi"}
FIRST = {
    "name": "梁会明",
    "phone": "138 1234 5678",
    "username": "lianghuiming",
    "password": "山下有座桥-22",
    "again": "山下有座桥-22",
    "administers": "on",
}


@pytest.fixture(autouse=True)
def empty(db: None) -> Iterator[None]:
    cache.clear()
    assert setup_code.is_empty()
    yield
    cache.clear()


@pytest.fixture
def code() -> str:
    return setup_code.make(at=clock.now())


def type_code(client: Client, text: str) -> HttpResponse:
    return client.post(reverse("setup"), {"code": text})


def past_the_code(code: str) -> Client:
    client = Client()
    assert type_code(client, code).status_code == 302
    return client


def test_every_page_leads_to_the_set_up_while_nobody_has_an_account() -> None:
    for path in (reverse("today"), reverse("account_login"), reverse("people")):
        response = Client().get(path)
        assert (response.status_code, response["Location"]) == (302, reverse("setup")), path
    assert Client().get(reverse("healthz")).status_code == 200


def test_the_first_day_from_the_code_to_the_rosters_wizard(code: str) -> None:
    client = past_the_code(code.lower().replace("-", " "))
    assert client.post(reverse("setup_village"), VILLAGE)["Location"] == reverse("setup_account")
    response = client.post(reverse("setup_account"), FIRST)
    assert (response.status_code, response["Location"]) == (302, reverse("import_start"))
    village = Village.objects.get()
    assert (village.area_path, village.name, village.time_zone) == ("140321201205", "西头岭村", "Asia/Urumqi")
    account = Account.objects.get()
    assert (account.username, account.phone, account.first_password_until) == ("lianghuiming", "13812345678", None)
    may = queries.scope_of(account, clock.now())
    assert may.permits(Permission.IMPORT_ROSTER, village.area_path)
    assert {held.role.code for held in may.held} == {"secretary", "administrator"}
    assert client.get(reverse("import_start")).status_code == 200


def test_who_does_not_administer_is_secretary_only(code: str) -> None:
    client = past_the_code(code)
    client.post(reverse("setup_village"), VILLAGE)
    client.post(reverse("setup_account"), {**FIRST, "administers": ""})
    assert [held.role.code for held in queries.scope_of(Account.objects.get(), clock.now()).held] == ["secretary"]


def test_the_pages_are_gone_once_there_is_an_account(code: str) -> None:
    client = past_the_code(code)
    accounts.create_account(username="杜梅", name="杜梅", password="x" * 12, phone=None, by=None, at=START)
    for name in ("setup", "setup_village", "setup_account"):
        assert client.get(reverse(name)).status_code == 404
        assert Client().post(reverse(name), VILLAGE).status_code == 404


def test_without_the_code_nobody_gets_further(code: str) -> None:
    for name in ("setup_village", "setup_account"):
        assert Client().get(reverse(name))["Location"] == reverse("setup")
        assert Client().post(reverse(name), {**VILLAGE, **FIRST})["Location"] == reverse("setup")
    assert (Account.objects.count(), Village.objects.count()) == (0, 0)


def test_a_wrong_code_is_refused_and_ten_of_them_end_it(code: str) -> None:
    for _ in range(setup_code.MOST_TRIES):
        assert type_code(Client(), "AAAA-AAAA").status_code == 400
    response = type_code(Client(), code)
    assert response.status_code == 400
    assert "./wuyi account code" in response.content.decode()


def test_a_code_is_used_once(code: str) -> None:
    past_the_code(code)
    assert type_code(Client(), code).status_code == 400


def test_a_code_gets_too_old(code: str) -> None:
    SetupCode.objects.update(ends_at=clock.now() - timedelta(seconds=1))
    assert type_code(Client(), code).status_code == 400


def test_who_has_used_it_may_take_two_hours(code: str) -> None:
    client = past_the_code(code)
    assert client.get(reverse("setup_village")).status_code == 200
    SetupCode.objects.update(ends_at=clock.now() - timedelta(seconds=1))
    assert client.get(reverse("setup_village"))["Location"] == reverse("setup")


def test_a_new_code_ends_the_old_one_and_who_had_begun_with_it(code: str) -> None:
    client = past_the_code(code)
    newer = setup_code.make(at=clock.now())
    assert client.get(reverse("setup_village"))["Location"] == reverse("setup")
    assert type_code(Client(), newer).status_code == 302


def test_two_who_finish_at_once_make_one_account(code: str) -> None:
    client = past_the_code(code)
    client.post(reverse("setup_village"), VILLAGE)
    setup_code.finish(code_id=client.session["wuyi_setup_code"], at=clock.now())
    assert client.post(reverse("setup_account"), FIRST).status_code == 302
    assert Account.objects.count() == 0


def test_the_code_is_kept_as_a_digest_only(code: str) -> None:
    row = SetupCode.objects.get()
    plain = code.replace("-", "").encode()
    assert plain not in bytes(row.digest)
    assert len(bytes(row.digest)) == 32


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("14032120120", "12 位"),
        ("940321201205", "省份"),
        ("140000000000", "第 3、4 位"),
        ("140321000000", "县一级"),
        ("140321201000", "乡镇一级"),
    ],
)
def test_a_code_that_is_no_villages_is_refused_with_the_reason(code: str, typed: str, words: str) -> None:
    response = past_the_code(code).post(reverse("setup_village"), {**VILLAGE, "code": typed})
    assert response.status_code == 400
    assert words in response.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"again": "不一样的密码-22"},
        {"password": "12345678", "again": "12345678"},
        {"username": "li ang"},
        {"phone": "1"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_faulty_account_makes_nothing(code: str, wrong: dict[str, str]) -> None:
    client = past_the_code(code)
    client.post(reverse("setup_village"), VILLAGE)
    assert client.post(reverse("setup_account"), {**FIRST, **wrong}).status_code == 400
    assert (Account.objects.count(), Village.objects.count()) == (0, 0)
    assert SetupCode.objects.get().done_at is None


def test_the_clocks_of_the_pages_are_those_of_the_village(code: str) -> None:
    client = past_the_code(code)
    client.post(reverse("setup_village"), VILLAGE)
    client.post(reverse("setup_account"), FIRST)
    assert settings.TIME_ZONE == "Asia/Shanghai"
    assert 'data-zone="Asia/Urumqi"' in client.get(reverse("today")).content.decode()
