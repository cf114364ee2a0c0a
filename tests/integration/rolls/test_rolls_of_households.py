"""Rolls whose subjects are households: drawn, counted, and following the registry."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

import pytest

from tests.cast import Cast, make_cast
from wuyicun.config import reactions
from wuyicun.domains.registry import access
from wuyicun.domains.registry import actions as registry
from wuyicun.domains.registry import queries as registry_queries
from wuyicun.domains.registry.events import HouseholdsChanged
from wuyicun.domains.rolls import actions as rolls
from wuyicun.domains.rolls import queries
from wuyicun.domains.rolls.actions import Subject
from wuyicun.domains.rolls.following import follow
from wuyicun.domains.rolls.queries import RollRow
from wuyicun.domains.rolls.rules import Counts, RollState, State, SubjectKind
from wuyicun.kernel import clock, scope
from wuyicun.kernel.roles import Permission


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    cast = make_cast()
    with scope.enter(cast.scope()):
        yield cast


def draw(cast: Cast, path: str, households: Collection[UUID] | None = None) -> Sequence[Subject]:
    return [
        Subject(each.id, each.area_id, each.area_path)
        for each in registry_queries.households_to_draw(cast.village.pk, path, households)
    ]


def opened(cast: Cast, area: str = "village", kind: str = "test.thing") -> RollRow:
    path = cast.areas[area].area_path
    return rolls.open_roll(
        village_id=cast.village.pk,
        kind=kind,
        subject_kind=SubjectKind.HOUSEHOLD,
        area_path=path,
        subjects=draw(cast, path),
        due_at=None,
        at=clock.now(),
    )


def test_a_roll_owes_each_household_of_its_area(cast: Cast) -> None:
    whole, section = opened(cast), opened(cast, "西头岭")
    found = queries.counts_of(cast.village.pk, [whole.pk, section.pk])
    assert found == {whole.pk: Counts(opening=15, owed=15), section.pk: Counts(opening=10, owed=10)}


def test_counts_of_several_rolls_keep_to_an_area_and_are_zero_where_nobody_stands(cast: Cast) -> None:
    whole, section = opened(cast), opened(cast, "西头岭")
    path = cast.areas["北头岭"].area_path
    found = queries.counts_of(cast.village.pk, [whole.pk, section.pk], path)
    assert found == {whole.pk: Counts(opening=5, owed=5), section.pk: Counts()}


def test_a_room_finds_its_own_rolls_latest_first(cast: Cast) -> None:
    first, second = opened(cast), opened(cast)
    opened(cast, kind="test.other")
    rolls.cancel(roll=first, at=clock.now())
    assert [each.pk for each in queries.rolls(cast.village.pk, ["test.thing"])] == [second.pk, first.pk]
    assert [each.pk for each in queries.rolls(cast.village.pk, ["test.thing"], states=[RollState.OPEN])] == [second.pk]


def test_a_household_that_leaves_the_area_is_excused_and_a_new_one_joins(cast: Cast) -> None:
    section = opened(cast, "西头岭")
    path = cast.areas["西头岭"].area_path
    moving, village = cast.people["甲01"].household_id, cast.village.pk
    micro = access.leaf(cast.scope(), village, cast.areas["北头岭微网格"].area_path)
    house = access.household(cast.scope(), village, moving, Permission.EDIT_PEOPLE)
    registry.edit_household(household=house, values={}, leaf=micro, seen_at=None, by=None, at=clock.now())
    made = registry.add_household(
        village_id=village,
        leaf=access.leaf(cast.scope(), village, cast.areas["第二微网格"].area_path),
        number="901",
        address="",
        head_name="",
        by=None,
        at=clock.now(),
    )
    asked = (moving, made.pk)
    drawn = draw(cast, path, asked)
    follow(village_id=village, roll_id=section.pk, asked=asked, drawn=drawn, at=clock.now())
    (left,) = queries.entries_of(village, section.pk, [moving])
    assert (left.state, left.reason) == (State.EXCUSED, "left")
    assert queries.counts(village, section.pk) == Counts(opening=10, owed=10, excused=1)
    assert queries.drift(village, section.pk) == []


def test_who_makes_or_moves_a_household_tells_of_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[HouseholdsChanged] = []
    monkeypatch.setitem(reactions.REACTIONS, HouseholdsChanged, (told.append,))  # type: ignore[arg-type]
    village = cast.village.pk
    leaf = access.leaf(cast.scope(), village, cast.areas["第二微网格"].area_path)
    made = registry.add_household(
        village_id=village, leaf=leaf, number="902", address="", head_name="", by=None, at=clock.now()
    )
    other = access.leaf(cast.scope(), village, cast.areas["第一微网格"].area_path)
    registry.edit_household(household=made, values={}, leaf=other, seen_at=made.updated_at, by=None, at=clock.now())
    assert [each.households for each in told] == [(made.pk,), (made.pk,)]


def test_only_people_of_rolls_of_people_are_in_use(cast: Cast) -> None:
    opened(cast)
    household = cast.people["甲01"].household_id
    assert queries.has_entries(cast.village.pk, [household]) == set()
    assert queries.has_entries(cast.village.pk, [household], SubjectKind.HOUSEHOLD) == {household}


def test_a_roll_of_households_that_still_owes_says_so_in_households(cast: Cast) -> None:
    with pytest.raises(rolls.StillOwed, match="还有 15 户未落实"):
        rolls.close(roll=opened(cast), at=clock.now())
