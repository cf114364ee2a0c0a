"""One period follows the other: by itself, also after the server was off, with what was missed in plain sight."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.integration.registry.rosters import Shelf, found, last_batch, person
from tests.integration.verification.round_of_checks import Checking
from wuyicun.domains.registry import access
from wuyicun.domains.registry import actions as registry
from wuyicun.domains.registry.importing.undo.undoing import undo
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import Counts, RollState, State
from wuyicun.domains.verification import actions, jobs, queries
from wuyicun.domains.verification.models import Period
from wuyicun.kernel import clock, scope
from wuyicun.kernel.roles import Permission


def test_the_job_opens_the_first_period_and_then_has_nothing_to_do(db: None) -> None:
    checking = Checking()
    jobs.keep_going.func(0)
    jobs.keep_going.func(0)
    with scope.enter(checking.cast.scope()):
        assert [each.number for each in queries.periods(checking.village.pk, 10)] == [1]
        assert checking.counts() == Counts(opening=15, owed=15)


def test_a_period_that_is_not_over_goes_on(checking: Checking) -> None:
    assert checking.keep_going(clock.now()) is None


def test_the_next_period_owes_everybody_again_and_the_old_one_says_who_was_missed(checking: Checking) -> None:
    old = checking.period()
    checking.send(checking.check())
    new = checking.keep_going(clock.now() + timedelta(days=40))
    assert new is not None
    assert (new.number, rolls.roll(checking.village.pk, old.roll_id).state) == (2, RollState.CLOSED)
    assert checking.counts(old) == Counts(opening=15, done=1, unreachable=14)
    assert checking.entry("甲03", old).reason == "missed"
    assert checking.counts(new) == Counts(opening=15, owed=15)
    assert rolls.drift(checking.village.pk, old.roll_id) == []


def test_after_a_long_time_off_only_one_period_is_opened_from_today(checking: Checking) -> None:
    later = clock.now() + timedelta(days=200)
    new = checking.keep_going(later)
    assert new is not None
    assert (new.number, (new.ends_on - new.starts_on).days) == (2, 29)
    assert checking.keep_going(later + timedelta(hours=1)) is None


def test_a_check_made_before_the_closing_still_settles_when_it_comes_late(checking: Checking) -> None:
    old = checking.period()
    late = checking.check(at=clock.now() - timedelta(days=1))
    Period.rows().filter(pk=old.pk).update(ends_on=old.starts_on)
    new = checking.keep_going(clock.now())
    assert new is not None
    checking.send(late)
    assert checking.entry(period=old).state is State.DONE
    assert checking.entry(period=new).state is State.OWED


def test_another_number_of_days_gives_the_period_another_end_today_at_the_earliest(checking: Checking) -> None:
    village, start = checking.village.pk, checking.period().starts_on
    actions.set_every_days(village_id=village, every_days=7, by=None, at=clock.now())
    assert (checking.period().ends_on - start).days == 6
    actions.set_every_days(village_id=village, every_days=1, by=None, at=clock.now())
    assert (checking.period().ends_on - start).days == 3
    due = rolls.roll(village, checking.period().roll_id).due_at
    assert due is not None
    assert due > clock.now()


def test_without_days_no_further_period_begins(checking: Checking) -> None:
    actions.set_every_days(village_id=checking.village.pk, every_days=0, by=None, at=clock.now())
    assert checking.keep_going(clock.now() + timedelta(days=40)) is None
    assert queries.current(checking.village.pk) is None
    with pytest.raises(actions.DaysOutOfRange):
        actions.set_every_days(village_id=checking.village.pk, every_days=366, by=None, at=clock.now())


def test_a_new_household_joins_and_one_that_moves_takes_its_entry_along(checking: Checking) -> None:
    cast, village = checking.cast, checking.village.pk
    leaf = access.leaf(cast.scope(), village, cast.areas["北头岭微网格"].area_path)
    house = access.household(cast.scope(), village, checking.house("甲01"), Permission.EDIT_PEOPLE)
    registry.edit_household(household=house, values={}, leaf=leaf, seen_at=None, by=None, at=clock.now())
    registry.add_household(
        village_id=village, leaf=leaf, number="900", address="", head_name="", by=None, at=clock.now()
    )
    counts = rolls.counts(village, checking.period().roll_id, leaf.area_path)
    assert (counts.opening, counts.owed) == (6, 7)
    assert checking.entry().area_id == leaf.id


def test_an_imported_household_joins_and_is_gone_with_the_undo_unless_it_was_checked(
    checking: Checking, tmp_path: Path
) -> None:
    shelf = Shelf(tmp_path)
    shelf.at = clock.now()
    shelf.take(person("新来甲", "801"), person("新来乙", "802"))
    assert checking.counts().owed == 17
    checked = found("新来乙").household_id
    checking.phone.who = ""
    checking.send(checking.phone.make("household.check", household=checked, result="confirmed"))
    undo(village=checking.village, batch=last_batch(), by=None, at=shelf.at + timedelta(minutes=1))
    assert checking.counts() == Counts(opening=15, owed=15, done=1, excused=1)
    assert rolls.drift(checking.village.pk, checking.period().roll_id) == []


@pytest.fixture
def by_fours(db: None, monkeypatch: pytest.MonkeyPatch) -> Checking:
    """Not begun yet; households are drawn four at a time."""
    monkeypatch.setattr(actions, "PORTION", 4)
    return Checking()


def step(checking: Checking, at: datetime | None = None) -> bool:
    village = checking.village
    return actions.step(village_id=village.pk, area_path=village.area_path, by=None, at=at or clock.now())


@pytest.fixture
def begun(by_fours: Checking) -> Iterator[Checking]:
    with scope.enter(by_fours.cast.scope()):
        by_fours.post("梁会明", "verification_begin")
        yield by_fours


def test_many_households_are_drawn_by_a_job_and_the_page_says_how_far_it_is(begun: Checking) -> None:
    assert not begun.period().is_drawn
    assert step(begun)
    assert begun.counts() == Counts(opening=4, owed=4)
    page = begun.get("梁会明", "verification").content.decode()
    assert "正在把各户列进来" in page
    assert "已列进 4 / 15 户" in page
    assert "已列进 4 / 15 户" in begun.get("梁会明", "verification_progress").content.decode()
    jobs.go_on.func(village_id=str(begun.village.pk), area_path=begun.village.area_path, by=None)
    assert begun.period().is_drawn
    assert begun.counts() == Counts(opening=15, owed=15)
    assert begun.get("梁会明", "verification_progress")["HX-Refresh"] == "true"
    assert not step(begun)


def test_what_is_done_while_households_are_drawn_counts(begun: Checking) -> None:
    step(begun)
    name, last = "乙07", begun.house("乙07")
    begun.send(begun.check(name))
    leaf = access.leaf(begun.cast.scope(), begun.village.pk, begun.cast.areas["北头岭微网格"].area_path)
    house = access.household(begun.cast.scope(), begun.village.pk, last, Permission.EDIT_PEOPLE)
    registry.edit_household(household=house, values={}, leaf=leaf, seen_at=None, by=None, at=clock.now())
    while step(begun):
        pass
    assert begun.counts() == Counts(opening=15, owed=14, done=1)
    assert begun.entry(name).area_id == leaf.id
    assert rolls.drift(begun.village.pk, begun.period().roll_id) == []


def test_a_period_that_is_over_closes_four_by_four_and_loses_nobody(begun: Checking) -> None:
    while step(begun):
        pass
    begun.send(begun.check())
    old, later = begun.period(), clock.now() + timedelta(days=40)
    step(begun, later)
    assert begun.counts(old) == Counts(opening=15, owed=10, done=1, unreachable=4)
    assert queries.current(begun.village.pk) == old
    while step(begun, later):
        pass
    assert begun.counts(old) == Counts(opening=15, done=1, unreachable=14)
    assert begun.period().number == 2
    assert begun.counts() == Counts(opening=15, owed=15)
