"""Placing who is in no micro-grid, moving, merging, retiring: people and rolls follow, history stays."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.integration.microgrids.map import put_on_the_map
from tests.integration.screening.sending import open_round
from wuyicun.domains.microgrids import actions, queries
from wuyicun.domains.registry import actions as registry
from wuyicun.domains.registry import search
from wuyicun.domains.registry.access import Leaf
from wuyicun.domains.registry.models import Household, Person, Place
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.territory import actions as territory
from wuyicun.domains.territory import queries as areas
from wuyicun.kernel import clock


def leaf(cast: Cast, name: str) -> Leaf:
    area = cast.areas[name]
    width = 3 if name == "未入网" else 2
    return Leaf(area.pk, area.area_path, area.name, area.area_path[:-width], "")


def homes_in(cast: Cast, name: str) -> list[Household]:
    return list(Household.rows().filter(area_path=cast.areas[name].area_path).order_by("order"))


def people_in(cast: Cast, name: str) -> int:
    return Person.rows().filter(area_path=cast.areas[name].area_path).count()


def test_people_move_with_their_household_and_open_rounds_follow(cast: Cast) -> None:
    round_ = open_round(cast)
    homes = homes_in(cast, "第一微网格")[:3]
    to = dict.fromkeys([home.pk for home in homes], leaf(cast, "第二微网格"))
    moved = actions.place_households(village_id=cast.village.pk, to=to, by=None, at=clock.now())
    assert len(moved) == 3
    assert (people_in(cast, "第一微网格"), people_in(cast, "第二微网格")) == (6, 14)
    counts = {each.area_path: each.counts.owed for each in rolls.leaf_counts(cast.village.pk, round_.roll_id)}
    assert counts[cast.areas["第一微网格"].area_path] == 6
    assert counts[cast.areas["第二微网格"].area_path] == 14
    assert rolls.drift(cast.village.pk, round_.roll_id) == []
    hit = search.find(cast.scope(), cast.village.pk, "甲01").hits[0]
    assert hit.subject_id == cast.people["甲01"].pk


def test_both_micro_grids_keep_a_move_in_their_history(cast: Cast) -> None:
    home = homes_in(cast, "第一微网格")[0]
    actions.place_households(
        village_id=cast.village.pk, to={home.pk: leaf(cast, "第二微网格")}, by=None, at=clock.now()
    )
    left = queries.history(cast.village.pk, cast.areas["第一微网格"].area_path)
    came = queries.history(cast.village.pk, cast.areas["第二微网格"].area_path)
    assert [(line.kind, line.other, line.households) for line in left] == [("went", "第二微网格", 1)]
    assert [(line.kind, line.other, line.households) for line in came] == [("came", "第一微网格", 1)]


def test_a_household_that_is_moved_on_its_own_page_stands_in_the_history_too(cast: Cast) -> None:
    home = homes_in(cast, "第一微网格")[0]
    registry.edit_household(
        household=home, values={}, leaf=leaf(cast, "第二微网格"), seen_at=home.updated_at, by=None, at=clock.now()
    )
    came = queries.history(cast.village.pk, cast.areas["第二微网格"].area_path)
    assert [(line.kind, line.other, line.households) for line in came] == [("came", "第一微网格", 1)]


def test_a_number_that_the_other_section_has_stops_the_whole_move(cast: Cast) -> None:
    taken = homes_in(cast, "北头岭微网格")[0]
    home = homes_in(cast, "第一微网格")[0]
    Household.rows().filter(pk=taken.pk).update(number=home.number)
    with pytest.raises(registry.NumberTaken):
        actions.place_households(
            village_id=cast.village.pk, to={home.pk: leaf(cast, "北头岭微网格")}, by=None, at=clock.now()
        )
    assert Household.rows().get(pk=home.pk).area_path == cast.areas["第一微网格"].area_path


def test_merging_takes_everybody_and_everything_along_and_ends_the_posts(cast: Cast) -> None:
    village, at = cast.village.pk, clock.now()
    area = cast.areas["第二微网格"]
    Person.rows().filter(pk=cast.people["乙01"].pk).update(household=None)
    for name, where in (("小卖部", area), ("小卖部", cast.areas["第一微网格"])):
        Place.rows().create(village_id=village, area=where, area_path=where.area_path, name=name, kind="shop")
    territory.appoint(
        village_id=village,
        area_path=area.area_path,
        role="micro_grid_leader",
        holder_name="杜梅",
        account_id=None,
        starts_at=at,
        by=None,
        at=at,
    )
    number = actions.merge(
        village_id=village, area_path=area.area_path, into=leaf(cast, "第一微网格"), by=None, at=clock.now()
    )
    assert number == 4
    assert (people_in(cast, "第一微网格"), people_in(cast, "第二微网格")) == (20, 0)
    assert set(Place.rows().values_list("name", "area_path")) == {
        ("小卖部", cast.areas["第一微网格"].area_path),
        ("小卖部 2", cast.areas["第一微网格"].area_path),
    }
    assert area.area_path not in {each.area_path for each in areas.areas(village)}
    assert "杜梅" not in {holder.name for holder in areas.holders(village, clock.now())}
    assert [line.kind for line in queries.history(village, area.area_path)] == ["merged"]


def test_a_micro_grid_where_somebody_lives_is_not_retired(cast: Cast) -> None:
    with pytest.raises(actions.StillInhabited):
        actions.retire(
            village_id=cast.village.pk,
            area_path=cast.areas["第二微网格"].area_path,
            name="第二微网格",
            by=None,
            at=clock.now(),
        )


def test_an_empty_micro_grid_is_retired_and_taken_back_by_the_secretary(cast: Cast) -> None:
    made = actions.found(
        village_id=cast.village.pk,
        section_path=cast.areas["西头岭"].area_path,
        name="第三微网格",
        by=None,
        at=clock.now(),
    )
    client = cast.client("梁会明")
    client.post(reverse("micro_grid_retire", args=[made.id]))
    assert made.area_path not in {each.area_path for each in areas.areas(cast.village.pk)}
    client.post(reverse("micro_grid_restore", args=[made.id]))
    assert made.area_path in {each.area_path for each in areas.areas(cast.village.pk)}


def test_a_retired_one_does_not_come_back_beside_its_namesake(cast: Cast) -> None:
    section = {"village_id": cast.village.pk, "section_path": cast.areas["西头岭"].area_path}
    first = actions.found(**section, name="第三微网格", by=None, at=clock.now())
    client = cast.client("梁会明")
    client.post(reverse("micro_grid_retire", args=[first.id]))
    second = actions.found(**section, name="第三微网格", by=None, at=clock.now())
    assert second.area_path != first.area_path
    answer = client.post(reverse("micro_grid_restore", args=[first.id]), follow=True)
    assert "已经有同名的第三微网格" in answer.content.decode()


def test_who_is_in_no_micro_grid_goes_where_the_nearest_neighbour_is(cast: Cast) -> None:
    put_on_the_map(cast)
    home = homes_in(cast, "北头岭微网格")[0]
    actions.place_households(village_id=cast.village.pk, to={home.pk: leaf(cast, "未入网")}, by=None, at=clock.now())
    client = cast.client("办公室")
    page = client.get(reverse("micro_grid", args=[cast.areas["未入网"].pk]))
    assert "离得最近" in page.content.decode()
    path = cast.areas["北头岭微网格"].area_path
    client.post(
        reverse("micro_grid_move", args=[cast.areas["未入网"].pk]), {"household": home.pk, f"suggested-{home.pk}": path}
    )
    assert Household.rows().get(pk=home.pk).area_path == path


def test_the_page_shows_who_lives_there_what_is_open_and_the_chat_group(cast: Cast) -> None:
    open_round(cast)
    area = cast.areas["第一微网格"]
    client = cast.client("梁会明")
    client.post(
        reverse("micro_grid_chat_group", args=[area.pk]), {"name": "一网格群", "link": "https://chat.example.com/1"}
    )
    page = client.get(reverse("micro_grid", args=[area.pk])).content.decode()
    for words in (
        "6 户，12 人",
        "第 1 轮核酸检测",
        "未采 12 人",
        "核对过 0 户，共 6 户",
        "王海斌",
        "一网格群",
        "https://chat.example.com/1",
    ):
        assert words in page


def test_a_grid_worker_moves_households_of_their_own_section_only(cast: Cast) -> None:
    home = homes_in(cast, "第一微网格")[0]
    address = reverse("micro_grid_move", args=[cast.areas["第一微网格"].pk])
    other = cast.areas["北头岭微网格"].area_path
    assert cast.client("王海斌").post(address, {"household": home.pk, "to": other}).status_code == 404
    assert cast.client("钟花").post(address, {"household": home.pk, "to": other}).status_code == 404
    own = cast.areas["第二微网格"].area_path
    assert cast.client("王海斌").post(address, {"household": home.pk, "to": own}).status_code == 302
    assert Household.rows().get(pk=home.pk).area_path == own
    assert cast.client("王海斌").get(reverse("rebalancing")).status_code == 404
    merging = reverse("micro_grid_merge", args=[cast.areas["第一微网格"].pk])
    assert cast.client("王海斌").post(merging, {"into": own}).status_code == 404


def test_the_heading_names_households_without_a_micro_grid_only_where_there_are_some(cast: Cast) -> None:
    client, unplaced = cast.client("梁会明"), cast.areas["未入网"]

    def heading() -> str:
        found = re.search(r'<p class="answer.*?</p>', client.get(reverse("micro_grids")).content.decode(), re.DOTALL)
        assert found is not None
        return found[0]

    alone = cast.people["甲01"]
    Person.rows().filter(pk=alone.pk).update(household=None, area=unplaced, area_path=unplaced.area_path)
    assert "1 人未入网" in heading()
    assert "户未入网" not in heading()
    home = cast.people["甲03"].household_id
    actions.place_households(village_id=cast.village.pk, to={home: leaf(cast, "未入网")}, by=None, at=clock.now())
    assert "3 人、1 户未入网" in heading()
