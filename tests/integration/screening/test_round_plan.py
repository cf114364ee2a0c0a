"""一轮的计划: proposed with its reasons, changed with what that breaks, adopted; what is printed of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.integration.screening.desk import Desk
from tests.integration.screening.marking import mark
from tests.pages import words
from tests.unit.documents.samples import pages_of
from wuyicun.domains.registry.models import PersonGroup
from wuyicun.domains.screening import actions, queries
from wuyicun.domains.screening.models import Station
from wuyicun.domains.screening.queries import PlanView
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A round with two stations, and 甲01 who is sampled at home."""
    with desk.scope():
        mark(desk.cast, "甲01")
        actions.add_station(
            village_id=desk.cast.village.pk,
            round_=desk.round,
            station=actions.NewStation("北头岭"),
            by=None,
            at=clock.now(),
        )
    return desk


def _begin() -> datetime:
    return timezone.localtime(clock.now() + timedelta(minutes=30)).replace(second=0, microsecond=0)


def _propose(desk: Desk, begin: datetime | None = None, **more: object) -> str:
    begins = f"{begin or _begin():%Y-%m-%dT%H:%M}"
    return words(desk.post("梁会明", "plan_propose", begins_at=begins, follow=True, **more))


def _plan(desk: Desk) -> PlanView:
    with desk.scope():
        plan = queries.plan(desk.cast.village.pk, desk.round.pk)
    assert plan is not None
    return plan


def _stations(desk: Desk) -> Mapping[str, Station]:
    with desk.scope():
        return {each.name: each for each in queries.stations(desk.cast.village.pk, desk.round.pk)}


def _move(desk: Desk, area: str, station: str, starts_at: datetime, minutes: str = "") -> str:
    slot = next(each for each in _plan(desk).slots if each.area_id == desk.cast.areas[area].pk)
    told = {
        "station": str(_stations(desk)[station].pk),
        "starts_at": f"{timezone.localtime(starts_at):%Y-%m-%dT%H:%M}",
        "minutes": minutes,
    }
    return words(desk.post("梁会明", "plan_slot", desk.round.pk, slot.id, follow=True, **told))


def test_before_there_is_a_plan_the_page_says_how_many_wait_for_a_time(desk: Desk) -> None:
    page = words(desk.get("梁会明", "plan"))
    assert "还没有计划：29 人等着安排时间" in page
    assert "上门的 1 人另排路线" in page


def test_each_micro_grid_is_called_once_without_those_who_are_visited(desk: Desk) -> None:
    begin = _begin()
    page = _propose(desk, begin)
    plan = _plan(desk)
    people = {slot.area_path: slot.people for slot in plan.slots}
    areas = desk.cast.areas
    assert people == {
        areas["第一微网格"].area_path: 11,
        areas["第二微网格"].area_path: 8,
        areas["北头岭微网格"].area_path: 10,
    }
    assert plan.begins_at == begin
    assert plan.finish_at - begin == timedelta(minutes=11)  # 8 and 10 people one after the other, 11 beside them
    assert page.count("草稿") == 1
    assert f"{timezone.localtime(plan.finish_at):%H:%M} 采完 29 人，还没有采用" in page


def test_the_reasons_are_the_profiles_numbers(desk: Desk) -> None:
    page = _propose(desk)
    for words_ in (
        "每 360 人一名采样员，至少 1 名",
        "每 2000 人一个采样点，至少 1 个；本轮设了 2 个",
        "一个窗口一小时采 100 人，要 2 个人手",
        "不停地采，最早",
    ):
        assert words_ in page


def test_less_time_opens_more_windows(desk: Desk) -> None:
    begin = _begin()
    _propose(desk, begin, ends_by=f"{begin + timedelta(minutes=6):%Y-%m-%dT%H:%M}")
    assert sum(station.windows for station in _stations(desk).values()) == 3  # 29 people in six minutes
    assert "至少开 3 个窗口" in words(desk.get("梁会明", "plan"))


def test_windows_that_were_written_are_kept(desk: Desk) -> None:
    square = _stations(desk)["村委会广场"]
    _propose(desk, **{f"windows_{square.pk}": "4"})
    assert {name: each.windows for name, each in _stations(desk).items()} == {"村委会广场": 4, "北头岭": 1}


def test_what_stations_bring_follows_from_the_people(desk: Desk) -> None:
    page = _propose(desk)
    brought = page.split("要带的东西")[1]
    assert "采样拭子" in brought
    assert "采样管" in brought
    place = desk.get("梁会明", "plan").context["places"]
    assert sum(each.kit.tubes for each in place) == 4  # 11 people are two tubes of ten, 8 and 10 one each
    assert sum(each.kit.staff for each in place) == 2 * (2 + 2)


def test_two_micro_grids_at_once_is_said_on_top(desk: Desk) -> None:
    begin = _begin()
    _propose(desk, begin)
    for area in ("第一微网格", "第二微网格", "北头岭微网格"):
        page = _move(desk, area, "村委会广场", begin)
    assert "两拨人会挤在一起" in page


def test_too_little_time_and_too_late_are_said(desk: Desk) -> None:
    begin = _begin()
    _propose(desk, begin)
    assert "第一微网格在村委会广场要 7 分，只排了 2 分" in _move(desk, "第一微网格", "村委会广场", begin, "2")
    late = _move(desk, "北头岭微网格", "北头岭", desk.round.due_at - timedelta(minutes=3))
    assert "北头岭微网格" in late.split("来不及")[1].split("还采不完")[0]
    assert "来不及" in late


