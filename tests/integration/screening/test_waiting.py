"""等候区: let in and stopped at the entrance, the queue with what it waits for, the pace of each station."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from tests.integration.screening.desk import Desk
from tests.pages import words
from tests.sending import office
from wuyicun.domains.registry import indexing
from wuyicun.domains.screening import queries
from wuyicun.domains.screening.models import Station
from wuyicun.domains.screening.queries import Flow
from wuyicun.kernel import clock
from wuyicun.kernel.records.kinds import Envelope
from wuyicun.kernel.records.office import NotTaken


def _station(desk: Desk) -> UUID:
    return desk.phone.station.pk


def _flow(desk: Desk) -> Flow:
    with desk.scope():
        return queries.flows(desk.cast.village.pk, desk.round.pk, clock.now()).get(_station(desk), Flow())


def _press(desk: Desk, page: str, who: str = "采样员", /, **data: object) -> str:
    return words(desk.post(who, page, _station(desk), follow=True, **data))


def _stop(desk: Desk, **changes: object) -> str:
    told = {"name": "外来的人", "found": "red_code", "temperature": "", "sent": "isolation", "note": ""}
    return _press(desk, "waiting_stopped", **{**told, **changes})


def _make(desk: Desk, kind: str, **data: object) -> Envelope:
    return desk.phone.make(kind, station=_station(desk), **data)


def test_who_is_let_in_is_counted_once_however_often_the_form_is_sent(desk: Desk) -> None:
    record = str(uuid4())
    for _twice in range(2):
        _press(desk, "waiting_passed", record=record, people="2")
    _press(desk, "waiting_passed", people="5")
    assert _flow(desk).passed == 7
    assert "等候区放行 7 人" in words(desk.get("转运员", "station", _station(desk)))


def test_what_was_pressed_by_mistake_is_taken_back(desk: Desk) -> None:
    record = str(uuid4())
    _press(desk, "waiting_passed", record=record, people="5")
    address = reverse("waiting_take_back", args=[_station(desk), record])
    desk.cast.client("采样员").post(address)
    assert _flow(desk).passed == 0


def test_taken_back_before_it_arrives_it_does_not_count(desk: Desk) -> None:
    passed = _make(desk, "waiting.passed", people=5)
    with desk.scope():
        desk.phone.send(desk.phone.make("void", record=passed.id, reason="undo"))
        desk.phone.send(passed)
    assert _flow(desk).passed == 0


def test_the_latest_count_of_the_queue_stands_however_late_an_earlier_one_arrives(desk: Desk) -> None:
    now = clock.now()
    with desk.scope():
        desk.phone.send(_make(desk, "station.queue", people=12, at=now - timedelta(minutes=1)))
        desk.phone.send(_make(desk, "station.queue", people=40, at=now - timedelta(minutes=9)))
    assert _flow(desk).queue == 12


def test_how_long_the_queue_waits_follows_from_the_pace(desk: Desk) -> None:
    desk.fill("T-1", ["甲01", "甲02", "甲03"], minutes_ago=50)
    assert "10 人在排队" in _press(desk, "waiting_queue", people="10")
    assert (_flow(desk).shortly, _flow(desk).hour, _flow(desk).wait) == (0, 3, None)
    desk.fill("T-2", ["甲04", "甲05", "甲06", "甲07", "甲08"], minutes_ago=10)
    assert (_flow(desk).shortly, _flow(desk).hour) == (5, 8)
    assert "10 人在排队，按现在的速度要等 30 分" in words(desk.get("采样员", "waiting", _station(desk)))
    page = words(desk.get("转运员", "round"))
    assert "布置中 清单 0 / 12 5 8 10 人，约等 30 分" in page


def test_a_swab_that_was_taken_back_is_no_pace(desk: Desk) -> None:
    with desk.scope():
        opened = desk.phone.make("tube.open", tube="T-1", pool=10)
        swab = desk.phone.make("sample", tube="T-1", person=desk.person("甲01"))
        other = desk.phone.make("sample", tube="T-1", person=desk.person("甲02"))
        desk.phone.send(opened, other, swab)
        assert _flow(desk).shortly == 2
        desk.phone.send(desk.phone.make("void", record=swab.id, reason="undo"))
    assert _flow(desk).shortly == 1


def test_who_is_stopped_stands_by_name_with_the_reason_and_where_they_went(desk: Desk) -> None:
    page = _stop(desk, found="fever", temperature="38.2", sent="hospital")
    assert "外来的人 今天" in page
    assert "发热 38.2 ℃ 发热门诊" in page
    assert _flow(desk).stopped == 1
    assert "外来的人" not in words(desk.get("转运员", "station", _station(desk)))


def test_who_is_on_the_roster_is_found_there(desk: Desk) -> None:
    with desk.scope():
        indexing.reindex(desk.cast.village.pk, people=[person.pk for person in desk.cast.people.values()])
    _stop(desk, name="甲01")
    with desk.scope():
        (told,) = queries.stopped(desk.cast.village.pk, desk.round.pk, _station(desk))
    assert (told.person_id, told.name) == (desk.person("甲01"), "")


def test_a_fever_without_its_temperature_is_asked_again(desk: Desk) -> None:
    assert "发热请填体温" in _stop(desk, found="fever", temperature="36.8")
    assert _flow(desk).stopped == 0


def test_a_station_of_another_round_and_nobody_are_kept_aside(desk: Desk) -> None:
    strange = {"round": desk.round.pk, "station": uuid4(), "people": 1}
    with desk.scope(), pytest.raises(NotTaken, match="没有这个采样点"):
        office(desk.cast, "采样员", "waiting.passed", **strange)
    told = {"round": desk.round.pk, "station": _station(desk), "found": "red_code", "sent": "home"}
    with desk.scope(), pytest.raises(NotTaken, match="没有这个人"):
        office(desk.cast, "采样员", "waiting.stopped", person=uuid4(), **told)
    with desk.scope(), pytest.raises(NotTaken):
        office(desk.cast, "采样员", "waiting.stopped", **told)


def test_only_who_samples_stands_at_the_entrance(desk: Desk) -> None:
    assert desk.get("转运员", "waiting", _station(desk)).status_code == 404
    assert desk.post("转运员", "waiting_passed", _station(desk), people="1").status_code == 404
    with desk.scope():
        other = Station.rows().create(village_id=desk.cast.village.pk, round=desk.round, name="井边", kind="fixed")
    record = str(uuid4())
    _press(desk, "waiting_passed", record=record, people="5")
    address = reverse("waiting_take_back", args=[other.pk, record])
    assert desk.cast.client("采样员").post(address).status_code == 404
