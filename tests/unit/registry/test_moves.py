"""What a week's happenings come to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from wuyicun.domains.registry.reports.moves import Change, Happening, What, outcomes

MONDAY = datetime(2022, 11, 21, 9, 0, tzinfo=UTC)


def happened(*what: What | Happening) -> list[Happening]:
    """One each day, in this order."""
    return [
        each if isinstance(each, Happening) else Happening(each, MONDAY + timedelta(days=day), "x")
        for day, each in enumerate(what)
    ]


def left(reason: str) -> Happening:
    return Happening(What.LEFT, MONDAY, reason)


def placed(start: str, end: str) -> Happening:
    return Happening(What.PLACED, MONDAY, "", start, end)


def stays(where: str) -> Happening:
    return Happening(What.STAYS, MONDAY, where)


@pytest.mark.parametrize(
    ("happenings", "born", "expected"),
    [
        (happened(What.ENTERED), None, [Change.IN]),
        (happened(What.ENTERED), date(1980, 1, 1), [Change.IN]),
        (happened(What.ENTERED), date(2022, 11, 19), [Change.BORN]),
        (happened(What.ENTERED), date(2021, 11, 21), [Change.IN]),
        (happened(What.RETURNED), date(2022, 11, 19), [Change.IN]),
        ([left("moved")], None, [Change.OUT]),
        ([left("gone")], None, [Change.OUT]),
        ([left("died")], None, [Change.DIED]),
        ([left("mistaken")], None, [Change.CORRECTED]),
        ([left("merged")], None, [Change.CORRECTED]),
        (happened(What.ENTERED, What.LEFT), None, []),
        (happened(What.LEFT, What.RETURNED), None, []),
        (happened(What.LEFT, What.RETURNED, What.LEFT), None, [Change.OUT]),
        (happened(What.ENTERED, What.LEFT, What.RETURNED), None, [Change.IN]),
        ([placed("甲", "乙")], None, [Change.MOVED]),
        ([placed("甲", "乙"), placed("乙", "甲")], None, []),
        ([placed("", "乙")], None, [Change.MOVED]),
        (happened(What.ENTERED, placed("甲", "乙")), None, [Change.IN]),
        ([stays("city")], None, [Change.AWAY]),
        ([stays("in_village")], None, [Change.BACK]),
        ([stays("city"), stays("to_and_fro")], None, [Change.BACK]),
        ([placed("甲", "乙"), stays("county")], None, [Change.MOVED, Change.AWAY]),
        ([stays("city"), left("died")], None, [Change.DIED]),
        ([], None, []),
    ],
)
def test_only_what_holds_at_the_end_of_the_week_has_changed(
    happenings: list[Happening], born: date | None, expected: list[Change]
) -> None:
    assert [each.change for each in outcomes(happenings, born)] == expected


def test_a_move_in_two_steps_is_told_from_where_it_began_to_where_it_ended() -> None:
    (one,) = outcomes([placed("甲", "乙"), placed("乙", "丙")], None)
    assert (one.start, one.end) == ("甲", "丙")
