"""What a profile of a pathogen says; figures and sources in docs/profiles.md."""

from __future__ import annotations

from typing import Literal

import msgspec


class KitItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that stations bring along.

    Attributes:
        code: see `words.KIT`.
        per: what it is counted by; people and tubes get `spare_percent` on top.
        amount: for each of them.
    """

    code: str
    per: Literal["person", "tube", "window", "staff", "station"]
    amount: int


class Scheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How rounds follow each other.

    Attributes:
        code: see `words.SCHEMES`.
        every_days: from the day of one to that of the next.
        clean_rounds: in a row without a positive, after which there is a gap; 0 when it goes on until somebody ends it.
        gap_days: days without a round; then one more, and if that is clean too it is over.
    """

    code: str
    every_days: int
    clean_rounds: int
    gap_days: int

    def __post_init__(self) -> None:
        if self.every_days < 1 or self.clean_rounds < 0 or self.gap_days < 0:
            raise ValueError(self.code)


class Parameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The numbers that the built rooms use; rooms to come add theirs.

    Attributes:
        pool_size: swabs in a tube outside of special zones.
        pool_size_single: swabs in a tube of isolated people, key posts and re-tests.
        round_within_hours: a round must end within.
        tube_leaves_within_minutes: a tube must leave within, from its closing or one such span after its first swab.
        result_within_hours: a result is due within, from sampling.
        hold_hours: how long a positive pool holds its members at most.
        people_per_station: for planning.
        people_per_sampler: for planning.
        proof_valid_hours: a negative proof counts at an entry for.
        vaccination_defers_hours: sampling is put off after a vaccination.
        people_per_outing: a team that samples at home visits at least, where there are as many.
        minutes_per_home_visit: at the door, for one person.
        people_per_window_hour: sampled at one window in an hour, for planning.
        staff_per_window: who works at a window, the sampler included.
        staff_per_station: who works at a station besides its windows.
        spare_percent: of tubes and what is used up by people, on top of what is reckoned.
        kit: what stations bring along.
        schemes: how rounds may follow each other, by choice.
        setup: what must be seen to before a station opens; codes, see `words.SETUP`.
    """

    pool_size: int
    pool_size_single: int
    round_within_hours: int
    tube_leaves_within_minutes: int
    result_within_hours: int
    hold_hours: int
    people_per_station: int
    people_per_sampler: int
    proof_valid_hours: int
    vaccination_defers_hours: int
    people_per_outing: int
    minutes_per_home_visit: int
    people_per_window_hour: int
    staff_per_window: int
    staff_per_station: int
    spare_percent: int
    kit: list[KitItem]
    schemes: list[Scheme]
    setup: list[str]

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            if name not in ("kit", "schemes", "setup") and getattr(self, name) < 1:
                raise ValueError(name)
