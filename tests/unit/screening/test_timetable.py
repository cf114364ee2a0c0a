"""What a timetable breaks, and what its stations bring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from wuyicun.domains.profiles.rules import KitItem, Parameters
from wuyicun.domains.screening.timetable import Broken, Called, Load, broken, kit, minutes_needed

BEGIN = datetime(2022, 11, 20, 8, tzinfo=UTC)
ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
SQUARE, WELL = UUID(int=11), UUID(int=12)
NUMBERS = Parameters(
    pool_size=10,
    pool_size_single=1,
    round_within_hours=24,
    tube_leaves_within_minutes=60,
    result_within_hours=8,
    hold_hours=24,
    people_per_station=2000,
    people_per_sampler=360,
    proof_valid_hours=48,
    vaccination_defers_hours=48,
    people_per_outing=20,
    minutes_per_home_visit=3,
    people_per_window_hour=100,
    staff_per_window=2,
    staff_per_station=2,
    spare_percent=10,
    kit=[
        KitItem("swab", "person", 1),
        KitItem("tube", "tube", 1),
        KitItem("mask", "staff", 2),
        KitItem("box", "station", 1),
    ],
    schemes=[],
    setup=[],
)


def called(area: UUID, start: int, end: int, *, station: UUID = SQUARE, people: int = 100) -> Called:
    """A slot, in minutes since the beginning."""
    return Called(area, station, people, BEGIN + timedelta(minutes=start), BEGIN + timedelta(minutes=end))


def codes(*slots: Called, windows: int = 1, expected: dict[UUID, int] | None = None, ends: int = 600) -> list[str]:
    found = broken(
        slots,
        {SQUARE: windows, WELL: 1},
        {slot.area_id: slot.people for slot in slots} if expected is None else expected,
        begins_at=BEGIN,
        ends_by=BEGIN + timedelta(minutes=ends),
        numbers=NUMBERS,
    )
    return [each.code for each in found]


def test_a_timetable_in_which_all_fits_breaks_nothing() -> None:
    assert codes(called(ONE, 0, 60), called(TWO, 60, 120), called(THREE, 0, 60, station=WELL), ends=120) == []


def test_two_at_one_station_at_once_is_broken_and_two_at_two_stations_is_not() -> None:
    assert codes(called(ONE, 0, 60), called(TWO, 59, 119)) == ["overlap"]
    assert codes(called(ONE, 0, 60), called(TWO, 59, 119, station=WELL)) == []


@pytest.mark.parametrize(
    ("slot", "code"),
    [
        (called(ONE, 0, 59), "too_short"),
        (called(ONE, -1, 60), "before_begin"),
        (called(ONE, 541, 601), "too_late"),
        (called(ONE, 0, 300, people=361), "samplers"),
    ],
)
def test_a_slot_that_does_not_fit_is_said(slot: Called, code: str) -> None:
    assert codes(slot) == [code]


def test_more_windows_make_a_slot_shorter() -> None:
    assert codes(called(ONE, 0, 20), windows=3) == []
    assert [minutes_needed(100, windows, NUMBERS) for windows in (1, 2, 3)] == [60, 30, 20]
    assert minutes_needed(0, 1, NUMBERS) == 1


def test_who_has_no_slot_and_who_became_more_are_said() -> None:
    assert codes(called(ONE, 0, 60), expected={ONE: 101, TWO: 5, THREE: 0}) == ["more_people", "not_called"]
    assert codes(called(ONE, 0, 60), expected={}) == []  # all of them were sampled meanwhile


def test_a_station_takes_so_many_at_most() -> None:
    assert "crowded" in codes(called(ONE, 0, 600, people=2001), windows=9)
    assert "crowded" not in codes(called(ONE, 0, 600, people=2000), windows=9)


def test_what_is_broken_carries_what_it_takes() -> None:
    (found,) = broken(
        [called(ONE, 0, 30)], {SQUARE: 1}, {}, begins_at=BEGIN, ends_by=BEGIN + timedelta(hours=9), numbers=NUMBERS
    )
    assert found == Broken("too_short", ONE, station_id=SQUARE, number=30, needed=60)


def test_tubes_hold_people_of_one_micro_grid_and_a_tenth_is_spare() -> None:
    brought = kit(Load(2, [11, 8]), 10, NUMBERS)
    assert (brought.staff, brought.tubes) == (6, 3)
    assert brought.items == {"swab": 21, "tube": 4, "mask": 12, "box": 1}
