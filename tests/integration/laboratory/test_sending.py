"""A laboratory's program sends results with its token; sent twice they are entered once, and nothing is dropped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
from django.test import Client
from django.urls import reverse

from tests.integration.laboratory.bench import DOCTOR, Bench
from tests.integration.registry.rosters import number
from tests.integration.screening.sending import open_round
from tests.pages import words
from wuyicun.domains.laboratory import tokens
from wuyicun.domains.laboratory.models import Delivery, Token
from wuyicun.domains.laboratory.openapi import PATH
from wuyicun.kernel import clock
from wuyicun.kernel.accounts.events import SignedOut
from wuyicun.kernel.events import publish


def token(bench: Bench, who: str = DOCTOR) -> str:
    return tokens.make(account_id=bench.desk.cast.accounts[who].pk, name="县医院检验科", days=30, at=clock.now())


def send(token: str, village: str, *results: dict[str, Any], sending: str = "") -> tuple[int, Any]:
    body = msgspec.json.encode({"id": sending or str(uuid4()), "village": village, "results": list(results)})
    headers = {"Authorization": f"Bearer {token}"}
    answer: Any = Client().post(PATH, body, content_type="application/json", headers=headers)
    return answer.status_code, msgspec.json.decode(answer.content)


def test_results_are_entered_or_queued_and_each_is_answered(bench: Bench) -> None:
    status, told = send(
        token(bench),
        bench.desk.cast.village.area_path,
        {"tube": "A-1", "result": "negative"},
        {"tube": "Z-1", "result": "negative"},
        {"tube": "A-2", "result": "negative", "id_number": number("19600101")},
        {"tube": "A-3", "result": "invalid", "reported_at": "2022-11-25T09:42:00+08:00"},
    )
    assert status == 200
    assert told["results"] == [
        {"tube": "A-1", "outcome": "entered", "cause": "", "detail": ""},
        {"tube": "Z-1", "outcome": "queued", "cause": "unmatched", "detail": "unknown"},
        {"tube": "A-2", "outcome": "queued", "cause": "wrong_id", "detail": "id"},
        {"tube": "A-3", "outcome": "entered", "cause": "", "detail": ""},
    ]
    assert (bench.result("A-1"), bench.result("A-2"), bench.result("A-3")) == ("negative", "", "invalid")
    assert "县医院检验科" in words(bench.page("laboratory"))


def test_sending_the_same_again_changes_nothing_and_is_answered_alike(bench: Bench) -> None:
    key, village, sending = token(bench), bench.desk.cast.village.area_path, str(uuid4())
    first = send(key, village, {"tube": "A-1", "result": "positive"}, sending=sending)
    assert send(key, village, {"tube": "A-1", "result": "positive"}, sending=sending) == first
    assert Delivery.rows().count() == 1
    status, told = send(key, village, {"tube": "A-1", "result": "negative"}, sending=sending)
    assert (status, told["code"]) == (409, "id_conflict")
    assert bench.result("A-1") == "positive"


def test_a_result_goes_to_the_round_that_has_its_tube(bench: Bench) -> None:
    open_round(bench.desk.cast, at=clock.now(), due_at=clock.now() + timedelta(hours=1), title="第二轮")
    send(token(bench), bench.desk.cast.village.area_path, {"tube": "A-1", "result": "negative"})
    assert bench.result("A-1") == "negative"


def test_who_may_not_enter_results_there_sends_none(bench: Bench) -> None:
    village, result = bench.desk.cast.village.area_path, {"tube": "A-1", "result": "negative"}
    assert send("nonsense", village, result)[0] == 401
    assert send(token(bench, "外人"), village, result)[0] == 404
    assert send(token(bench, "采样员"), village, result)[0] == 404
    assert send(token(bench), village, {"tube": "A-1", "result": "perhaps"})[0] == 400
    key = token(bench)
    publish(SignedOut(account_id=bench.desk.cast.accounts[DOCTOR].pk, at=clock.now()))
    assert send(key, village, result)[0] == 401
    assert bench.result("A-1") == ""


def test_a_token_is_made_on_its_page_shown_once_and_revoked(bench: Bench) -> None:
    url = reverse("laboratory_tokens")
    page = bench.client.post(url, {"name": "疾控中心", "days": "30"}).content.decode()
    assert "data-token" in page
    assert "data-token" not in bench.client.get(url).content.decode()
    made = Token.objects.get(name="疾控中心")
    bench.client.post(reverse("laboratory_token_revoke", args=[made.pk]))
    made.refresh_from_db()
    assert made.revoked_at is not None
    assert bench.client.get(reverse("laboratory_document")).json()["paths"].keys() == {PATH}
