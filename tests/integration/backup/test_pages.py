"""The page of the backups: what it says, who may do what, and that what was done stands in the audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from tests.cast import PASSWORD, START, Cast
from tests.integration.backup.conftest import PASSPHRASE, QUICK, Installation
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import actions as accounts
from wuyicun.kernel.backup import actions, jobs, queries, rules, work
from wuyicun.kernel.backup.archive import checking, key_file, keys
from wuyicun.kernel.backup.models import Run
from wuyicun.kernel.backup.rules import Kind, RunState

Clients = Callable[[str], Client]


@pytest.fixture(autouse=True)
def quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys.make_pair, "__defaults__", (QUICK,))


@pytest.fixture
def clients(cast: Cast, place: Path) -> Clients:
    """The cast, with an administrator of the whole installation and one of 西头岭村 alone."""
    for name, path in (("总管", ""), ("村管", cast.village.area_path)):
        account = accounts.create_account(username=name, name=name, password=PASSWORD, phone=None, by=None, at=START)
        with scope.enter(cast.scope()):
            accounts.give_grant(
                account_id=account.pk,
                role="administrator",
                area_path=path,
                village_id=cast.village.pk if path else None,
                post_id=None,
                starts_at=START,
                by=None,
                at=START,
            )
        cast.accounts[name] = account
    return cast.client


def text(response: HttpResponse) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def deferred(task: str) -> list[str]:
    """The runs that jobs wait to make."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT args ->> 'run_id' FROM procrastinate_jobs WHERE task_name = %s", [task])
        return [run_id for (run_id,) in cursor.fetchall()]


def audited(owner: Any, action: str) -> list[Any]:
    """Who the audit says did this. Rows of no village are read by the owner only."""
    return [by for (by,) in owner.execute("SELECT by FROM audit_auditrow WHERE action = %s", [action]).fetchall()]


def good(at: Any, path: Path) -> Run:
    """A run that ended well at this time."""
    run = actions.begin(kind=Kind.DAILY, state=RunState.RUNNING, by=None, at=at)
    checked = checking.Checked(30, 2, 54, 9000, 1)
    made = work.Made(path, 700_000, "ab" * 32, checked)
    actions.succeed(run=run, made=made, at=at + timedelta(minutes=3))
    return run


@pytest.mark.parametrize("name", ["办公室", "王海斌", "范医生", "采样员", "审计员", "闲人"])
def test_to_everybody_else_there_are_no_backups(clients: Clients, pair: object, name: str) -> None:
    run = good(clock.now(), Path(__file__))
    client = clients(name)
    for address in ("backups", "backups_now", "backup_passphrase"):
        assert client.get(reverse(address)).status_code == 404
    assert client.post(reverse("backup_start")).status_code == 404
    assert client.get(reverse("backup_download", args=[run.pk])).status_code == 404
    assert Run.objects.count() == 1


def test_without_a_passphrase_it_says_what_to_do(clients: Clients) -> None:
    secretary = text(clients("梁会明").get(reverse("backups")))
    assert "先设备份口令" in secretary
    assert "请系统管理员设备份口令" in secretary
    assert reverse("backup_passphrase") not in secretary
    assert reverse("backup_passphrase") in text(clients("总管").get(reverse("backups")))
    refused = clients("梁会明").post(reverse("backup_start"))
    assert (refused.status_code, Run.objects.count()) == (409, 0)


def test_the_administrator_sets_the_passphrase_typed_twice(clients: Clients, place: Path, owner: Any) -> None:
    administrator, address = clients("总管"), reverse("backup_passphrase")
    different = administrator.post(address, {"passphrase": PASSPHRASE, "again": PASSPHRASE + "x"})
    assert "两次输入的口令不同" in text(different)
    assert "10" in text(administrator.post(address, {"passphrase": "short", "again": "short"}))
    assert not queries.has_passphrase()
    assert administrator.post(address, {"passphrase": PASSPHRASE, "again": PASSPHRASE}).status_code == 302
    found = key_file.load(place)
    assert found is not None
    keys.open_pair(found, PASSPHRASE)
    assert len(audited(owner, "backup.passphrase")) == 1


@pytest.mark.parametrize("name", ["梁会明", "村管"])
def test_who_does_not_administer_every_village_takes_nothing_away(clients: Clients, pair: object, name: str) -> None:
    """An archive holds all of them."""
    run = good(clock.now(), Path(__file__))
    page = text(clients(name).get(reverse("backups")))
    assert "已读回核对" in page
    assert reverse("backup_download", args=[run.pk]) not in page
    assert clients(name).get(reverse("backup_download", args=[run.pk])).status_code == 404
    assert clients(name).get(reverse("backup_passphrase")).status_code == 404


