"""装箱和签收: tubes scanned into boxes and counted, a box handed over as a whole, two names drawn with a finger."""

from __future__ import annotations

import json
from datetime import timedelta

from django.urls import reverse

from tests.integration.screening.desk import Desk
from tests.pages import words
from wuyicun.domains.screening import queries, tube_history
from wuyicun.domains.screening.rules import TubeState
from wuyicun.kernel import clock


def _filled(desk: Desk) -> None:
    desk.fill("T-1", ["甲01", "甲02"], minutes_ago=70)
    desk.fill("T-2", ["甲03", "甲04", "甲05"])
    desk.fill("T-3", ["甲06"])
    desk.fill("T-4", ["甲07"], close=False)


def _pack(desk: Desk, box: str, *tubes: str, counted: int | None = None, **more: str) -> str:
    told = {"box": box, "tube": list(tubes), "counted": str(counted or len(tubes)), **more}
    return words(desk.post("转运员", "boxes", follow=True, **told))


def _boxes(desk: Desk) -> dict[str, str]:
    with desk.scope():
        return dict(queries.boxes(desk.cast.village.pk, desk.round.pk, ["T-1", "T-2", "T-3", "T-4"]))


def _hand_over(desk: Desk, *tubes: str, **more: str) -> str:
    told = {"tube": list(tubes), "counted": str(len(tubes)), "giver": "杜梅", "receiver": "常明", **more}
    return words(desk.post("转运员", "runs", follow=True, **told))


def test_tubes_are_put_into_a_box_and_what_is_left_is_said(desk: Desk) -> None:
    _filled(desk)
    page = _pack(desk, "ｂ-7", "T-1", scanned="t-2")
    assert "手里数到 1 支" in page  # two were chosen, one was counted
    page = _pack(desk, "ｂ-7", "T-1", counted=2, scanned="t-2")
    assert "还有 1 支没有装箱" in page
    assert _boxes(desk) == {"T-1": "B-7", "T-2": "B-7"}
    assert "B-7 2 5" in page  # two tubes, five samples
    assert "都装好了，2 箱等着交接" in _pack(desk, "B-8", "T-3")


def test_a_tube_that_was_not_closed_goes_into_no_box(desk: Desk) -> None:
    _filled(desk)
    assert "这些编号不在待办的试管里：T-4" in _pack(desk, "B-7", "T-4")
    assert "箱号用字母、数字" in _pack(desk, "箱子", "T-1")
    assert _boxes(desk) == {}


def test_a_tube_lies_in_the_box_that_was_said_last_however_records_arrive(desk: Desk) -> None:
    _filled(desk)
    now = clock.now()
    with desk.scope():
        desk.phone.send(desk.phone.make("tube.box", box="B-2", tubes=["T-1"], counted=1, at=now))
        earlier = now - timedelta(minutes=5)
        desk.phone.send(desk.phone.make("tube.box", box="B-1", tubes=["T-1"], counted=1, at=earlier))
    assert _boxes(desk) == {"T-1": "B-2"}


def test_taken_back_it_lies_where_it_was(desk: Desk) -> None:
    _filled(desk)
    _pack(desk, "B-1", "T-1")
    with desk.scope():
        last = desk.phone.make("tube.box", box="B-2", tubes=["T-1"], counted=1)
        desk.phone.send(last)
        desk.phone.send(desk.phone.make("void", record=last.id, reason="undo"))
    assert _boxes(desk) == {"T-1": "B-1"}
    assert desk.tube("T-1").state is TubeState.CLOSED


def test_a_box_is_handed_over_as_a_whole(desk: Desk) -> None:
    _filled(desk)
    _pack(desk, "B-7", "T-1", "T-2")
    page = desk.get("转运员", "runs", box="B-7").content.decode()
    assert page.count(" checked") == 2
    _hand_over(desk, "T-1", "T-2")
    assert desk.tube("T-2").state is TubeState.HANDED
    assert "B-7" not in words(desk.get("转运员", "boxes"))


