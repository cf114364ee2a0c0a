"""布置采样点: ticked point by point, opened when complete or with a reason, closed with what that owes."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.integration.screening.desk import Desk
from tests.pages import words
from wuyicun.domains.screening import queries, setups
from wuyicun.domains.screening.models import SetupTick, Station
from wuyicun.domains.screening.queries import SetupView
from wuyicun.domains.screening.rules import StationState
from wuyicun.fieldsync import queries as field
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow


def _station(desk: Desk, kind: str = "fixed") -> UUID:
    with desk.scope():
        return Station.rows().filter(round_id=desk.round.pk, kind=kind).values_list("pk", flat=True)[0]


def _setup(desk: Desk) -> SetupView:
    station = _station(desk)
    with desk.scope():
        return queries.setup(desk.cast.village.pk, station)


def _tick(desk: Desk, *items: str, who: str = "采样员") -> None:
    for item in items:
        desk.post(who, "station_tick", _station(desk), item)


def _tick_all(desk: Desk) -> None:
    with desk.scope():
        items = queries.setup_items()
    station = _station(desk)
    with desk.scope():
        for item in items:
            setups.tick(village_id=desk.cast.village.pk, station_id=station, item=item, by=None, at=clock.now())


def _open(desk: Desk, who: str = "采样员", **data: str) -> str:
    return words(desk.post(who, "station_open", _station(desk), follow=True, **data))


def _close(desk: Desk) -> str:
    return words(desk.post("采样员", "station_close", _station(desk), follow=True))


def test_who_ticked_a_point_and_when_stands_beside_it(desk: Desk) -> None:
    _tick(desk, "tent")
    page = words(desk.get("梁会明", "station", _station(desk)))
    assert "还差 11 项，都打勾才能开放" in page
    assert "帐篷、桌椅摆好，水电和照明能用 采样员 今天" in page


def test_a_point_ticked_by_two_stays_whose_it_was_first(desk: Desk) -> None:
    _tick(desk, "tent")
    _tick(desk, "tent", who="王海斌")
    assert _setup(desk).ticks["tent"].by == desk.cast.accounts["采样员"].pk


def test_a_tick_is_taken_back_and_both_are_kept(desk: Desk) -> None:
    _tick(desk, "tent", "lines")
    desk.post("王海斌", "station_untick", _station(desk), "tent")
    assert list(_setup(desk).ticks) == ["lines"]
    _tick(desk, "tent")
    with desk.scope():
        undone = SetupTick.rows().filter(item="tent").order_by("at").values_list("undone_by", flat=True)
        assert list(undone) == [desk.cast.accounts["王海斌"].pk, None]


def test_a_station_does_not_open_before_its_list_is_complete(desk: Desk) -> None:
    _tick(desk, "tent")
    assert "布置清单还有 11 项没有打勾，不能开放" in _open(desk)
    assert _setup(desk).state is StationState.PREPARING
    _tick_all(desk)
    assert "可以开放" in words(desk.get("采样员", "station", _station(desk)))
    assert "开放中，采样员" in _open(desk)


def test_who_leads_the_round_opens_it_earlier_with_a_reason_that_is_kept(desk: Desk) -> None:
    _tick(desk, "tent")
    assert "提前开放" not in words(desk.get("采样员", "station", _station(desk)))
    _open(desk, "采样员", reason="等不及了")  # a sampler's reason is none
    assert _setup(desk).state is StationState.PREPARING
    page = _open(desk, "梁会明", reason="天快黑了，先采")
    assert "提前开放：天快黑了，先采。当时还缺 11 项" in page
    with desk.scope():
        told = AuditRow.objects.get(action="screening.open_station")
        assert "hand_rub" in told.data["lacking"]
        assert told.by == desk.cast.accounts["梁会明"].pk


def test_once_open_its_ticks_stand(desk: Desk) -> None:
    _tick_all(desk)
    _open(desk)
    answer = desk.post("采样员", "station_untick", _station(desk), "tent", follow=True)
    assert "这个采样点已经开放" in words(answer)
    assert len(_setup(desk).ticks) == 12


def test_only_an_open_station_is_closed_and_set_up_again_from_nothing(desk: Desk) -> None:
    assert "这个采样点没有开放" in _close(desk)
    _tick_all(desk)
    _open(desk)
    assert "已关闭" in _close(desk)
    assert "这个采样点没有开放" in words(desk.post("采样员", "station_tick", _station(desk), "tent", follow=True))
    desk.post("采样员", "station_again", _station(desk))
    assert (_setup(desk).number, _setup(desk).ticks, _setup(desk).state) == (2, {}, StationState.PREPARING)


def test_a_closed_station_owes_a_disinfection_until_it_is_logged(desk: Desk) -> None:
    _tick_all(desk)
    _open(desk)
    assert "已关闭，还没有登记消杀" in _close(desk)
    assert "已关闭 待消杀 0 0 – 登记消杀" in words(desk.get("采样员", "round"))
    assert "待消杀 1 处" in words(desk.cast.client("梁会明").get(reverse("today")))
    due = str(_setup(desk).id)
    form = desk.cast.client("采样员").get(reverse("disinfection_new"), {"due": due})
    done = {**form.context["form"].initial, "agent": "含氯消毒液 1000 mg/L"}
    done["done_at"] = f"{timezone.localtime(clock.now()):%Y-%m-%dT%H:%M}"
    desk.cast.client("采样员").post(f"{reverse('disinfection_new')}?due={due}", done)
    assert not _setup(desk).owes_disinfection
    assert "消杀已登记" in words(desk.get("转运员", "station", _station(desk)))
    assert "待消杀" not in words(desk.cast.client("梁会明").get(reverse("today")))


def test_phones_are_told_how_a_station_stands(desk: Desk) -> None:
    def told() -> list[tuple[str, str]]:
        with desk.scope():
            (round_,) = field.rounds_told(desk.cast.village.pk)
        return [(each.name, each.state) for each in round_.stations]

    with desk.scope():
        Station.rows().create(village_id=desk.cast.village.pk, round=desk.round, name="上门", kind="home")
    assert told() == [("村委会广场", "preparing"), ("上门", "")]
    _tick_all(desk)
    _open(desk)
    assert told()[0] == ("村委会广场", "open")
    _close(desk)
    assert told()[0] == ("村委会广场", "closed")


def test_how_far_each_station_is_stands_on_the_rounds_page(desk: Desk) -> None:
    _tick(desk, "tent", "lines")
    assert "布置中 清单 2 / 12" in words(desk.get("转运员", "round"))


def test_the_rounds_page_asks_as_many_queries_for_many_stations_as_for_few(desk: Desk) -> None:
    client = desk.cast.client("梁会明")

    def count() -> int:
        with CaptureQueriesContext(connection) as made:
            assert client.get(reverse("round", args=[desk.round.pk])).status_code == 200
        return len(made)

    count()
    before = count()
    with desk.scope():
        for number in range(5):
            Station.rows().create(
                village_id=desk.cast.village.pk, round=desk.round, name=f"{number} 号点", kind="fixed"
            )
    assert count() == before


def test_the_sheet_is_printed_with_what_was_ticked(desk: Desk) -> None:
    _tick(desk, "tent")
    assert desk.get("采样员", "setup_sheet", _station(desk)).content.startswith(b"%PDF")


def _answer(desk: Desk, who: str, name: str, *more: str) -> HttpResponse:
    return desk.post(who, name, _station(desk), *more)


def test_a_runner_looks_and_does_not_touch(desk: Desk) -> None:
    assert desk.get("转运员", "station", _station(desk)).status_code == 200
    for name, more in (("station_tick", ("tent",)), ("station_open", ()), ("station_close", ())):
        assert _answer(desk, "转运员", name, *more).status_code == 404
    assert _answer(desk, "外人", "station_tick", "tent").status_code == 404


def test_homes_are_not_set_up(desk: Desk) -> None:
    with desk.scope():
        home = Station.rows().create(village_id=desk.cast.village.pk, round=desk.round, name="上门", kind="home")
    assert desk.cast.client("梁会明").get(reverse("station", args=[home.pk])).status_code == 404
    assert desk.post("采样员", "station_tick", home.pk, "tent").status_code == 404


def test_a_point_that_the_list_has_not_is_refused(desk: Desk) -> None:
    assert "布置清单里没有这一项" in words(desk.post("采样员", "station_tick", _station(desk), "roof", follow=True))