def test_after_two_days_it_is_red(clients: Clients, pair: object) -> None:
    good(clock.now() - timedelta(days=2, minutes=10), Path(__file__))
    page = text(clients("梁会明").get(reverse("backups")))
    assert "已超过两天" in page
    assert "answer-late" in page
    good(clock.now(), Path(__file__))
    page = text(clients("梁会明").get(reverse("backups")))
    assert "已超过两天" not in page


def test_a_run_that_failed_says_why_and_a_file_that_is_gone_is_said(
    clients: Clients, pair: object, place: Path
) -> None:
    good(clock.now(), place / "gone.wuyibackup")
    run = actions.begin(kind=Kind.DAILY, state=RunState.RUNNING, by=None, at=clock.now())
    actions.fail(run=run, failure=work.faults.disk_too_small(place, 10**9, 10**6), at=clock.now())
    page = text(clients("梁会明").get(reverse("backups")))
    assert "没有做成" in page
    assert "磁盘空间不足" in page
    assert "文件已不在" in page


def test_asked_for_on_the_page_it_is_made_and_taken_away(
    cast: Cast, clients: Clients, installation: Installation, owner: Any
) -> None:
    secretary, administrator = clients("梁会明"), clients("总管")
    assert secretary.post(reverse("backup_start")).status_code == 302
    waiting = text(secretary.get(reverse("backups")))
    assert "正在备份" in waiting
    assert reverse("backup_start") not in waiting
    assert secretary.post(reverse("backup_start")).status_code == 409, "one at a time"
    (run_id,) = deferred("backup.make")
    jobs.make(run_id=run_id)
    jobs.make(run_id=run_id)  # as after a worker's death: twice is once
    run = Run.objects.get()
    assert (run.state, run.checked["people"], Path(run.path).is_file()) == ("good", 30, True)
    assert "已读回核对" in text(secretary.get(reverse("backups")))

    response = administrator.get(reverse("backup_download", args=[run.pk]))
    content = b"".join(response.streaming_content)
    assert content == Path(run.path).read_bytes()
    assert "attachment" in response["Content-Disposition"]
    assert audited(owner, "backup.ask") == [cast.accounts["梁会明"].pk]
    assert audited(owner, "backup.download") == [cast.accounts["总管"].pk]
    assert administrator.get(reverse("backup_download", args=[uuid4()])).status_code == 404


def test_the_live_part_answers_only_when_something_changed(clients: Clients, pair: object) -> None:
    secretary = clients("梁会明")
    token = queries.token(clock.now())
    assert secretary.get(reverse("backups_now"), headers={"X-Wuyi-Token": token}).status_code == 204
    run = actions.begin(kind=Kind.PAGE, state=RunState.WAITING, by=None, at=clock.now())
    assert "等待开始" in text(secretary.get(reverse("backups_now"), headers={"X-Wuyi-Token": token}))
    actions.tell(run=run, phase="database", done=12_000_000, total=0, at=clock.now())
    page = text(secretary.get(reverse("backups_now")))
    assert "读出数据库" in page
    assert "12.0 MB" in page


def test_the_daily_job_makes_one_a_day_and_thins_the_old(installation: Installation) -> None:
    folder = work.folder()
    folder.mkdir()
    at = clock.now()
    for days in range(1, 30):
        (folder / rules.name_of(at - timedelta(days=days))).write_bytes(b"old")
    (folder / "kept.wuyibackup").write_bytes(b"named by somebody")
    (folder / "killed.wuyibackup.part").write_bytes(b"half")
    jobs.daily(timestamp=0)
    jobs.daily(timestamp=0)
    run = Run.objects.get()
    assert (run.kind, run.state) == ("daily", "good")
    left = {path.name for path in folder.iterdir()}
    assert {Path(run.path).name, "kept.wuyibackup"} <= left
    assert "killed.wuyibackup.part" not in left
    assert 7 <= len([name for name in left if rules.made_at(name)]) <= 7 + 5 + 2


def test_without_a_passphrase_the_daily_job_waits_for_one_and_the_setting_is_one(cast: Cast, place: Path) -> None:
    jobs.daily(timestamp=0)
    assert Run.objects.count() == 0
    with override_settings(WUYI_BACKUP_PASSPHRASE=PASSPHRASE):
        jobs.daily(timestamp=0)
    run = Run.objects.get()
    assert run.state == "good"
    checking.own_key(Path(run.path), PASSPHRASE)


def test_a_daily_backup_that_fails_is_noted_and_tried_again(installation: Installation) -> None:
    (installation.place / "backups").write_text("a file where the folder should be")
    jobs.daily(timestamp=0)
    assert Run.objects.get().state == "failed"
    (installation.place / "backups").unlink()
    jobs.daily(timestamp=0)
    assert [run.state for run in Run.objects.order_by("asked_at")] == ["failed", "good"]
