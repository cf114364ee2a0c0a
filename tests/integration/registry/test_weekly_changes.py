"""The weekly change sheet says who came, was born, left, died or moved, of any week, to who may know."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.cast import Cast
from tests.integration.registry.people import house_of, leaf
from tests.integration.registry.rosters import Shelf, inside, number, person, village
from tests.integration.registry.test_reports import book, lines, page
from wuyicun.domains.registry import actions
from wuyicun.domains.registry.models import LedgerTaken, Person
from wuyicun.domains.registry.reports.changes import Sheet, Week, sheet
from wuyicun.domains.registry.reports.moves import Change
from wuyicun.domains.registry.rules import Group
from wuyicun.domains.territory.models import Area
from wuyicun.kernel.scope import of_system

AT = datetime(2022, 11, 23, 2, 0, tzinfo=UTC)
"""A Wednesday morning in the village."""


def one_week(cast: Cast) -> None:
    """What happened in it: four people in and out, one and a household moved, one away."""
    for name, born in (("新媳妇", date(1996, 5, 1)), ("小宝", date(2022, 11, 20))):
        newcomer = actions.Newcomer(actions.PersonFields(name=name, birth_date=born), groups=(Group.ALONE,))
        actions.add_person(
            village_id=cast.village.pk,
            home=house_of(cast, "甲01"),
            newcomer=newcomer,
            by=cast.accounts["王海斌"].pk,
            at=AT,
        )
    for name, reason in (("甲02", "moved"), ("乙02", "died"), ("乙04", "mistaken")):
        actions.mark_left(person=cast.people[name], reason=reason, by=None, at=AT)
    actions.place_person(person=cast.people["乙06"], home=house_of(cast, "丙01"), by=None, at=AT)
    moving = {house_of(cast, "甲03").pk: leaf(cast, "第二微网格")}
    actions.move_households(village_id=cast.village.pk, to=moving, by=None, at=AT)
    stay = actions.Stay("city", "阳泉")
    actions.set_whereabouts(people=[cast.people["丙02"]], stay=stay, by=None, at=AT)


def changed(cast: Cast, by: str, week: str = "2022-11-25", **asked: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines(book(cast, by, "report_changes_export", week=week, **asked).worksheets[0]):
        found.setdefault(line["变动"], []).append(line["姓名"])
    return found


def test_the_sheet_of_a_week_names_everyone_who_changed(cast: Cast) -> None:
    one_week(cast)
    assert changed(cast, "梁会明") == {
        "迁入": ["新媳妇"],
        "出生": ["小宝"],
        "迁出": ["甲02"],
        "去世": ["乙02"],
        "村内移动": ["乙06", "西头岭 2 号"],
        "外出": ["丙02"],
        "登记更正": ["乙04"],
    }
    text = page(cast, "梁会明", "report_changes", week="2022-11-21")
    assert "迁入 1，出生 1，迁出 1，去世 1，村内移动 3，外出 1，登记更正 1" in text, "a household moves with its people"
    assert "第一微网格 → 第二微网格" in text
    assert "西头岭 9 号 → 北头岭 11 号" in text
    assert "王海斌" in text, "who put it down"
    assert LedgerTaken.rows().get().title == "西头岭村人口变动周报20221121"


def test_other_weeks_know_nothing_of_it(cast: Cast) -> None:
    one_week(cast)
    assert changed(cast, "梁会明", "2022-11-20") == {}
    assert changed(cast, "梁会明", "2022-11-28") == {}
    assert "这一周没有变动" in page(cast, "梁会明", "report_changes", week="2022-11-28")


def test_a_week_begins_at_midnight_on_monday_in_the_village(cast: Cast) -> None:
    sunday = datetime(2022, 11, 20, 15, 59, tzinfo=UTC)
    actions.mark_left(person=cast.people["甲02"], reason="moved", by=None, at=sunday)
    actions.mark_left(person=cast.people["甲04"], reason="moved", by=None, at=sunday + timedelta(minutes=1))
    assert changed(cast, "梁会明", "2022-11-20") == {"迁出": ["甲02"]}
    assert changed(cast, "梁会明", "2022-11-21") == {"迁出": ["甲04"]}


def test_a_grid_worker_learns_of_their_own_people_and_where_those_went_who_moved_on(cast: Cast) -> None:
    one_week(cast)
    assert changed(cast, "钟花") == {"村内移动": ["乙06"], "外出": ["丙02"]}
    own = changed(cast, "王海斌")
    assert "外出" not in own
    assert own["村内移动"] == ["乙06", "西头岭 2 号"]
    moved = page(cast, "王海斌", "report_changes", week="2022-11-21")
    assert f"/people/{cast.people['乙06'].pk}/" not in moved, "the page of who is now another's is not offered"
    only = changed(cast, "梁会明", area=cast.areas["北头岭"].area_path)
    assert only == {"村内移动": ["乙06"], "外出": ["丙02"]}


def test_who_left_by_mistake_and_was_put_back_has_not_changed(cast: Cast) -> None:
    actions.mark_left(person=cast.people["甲02"], reason="moved", by=None, at=AT)
    actions.mark_returned(person=Person.rows().get(pk=cast.people["甲02"].pk), by=None, at=AT + timedelta(hours=1))
    assert changed(cast, "梁会明") == {}


def imported_in(week: Week) -> Sheet:
    with inside():
        return sheet(of_system([village().pk]), village().pk, week)


def test_the_first_roster_begins_the_list_and_later_ones_tell_of_changes(shelf: Shelf) -> None:
    week = Week(datetime(2022, 11, 20, 16, tzinfo=UTC), datetime(2022, 11, 27, 16, tzinfo=UTC))
    moving = {"身份证号码": number("19500908")}
    shelf.take(person("张一"), person("张二", "2", **moving))
    first = imported_in(week)
    assert (list(first.lines), first.first_entered) == ([], 2)
    assert imported_in(replace(week, area_path="140321201205999")).first_entered == 0
    shelf.take(person("张一"), person("张二", "1", **moving), person("张三"))
    second = imported_in(week)
    assert [(line.outcome.change, line.name) for line in second.lines] == [(Change.IN, "张三"), (Change.MOVED, "张二")]
    assert (second.lines[1].outcome.start, second.lines[1].outcome.end) == (
        "北头岭 2 号",
        "北头岭 1 号",
    )
    later = Week(week.until, week.until + timedelta(days=7))
    assert (list(imported_in(later).lines), imported_in(later).first_entered) == ([], 0)


def test_a_household_that_a_roster_puts_into_another_micro_grid_has_moved_with_its_people(shelf: Shelf) -> None:
    week = Week(datetime(2022, 11, 20, 16, tzinfo=UTC), datetime(2022, 11, 27, 16, tzinfo=UTC))
    there = {"微网格": "后沟微网格"}
    shelf.take(person("张一"), person("张二", "2"), person("李一", "3", **there))
    shelf.take(person("张一", **there), person("张二", "2"), person("李一", "3", **there))
    (line,) = imported_in(week).lines
    assert (line.kind, line.name, line.people, line.outcome.change) == ("H", "北头岭 1 号", 1, Change.MOVED)
    assert (line.outcome.start, line.outcome.end) == ("北头岭微网格", "后沟微网格")
    shelf.take(person("张一"), person("张二", "2"), person("李一", "3", **there))
    assert list(imported_in(week).lines) == [], "back again within the week"


def test_who_leads_the_micro_grid_that_somebody_left_by_a_roster_learns_of_it(shelf: Shelf) -> None:
    week = Week(datetime(2022, 11, 20, 16, tzinfo=UTC), datetime(2022, 11, 27, 16, tzinfo=UTC))
    moving, there = {"身份证号码": number("19500908")}, {"微网格": "后沟微网格"}
    shelf.take(person("张一"), person("张二", **moving), person("李一", "3", **there))
    shelf.take(person("张一"), person("李一", "3", **there), person("张二", "3", **moving, **there))
    with inside():
        before = Area.rows().get(name="北头岭微网格")
        found = sheet(of_system([village().pk]), village().pk, replace(week, area_path=before.area_path))
    assert [(line.name, line.outcome.start, line.outcome.end) for line in found.lines] == [
        ("张二", "北头岭 1 号", "北头岭 3 号")
    ]


def test_a_first_birthday_is_that_of_the_village_s_calendar(cast: Cast) -> None:
    newcomer = actions.Newcomer(actions.PersonFields(name="周岁", birth_date=date(2021, 11, 24)), groups=())
    after_midnight = datetime(2022, 11, 23, 16, 30, tzinfo=UTC)
    actions.add_person(
        village_id=cast.village.pk, home=house_of(cast, "甲01"), newcomer=newcomer, by=None, at=after_midnight
    )
    assert changed(cast, "梁会明") == {"迁入": ["周岁"]}
