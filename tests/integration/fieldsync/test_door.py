"""The door for records, as a phone knocks at it: with a token, committed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections

from tests.cast import Cast, make_cast
from tests.database import TestDatabase
from tests.integration.screening.sending import Phone, open_round
from wuyicun.fieldsync import door, tokens
from wuyicun.kernel import clock, scope
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.records.models import Quarantined, Record


@pytest.fixture
def cast(database: TestDatabase) -> Iterator[Cast]:
    yield make_cast()
    connections.close_all()


class Caller:
    """A phone of 采样员 with a round to work on."""

    def __init__(self, cast: Cast, name: str = "采样员") -> None:
        self.cast = cast
        account = cast.accounts[name]
        self.scope = accounts.scope_of(account, clock.now())
        with scope.enter(cast.scope()):
            self.phone = Phone(cast, open_round(cast))
        device = self.phone.device
        self.token = tokens.make_token(account=account, device=device, scope=self.scope, at=clock.now())

    def record(self, kind: str, **data: object) -> dict[str, Any]:
        envelope = self.phone.make(kind, **data)
        return {
            "id": str(envelope.id),
            "seq": envelope.seq,
            "kind": kind,
            "v": 1,
            "at": envelope.at.isoformat(),
            "data": json.loads(bytes(envelope.data)),
        }

    def sends(self, *records: object, **changes: Any) -> tuple[int, dict[str, Any]]:
        body = {"village": str(self.cast.village.pk), "sent_at": clock.now().isoformat(), "records": list(records)}
        return self.knocks(json.dumps({**body, **changes.pop("body", {})}).encode(), **changes)

    def knocks(self, body: bytes, method: str = "POST", **headers: str) -> tuple[int, dict[str, Any]]:
        said = {"authorization": f"Bearer {self.token}", "content-length": str(len(body))}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}

        async def sent() -> bytes:
            return body

        async def heard() -> tuple[int, bytes]:
            return await door.answer(method, said.get, sent)

        status, answer = asyncio.run(heard())
        return int(status), json.loads(answer)


def kept(cast: Cast) -> set[UUID]:
    with scope.enter(cast.scope()):
        return set(Record.rows().values_list("pk", flat=True)) | set(
            Quarantined.rows().values_list("record_id", flat=True)
        )


def test_a_batch_is_answered_record_by_record_in_its_order(cast: Cast) -> None:
    caller = Caller(cast)
    sample = caller.record("sample", tube="X-1", person=cast.people["甲01"].pk)
    opening = caller.record("tube.open", tube="X-1", pool=10)
    status, answer = caller.sends(sample, opening, sample)
    assert status == 200
    assert [each["id"] for each in answer["outcomes"]] == [sample["id"], opening["id"], sample["id"]]
    assert [each["outcome"] for each in answer["outcomes"]] == ["accepted", "accepted", "duplicate"]
    assert kept(cast) == {UUID(sample["id"]), UUID(opening["id"])}


def test_numbers_that_are_missing_in_between_are_told(cast: Cast) -> None:
    caller = Caller(cast)
    records = [caller.record("tube.open", tube=f"X-{number}", pool=10) for number in range(4)]
    assert caller.sends(records[0], records[3])[1]["gap"] == [2, 3]


def test_the_devices_clock_is_measured(cast: Cast) -> None:
    caller = Caller(cast)
    behind = (clock.now() - timedelta(hours=1)).isoformat()
    _, answer = caller.sends(caller.record("tube.open", tube="X-1", pool=10), body={"sent_at": behind})
    assert 3_600_000 <= answer["offset_ms"] < 3_700_000
    with scope.enter(cast.scope()):
        record = Record.rows().get()
        assert record.corrected_at - record.at >= timedelta(hours=1)


def test_words_come_in_the_phones_language(cast: Cast) -> None:
    caller = Caller(cast)
    record = caller.record("tube.result", tube="X-1", result="negative")
    _, answer = caller.sends(record, accept_language="zh-CN")
    assert (answer["outcomes"][0]["code"], answer["outcomes"][0]["words"]) == ("not_allowed", "记录人现在没有这项权限")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"village": 1}', b"null"])
def test_what_cannot_be_read_is_400(cast: Cast, body: bytes) -> None:
    assert Caller(cast).knocks(body) == (400, {"code": "unreadable"})


@pytest.mark.parametrize("length", ["", "-1", "²"])
def test_what_does_not_say_how_long_it_is_is_400(cast: Cast, length: str) -> None:
    assert Caller(cast).knocks(b"{}", content_length=length) == (400, {"code": "unreadable"})


def test_too_much_at_once_is_413(cast: Cast) -> None:
    caller = Caller(cast)
    record = caller.record("tube.open", tube="X-1", pool=10)
    assert caller.sends(*[record] * (door.MOST_RECORDS + 1))[0] == 413
    assert caller.knocks(b" " * (door.MOST_BYTES + 1))[0] == 413


def test_only_a_post_is_taken(cast: Cast) -> None:
    assert Caller(cast).knocks(b"", method="GET")[0] == 405


def test_a_village_of_somebody_else_does_not_exist(cast: Cast) -> None:
    caller = Caller(cast)
    record = caller.record("tube.open", tube="X-1", pool=10)
    for village in (cast.neighbour.pk, uuid4()):
        assert caller.sends(record, body={"village": str(village)}) == (404, {"code": "not_found"})


def test_who_lost_the_post_is_still_heard_and_the_record_kept(cast: Cast) -> None:
    """Nothing that a phone sent is dropped, whatever its role or scope has become meanwhile."""
    caller = Caller(cast)
    grant = cast.accounts["采样员"].grants.get()
    grant.ends_at = clock.now()
    grant.save()
    record = caller.record("tube.open", tube="X-1", pool=10)
    status, answer = caller.sends(record)
    assert (status, answer["outcomes"][0]["code"]) == (200, "not_allowed")
    assert kept(cast) == {UUID(record["id"])}


def test_a_new_token_of_a_device_ends_the_old_one(cast: Cast) -> None:
    caller = Caller(cast)
    account = cast.accounts["采样员"]
    tokens.make_token(account=account, device=caller.phone.device, scope=caller.scope, at=clock.now())
    assert caller.sends()[0] == 401


@pytest.mark.parametrize("text", ["a\x00b", "ab\ud83d", "\ude37", "张\u2028", "😷"])
def test_no_text_holds_up_a_record_nor_those_beside_it(cast: Cast, text: str) -> None:
    caller = Caller(cast, "转运员")
    odd = caller.record("tube.handover", tubes=["X-1"], counted=1, giver="杜梅", receiver="常明")
    odd["data"]["giver"] = text
    plain = caller.record("tube.handover", tubes=["X-2"], counted=1, giver="杜梅", receiver="常明")
    status, answer = caller.sends(odd, plain)
    assert (status, [each["outcome"] for each in answer["outcomes"]]) == (200, ["accepted", "accepted"])
    assert caller.sends(odd)[1]["outcomes"][0]["outcome"] == "duplicate"
    assert kept(cast) == {UUID(odd["id"]), UUID(plain["id"])}
