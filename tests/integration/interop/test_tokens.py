"""A token is made by who may export, shown once, and ends; what is read with it is written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.integration.interop.asking import appoint, ask, token_of
from wuyicun.interop.models import Reading, ReadToken
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import keeping
from wuyicun.kernel.accounts.models import Account
from wuyicun.kernel.audit.models import AuditRow


def test_it_is_made_on_the_page_shown_once_and_kept_as_a_digest(cast: Cast) -> None:
    client = cast.client("梁会明")
    made = client.post(reverse("interface"), {"name": "乡镇平台", "days": "90", "reason": "report"}).content.decode()
    token = made.split("data-token>")[1].split("</code>")[0]
    assert ask(cast, token, "people").json()["items"][0]["phone"] == "13800000020"
    again = client.get(reverse("interface")).content.decode()
    assert token not in again
    assert "乡镇平台" in again
    assert "上级要求报送" in again
    assert token.encode() not in bytes(ReadToken.objects.get().digest)
    for wrong in ({"name": ""}, {"days": "9000"}, {"reason": "curious"}, {"reason": ""}):
        form = {"name": "x", "days": "30", "reason": "masked", **wrong}
        assert "data-token" not in client.post(reverse("interface"), form).content.decode()
    assert ReadToken.objects.count() == 1
    client.post(reverse("interface"), {"name": "x", "days": "30", "reason": "masked"})
    assert ReadToken.objects.order_by("-id")[0].reason == ""


def test_it_ends_when_it_is_over_or_revoked_by_its_owner(cast: Cast, monkeypatch: Any) -> None:
    token, account = token_of(cast, "梁会明"), cast.accounts["梁会明"]
    assert ask(cast, token, "people").status_code == 200
    monkeypatch.setattr(clock, "now", lambda real=clock.now: real() + timedelta(days=31))
    assert ask(cast, token, "people").status_code == 401
    monkeypatch.undo()
    kept = ReadToken.objects.get(account_id=account.pk)
    assert cast.client("办公室").post(reverse("interface_revoke", args=[kept.pk])).status_code == 404
    assert ask(cast, token, "people").status_code == 200
    cast.client("梁会明").post(reverse("interface_revoke", args=[kept.pk]))
    refused = ask(cast, token, "people")
    assert (refused.status_code, refused.json(), refused["WWW-Authenticate"]) == (
        401,
        {"code": "unknown_token"},
        "Bearer",
    )


def test_it_ends_with_the_log_ins_of_its_account(cast: Cast) -> None:
    token = token_of(cast, "梁会明")
    keeping.lock(account_id=cast.accounts["梁会明"].pk, by=None, at=clock.now())
    keeping.unlock(account_id=cast.accounts["梁会明"].pk, by=None, at=clock.now())
    assert Account.objects.get(pk=cast.accounts["梁会明"].pk).is_active
    assert ask(cast, token, "people").status_code == 401


def test_who_may_not_export_or_lacks_the_second_factor_reads_nothing(cast: Cast, monkeypatch: Any) -> None:
    assert ask(cast, token_of(cast, "王海斌"), "people").status_code == 404
    assert cast.client("王海斌").get(reverse("interface")).status_code == 404
    token = token_of(cast, "梁会明")
    monkeypatch.setattr(settings, "WUYI_SECOND_FACTOR_REQUIRED", True)
    monkeypatch.setattr(settings, "WUYI_SECOND_FACTOR_DAYS", 0)
    assert ask(cast, token, "people").status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer nobody's"])
def test_without_a_token_nothing_is_told(cast: Cast, header: str) -> None:
    asked = Client().get(reverse("read_people"), {"village": cast.village.pk}, headers={"Authorization": header})
    assert asked.status_code == 401


def test_each_page_is_audited_and_each_day_has_a_line(cast: Cast) -> None:
    token = token_of(cast, "梁会明", reason="report")
    first = ask(cast, token, "people", limit=20).json()
    ask(cast, token, "people", after=first["next"])
    ask(cast, token, "people", limit=0)  # refused: nothing was read
    rows = AuditRow.objects.filter(action="interop.read").order_by("at").values_list("by", "village_id", "data")
    data = {"what": "people", "area": "", "clear": True, "reason": "report"}
    who = (cast.accounts["梁会明"].pk, cast.village.pk)
    assert list(rows) == [(*who, {**data, "rows": 20}), (*who, {**data, "rows": 10})]
    line = Reading.rows().get(what="people")
    assert (line.times, line.rows_read, line.reason, line.area_path) == (2, 30, "report", cast.village.area_path)
    ask(cast, token, "households")
    assert not Reading.rows().get(what="households").reason, "there is no number in them"


def test_the_log_shows_who_exports_there_and_the_owner_only(cast: Cast) -> None:
    ask(cast, token_of(cast, "梁会明"), "people")
    appoint(cast, "王海斌", "grid_leader", "西头岭")
    ask(cast, token_of(cast, "王海斌"), "households")
    page = cast.client("办公室").get(reverse("interface_read")).content.decode()
    assert "梁会明" in page
    assert "王海斌" in page
    own = cast.client("王海斌").get(reverse("interface_read")).content.decode()
    assert "梁会明" not in own
    assert "西头岭" in own
    assert Reading.rows().get(what="households").area_path == cast.areas["西头岭"].area_path
    assert cast.client("钟花").get(reverse("interface_read")).status_code == 404


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM interop_reading",
        'UPDATE interop_reading SET "by" = token_id',
        "UPDATE interop_readtoken SET reason = ''",
        "DELETE FROM interop_readtoken",
    ],
)
def test_what_is_written_down_cannot_be_unwritten(cast: Cast, statement: str) -> None:
    ask(cast, token_of(cast, "梁会明"), "people")
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