def test_fewer_windows_leave_the_times_and_say_that_they_are_too_short(desk: Desk) -> None:
    square, other = _stations(desk)["村委会广场"], _stations(desk)["北头岭"]
    _propose(desk, **{f"windows_{square.pk}": "4", f"windows_{other.pk}": "4"})
    before = [(slot.starts_at, slot.ends_at) for slot in _plan(desk).slots]
    fewer = {f"windows_{square.pk}": "1", f"windows_{other.pk}": "1"}
    page = words(desk.post("梁会明", "plan_windows", follow=True, **fewer))
    assert [(slot.starts_at, slot.ends_at) for slot in _plan(desk).slots] == before
    assert "分，只排了" in page


def test_who_is_added_later_is_missed_by_the_plan(desk: Desk) -> None:
    with desk.scope():
        mark(desk.cast, *(name for name in desk.cast.people if name.startswith("丙")))
    _propose(desk)
    with desk.scope():
        PersonGroup.rows().filter(group="home_visit").delete()
    page = words(desk.get("梁会明", "plan"))
    assert "北头岭微网格还有 10 人，没有安排时间" in page
    assert "第一微网格按 11 人排的，现在有 12 人" in page


def test_a_plan_is_adopted_and_a_change_makes_it_a_draft_again(desk: Desk) -> None:
    begin = _begin()
    _propose(desk, begin)
    assert "第一微网格" not in words(desk.get("梁会明", "round")).split("计划")[1].split("采样点")[0]
    assert "按计划" in words(desk.post("梁会明", "plan_adopt", follow=True))
    assert _plan(desk).adopted_at is not None
    shown = words(desk.get("王海斌", "round"))
    slot = next(each for each in _plan(desk).slots if each.area_id == desk.cast.areas["第一微网格"].pk)
    assert f"第一微网格 {timezone.localtime(slot.starts_at):%H:%M}" in shown
    assert "北头岭微网格" not in shown
    _move(desk, "第一微网格", "北头岭", begin + timedelta(minutes=40))
    assert _plan(desk).adopted_at is None
    with desk.scope():
        done = AuditRow.objects.filter(action__in=("screening.plan", "screening.adopt_plan", "screening.move_slot"))
        assert done.count() == 3


def test_the_rounds_page_asks_who_waits_for_a_time_only_while_nobody_has_one(desk: Desk) -> None:
    """It is looked at by everybody, all day."""
    with CaptureQueriesContext(connection) as before:
        assert "29 人等着安排时间" in words(desk.get("梁会明", "round"))
    _propose(desk)
    with CaptureQueriesContext(connection) as after:
        assert "29 人，还没有采用" in words(desk.get("梁会明", "round"))
    assert len(after) <= len(before)


def test_only_who_opens_rounds_plans_them(desk: Desk) -> None:
    _propose(desk)
    assert "排时间" not in words(desk.get("范医生", "plan")).split("为什么")[1]
    assert desk.post("范医生", "plan_adopt").status_code == 404
    assert desk.get("王海斌", "plan").status_code == 404


def test_a_closed_round_is_not_planned(desk: Desk) -> None:
    _propose(desk)
    desk.settle_everyone()
    with desk.scope():
        actions.close_round(village_id=desk.cast.village.pk, round_id=desk.round.pk, by=None, at=clock.now())
    assert "本轮已关闭" in words(desk.post("梁会明", "plan_adopt", follow=True))
    assert _plan(desk).adopted_at is None


def test_a_round_without_a_station_or_a_beginning_after_its_end_is_refused(desk: Desk) -> None:
    assert "要在那之前开始" in _propose(desk, timezone.localtime(desk.round.due_at + timedelta(hours=1)))
    with desk.scope():
        Station.rows().filter(round=desk.round).update(kind="home")
    assert "没有固定采样点" in _propose(desk)


def test_the_call_sheets_name_who_comes_and_leave_out_who_is_visited(desk: Desk) -> None:
    _propose(desk)
    desk.post("梁会明", "plan_adopt")
    sheets = pages_of(desk.get("王海斌", "plan_call_up").content)
    text = "\n".join(sheets)
    assert len(sheets) == 2  # the two micro-grids of the grid
    assert "甲02" in text
    assert "甲01" not in text
    assert "丙01" not in text
    assert "138****" in text


def test_the_call_sheets_of_all_micro_grids_are_two_lists(desk: Desk) -> None:
    _propose(desk)
    with CaptureQueriesContext(connection) as asked:
        assert len(pages_of(desk.get("梁会明", "plan_call_up").content)) == 3
    lists = [each for each in asked.captured_queries if "FROM rolls_entry e JOIN registry_person" in each["sql"]]
    assert len(lists) == 2


def test_a_notice_says_where_and_when_and_names_nobody(desk: Desk) -> None:
    begin = _begin()
    _propose(desk, begin)
    notices = pages_of(desk.get("梁会明", "plan_notices").content)
    assert len(notices) == 3
    first = next(page for page in notices if "第一微网格" in page)
    assert f"{timezone.localtime(begin):%H:%M}" in "".join(notices)
    assert "今天" not in first
    assert "甲02" not in first
    assert "草稿" in first
