"""上门采样: who is on the list, the walks of the teams, what happens at a door, going again, on paper."""

from __future__ import annotations

import pytest

from tests.integration.screening.desk import Desk
from tests.integration.screening.marking import mark
from tests.pages import words
from tests.unit.documents.samples import pages_of
from wuyicun.domains.microgrids.models import MapPoint, VillageMap
from wuyicun.domains.screening import actions, queries, visits
from wuyicun.domains.screening.queries import Walk
from wuyicun.kernel import clock
from wuyicun.kernel.audit.models import AuditRow

OLD = ("甲01", "甲02", "甲05", "乙03", "丙07")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A round that runs, and five who are to be sampled at home."""
    with desk.scope():
        mark(desk.cast, *OLD)
    return desk


def _plan(desk: Desk, teams: int = 1, **more: object) -> str:
    start = str(desk.phone.station.pk)
    return words(desk.post("梁会明", "visits_plan", teams=str(teams), start=start, follow=True, **more))


def _walks(desk: Desk) -> list[Walk]:
    with desk.scope():
        return list(queries.outings(desk.cast.village.pk, desk.round.pk))


def _names(desk: Desk, walk: Walk) -> list[list[str]]:
    names = {person.pk: name for name, person in desk.cast.people.items()}
    return [[names[person] for person in stop.people] for stop in walk.stops]


def _place(desk: Desk, **points: tuple[float, float]) -> None:
    """Put the households of these people on a map on which a unit is two metres."""
    at = clock.now()
    with desk.scope():
        VillageMap.rows().create(village_id=desk.cast.village.pk, metres=2.0, updated_at=at)
        for name, (x, y) in points.items():
            MapPoint.rows().create(
                village_id=desk.cast.village.pk,
                kind="H",
                subject_id=desk.cast.people[name].household_id,
                x=x,
                y=y,
                source="click",
                set_at=at,
            )


def test_the_list_holds_who_is_marked_and_who_could_not_be_reached(desk: Desk) -> None:
    desk.send("outcome", person=desk.person("丙01"), outcome="unreachable", reason="nobody_home")
    page = words(desk.get("梁会明", "visits"))
    assert "还有 6 人要上门" in page
    assert all(name in page for name in (*OLD, "丙01"))
    assert "甲03" not in page


def test_without_a_map_the_doors_stand_in_the_order_of_their_numbers(desk: Desk) -> None:
    page = _plan(desk)
    (walk,) = _walks(desk)
    assert _names(desk, walk) == [["甲01", "甲02"], ["甲05"], ["乙03"], ["丙07"]]
    assert walk.metres is None
    assert "5 人，4 户" in page
    assert "米" not in page.split("第 1 队")[1].split("甲01")[0]


def test_with_a_map_the_walk_follows_it_and_says_how_far_it_is(desk: Desk) -> None:
    _place(desk, 甲01=(100, 100), 甲05=(400, 100), 乙03=(200, 100), 丙07=(300, 100))
    page = _plan(desk)
    (walk,) = _walks(desk)
    assert walk.metres == 1200  # there and back along a lane of 300 units
    assert "走 1200 米" in page
    assert sum(stop.metres or 0 for stop in walk.stops) <= 1200


def test_teams_go_only_where_each_has_enough_people(desk: Desk) -> None:
    with desk.scope():
        mark(desk.cast, *(name for name in desk.cast.people if name not in OLD))
    assert "第 2 队" not in _plan(desk, teams=2)  # thirty people are no two outings of twenty
    assert [len(walk.people) for walk in _walks(desk)] == [30]


def test_more_people_than_can_be_put_in_order_are_counted_whole_and_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "MOST_PEOPLE", 3)
    assert "要上门的有 5 人，一次最多排 3 人" in _plan(desk)
    assert _walks(desk) == []
    assert "还有 5 人要上门" in words(desk.get("梁会明", "visits"))


def test_a_team_is_called_as_it_was_written(desk: Desk) -> None:
    assert "第 1 队 范医生、王海斌" in _plan(desk, names="范医生、王海斌\n")


def test_who_was_not_met_is_visited_again_and_whoever_was_sampled_is_not(desk: Desk) -> None:
    _plan(desk)
    _plan(desk)  # nobody has left yet: the same walk, planned anew
    assert [walk.attempt for walk in _walks(desk)] == [1]
    desk.fill("H-1", ["甲01", "甲02"])
    desk.send("outcome", person=desk.person("甲05"), outcome="unreachable", reason="nobody_home")
    desk.send("outcome", person=desk.person("乙03"), outcome="refused", reason="refused_ill")
    page = words(desk.get("梁会明", "visits"))
    assert "再去一趟：2 人还没采到" in page
    _plan(desk)
    second, first = _walks(desk)
    assert (second.attempt, first.attempt) == (2, 1)
    assert _names(desk, second) == [["甲05"], ["丙07"]]


def test_everybody_sampled_is_said_on_top(desk: Desk) -> None:
    desk.fill("H-1", OLD)
    page = words(desk.get("梁会明", "visits"))
    assert "要上门的 5 人都有着落" in page
    assert "没有要上门采样的人了" in _plan(desk)


def test_a_round_gets_a_station_for_samples_at_home(desk: Desk) -> None:
    _plan(desk)
    _plan(desk)
    with desk.scope():
        kinds = [each.kind for each in queries.stations(desk.cast.village.pk, desk.round.pk)]
    assert kinds.count("home") == 1


def test_a_grid_worker_sees_the_doors_of_their_grid_and_plans_nothing(desk: Desk) -> None:
    _plan(desk)
    page = words(desk.get("王海斌", "visits"))
    assert "甲05" in page
    assert "丙07" not in page
    assert "排路线" not in page
    assert desk.post("王海斌", "visits_plan", teams="1").status_code == 404


def test_the_printed_sheet_follows_the_walk_with_masked_phones(desk: Desk) -> None:
    _plan(desk, names="范医生")
    desk.fill("H-1", ["甲05"])
    response = desk.get("梁会明", "visit_route")
    assert response["Content-Type"] == "application/pdf"
    (page,) = pages_of(response.content)
    assert page.index("甲01") < page.index("乙03") < page.index("丙07")
    assert "甲05" not in page  # sampled meanwhile
    assert "138****0000" in page
    with desk.scope():
        row = AuditRow.objects.get(action="screening.print_visits")
    assert row.data["outings"] == 1


def test_a_closed_round_plans_no_walks(desk: Desk) -> None:
    desk.send("outcome", person=desk.person("甲05"), outcome="unreachable", reason="nobody_home")
    desk.settle_everyone()
    with desk.scope():
        actions.close_round(village_id=desk.cast.village.pk, round_id=desk.round.pk, by=None, at=clock.now())
    assert "本轮已关闭" in _plan(desk)
    assert _walks(desk) == []
    assert "1 人还没采到" not in words(desk.get("梁会明", "visits"))


def test_doors_that_the_map_does_not_know_follow_their_numbers_and_no_way_is_told(desk: Desk) -> None:
    _place(desk, 甲01=(100, 100))
    _plan(desk)
    (walk,) = _walks(desk)
    order = [people[0] for people in _names(desk, walk)]
    assert order in (["甲01", "甲05", "乙03", "丙07"], ["丙07", "乙03", "甲05", "甲01"])
    assert walk.metres is None
