"""What a timetable breaks, and what its stations bring. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from math import ceil
from uuid import UUID

from wuyicun.domains.profiles.rules import Parameters


@dataclass(frozen=True)
class Called:
    """A slot: which micro-grid is called where and when."""

    area_id: UUID
    station_id: UUID
    people: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Broken:
    """Something that a timetable breaks.

    Attributes:
        code: 'overlap', 'too_short', 'too_late', 'before_begin', 'not_called', 'more_people', 'samplers' or 'crowded'.
        area_id, other_id: the micro-grids it is about.
        station_id: the station.
        number, needed: what is planned and what it takes (minutes, people).
        time: until when it should have been, or from when.
    """

    code: str
    area_id: UUID | None = None
    other_id: UUID | None = None
    station_id: UUID | None = None
    number: int = 0
    needed: int = 0
    time: datetime | None = None


def minutes_needed(people: int, windows: int, numbers: Parameters) -> int:
    """How long a station needs for so many."""
    return max(1, ceil(people * 60 / (numbers.people_per_window_hour * windows)))


def broken(
    slots: Sequence[Called],
    windows: Mapping[UUID, int],
    expected: Mapping[UUID, int],
    *,
    begins_at: datetime,
    ends_by: datetime,
    numbers: Parameters,
) -> Sequence[Broken]:
    """All that a timetable breaks; none when everybody is called once, long enough, alone and in time.

    Args:
        windows: of each station.
        expected: people who are to come, by micro-grid, as the round stands now.
        ends_by: when everybody is to be through.
    """
    return [
        *_at_once(slots),
        *_too_short(slots, windows, numbers),
        *_out_of_time(slots, begins_at, ends_by),
        *_left_out(slots, expected),
        *_too_many(slots, windows, numbers),
    ]


def _by_station(slots: Sequence[Called]) -> Iterator[tuple[UUID, list[Called]]]:
    ordered = sorted(slots, key=lambda slot: (str(slot.station_id), slot.starts_at))
    for station, inside in groupby(ordered, key=lambda slot: slot.station_id):
        yield station, list(inside)


def _at_once(slots: Sequence[Called]) -> Iterator[Broken]:
    for station, inside in _by_station(slots):
        for first, second in pairwise(inside):
            if first.ends_at > second.starts_at:
                yield Broken("overlap", first.area_id, second.area_id, station, time=second.starts_at)


def _too_short(slots: Sequence[Called], windows: Mapping[UUID, int], numbers: Parameters) -> Iterator[Broken]:
    for slot in slots:
        needed = minutes_needed(slot.people, windows[slot.station_id], numbers)
        planned = (slot.ends_at - slot.starts_at) // timedelta(minutes=1)
        if planned < needed:
            yield Broken("too_short", slot.area_id, station_id=slot.station_id, number=planned, needed=needed)


def _out_of_time(slots: Sequence[Called], begins_at: datetime, ends_by: datetime) -> Iterator[Broken]:
    for slot in slots:
        if slot.starts_at < begins_at:
            yield Broken("before_begin", slot.area_id, station_id=slot.station_id, time=begins_at)
        if slot.ends_at > ends_by:
            yield Broken("too_late", slot.area_id, station_id=slot.station_id, time=ends_by)


def _left_out(slots: Sequence[Called], expected: Mapping[UUID, int]) -> Iterator[Broken]:
    planned = {slot.area_id: slot.people for slot in slots}
    for area, people in expected.items():
        if people and area not in planned:
            yield Broken("not_called", area, needed=people)
        elif people > planned.get(area, 0):
            yield Broken("more_people", area, number=planned[area], needed=people)


def _too_many(slots: Sequence[Called], windows: Mapping[UUID, int], numbers: Parameters) -> Iterator[Broken]:
    for station, inside in _by_station(slots):
        people = sum(slot.people for slot in inside)
        if people > windows[station] * numbers.people_per_sampler:
            needed = ceil(people / numbers.people_per_sampler)
            yield Broken("samplers", station_id=station, number=windows[station], needed=needed)
        if people > numbers.people_per_station:
            yield Broken("crowded", station_id=station, number=people, needed=numbers.people_per_station)


@dataclass(frozen=True)
class Load:
    """What a station is for: its windows, and how many of each micro-grid it samples."""

    windows: int
    people: Sequence[int]


@dataclass(frozen=True)
class Kit:
    """What a station brings.

    Attributes:
        staff: who works there.
        tubes: without the spare ones; a tube holds people of one micro-grid.
        items: code and number, spare ones included.
    """

    staff: int
    tubes: int
    items: Mapping[str, int]


def kit(load: Load, pool: int, numbers: Parameters) -> Kit:
    """What a station brings, by the profile. pool: swabs in a tube."""
    staff = load.windows * numbers.staff_per_window + numbers.staff_per_station
    tubes = sum(ceil(people / pool) for people in load.people)
    spare = 1 + numbers.spare_percent / 100
    by = {
        "person": sum(load.people) * spare,
        "tube": tubes * spare,
        "window": load.windows,
        "staff": staff,
        "station": 1,
    }
    return Kit(staff, tubes, {item.code: ceil(round(by[item.per] * item.amount, 6)) for item in numbers.kit})