def test_names_drawn_on_the_screen_travel_with_the_handover_and_onto_the_slip(desk: Desk) -> None:
    _filled(desk)
    plain = json.dumps([[100, 100, 200, 300], [500, 50]])
    _hand_over(desk, "T-1", giver_signature=plain)
    with desk.scope():
        (run,) = tube_history.runs(desk.cast.village.pk, desk.round.pk)
    assert run.giver_signature == [[100, 100, 200, 300], [500, 50]]
    assert run.receiver_signature is None
    slip = desk.get("转运员", "slip", desk.round.pk, run.record_id)
    assert slip.content.startswith(b"%PDF")


def test_what_is_no_signature_is_asked_again(desk: Desk) -> None:
    _filled(desk)
    assert "签名没有读出来" in _hand_over(desk, "T-1", giver_signature='[["x"]]')
    assert desk.tube("T-1").state is TubeState.CLOSED


def test_the_box_stands_in_the_history_of_the_tube(desk: Desk) -> None:
    _filled(desk)
    _pack(desk, "B-7", "T-1")
    assert "装箱 B-7 箱，共 1 支" in words(desk.get("转运员", "tube", desk.tube_id("T-1")))


def test_the_way_of_a_tube_says_how_long_each_step_took_and_may_take(desk: Desk) -> None:
    desk.fill("T-9", ["甲08"], minutes_ago=95)
    page = words(desk.get("转运员", "tube", desk.tube_id("T-9")))
    assert "封管 用了 不到 1 分 第一份采样后 1 小时内" in page
    assert "送走 已等 1 小时 35 分 超时 封管后 1 小时内" in page
    assert "出结果 已等 1 小时 35 分 第一份采样后 8 小时内" in page
    _hand_over(desk, "T-9")
    desk.send("tube.result", tube="T-9", result="negative")
    page = words(desk.get("转运员", "tube", desk.tube_id("T-9")))
    assert "送走 用了 1 小时 35 分 超时 封管后 1 小时内" in page
    assert "出结果 用了 1 小时 35 分 第一份采样后 8 小时内" in page


def test_a_lost_tube_is_awaited_no_more(desk: Desk) -> None:
    desk.fill("T-9", ["甲08"], minutes_ago=95)
    desk.send("tube.end", tube="T-9", state="lost", reason="")
    assert "已等" not in words(desk.get("转运员", "tube", desk.tube_id("T-9")))


def test_late_tubes_are_called_out_on_every_page_of_who_may_carry_them(desk: Desk) -> None:
    _filled(desk)
    desk.fill("T-5", ["甲08"], minutes_ago=61, close=False)
    told = "2 支试管过了 60 分还没有送走"  # T-1 was closed too long ago, T-5 never
    assert told in words(desk.cast.client("转运员").get(reverse("today")))
    assert told in words(desk.cast.client("梁会明").get(reverse("people")))
    assert told in words(desk.cast.client("转运员").get(reverse("alerts")))
    assert told not in words(desk.cast.client("采样员").get(reverse("today")))
    assert told not in words(desk.cast.client("外人").get(reverse("today")))
    _hand_over(desk, "T-1")
    assert "1 支试管过了" in words(desk.cast.client("转运员").get(reverse("alerts")))


def test_what_calls_late_tubes_out_counts_as_their_own_clock_does(desk: Desk) -> None:
    for number, minutes in enumerate((59, 61, 120)):
        desk.fill(f"C-{number}", [f"甲{number + 1:02d}"], minutes_ago=minutes)
        desk.fill(f"O-{number}", [f"乙{number + 1:02d}"], minutes_ago=minutes, close=False)
    with desk.scope():
        (told,) = queries.late(desk.cast.village.pk, clock.now())
    assert told.tubes == sum(tube.late for tube in desk.tubes()) == 4


def test_only_who_carries_tubes_packs_them(desk: Desk) -> None:
    assert desk.get("采样员", "boxes").status_code == 404
    assert desk.post("值守员", "boxes", box="B-7").status_code == 404
