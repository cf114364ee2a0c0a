"""Codes of areas: twelve digits for the village, three for a grid, two for a micro-grid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuyicun.domains.territory.rules import (
    Level,
    TooMany,
    code_fault,
    next_path,
    plain_digits,
    proposed_username,
    village_path,
)

VILLAGE = "140321201205"


def test_a_villages_code_is_its_path() -> None:
    assert village_path(f" {VILLAGE} ") == VILLAGE


@given(st.text(max_size=20))
def test_what_is_no_code_has_no_path(text: str) -> None:
    stripped = text.strip()
    is_code = len(stripped) == 12 and all(character in "0123456789" for character in stripped)
    assert (village_path(text) is not None) is is_code


def test_grids_and_micro_grids_are_numbered_from_one() -> None:
    assert next_path(VILLAGE, Level.GRID, []) == VILLAGE + "001"
    assert next_path(VILLAGE + "001", Level.MICRO_GRID, []) == VILLAGE + "00101"


def test_a_number_that_was_used_is_not_given_again() -> None:
    assert next_path(VILLAGE, Level.GRID, [VILLAGE + "001", VILLAGE + "007"]) == VILLAGE + "008"


def test_others_paths_are_not_counted() -> None:
    taken = [VILLAGE, "140321201206001", VILLAGE + "00101", VILLAGE + "002"]
    assert next_path(VILLAGE, Level.GRID, taken) == VILLAGE + "003"


@pytest.mark.parametrize(("level", "last"), [(Level.GRID, "999"), (Level.MICRO_GRID, "99")])
def test_when_all_numbers_are_taken_that_is_said(level: Level, last: str) -> None:
    with pytest.raises(TooMany):
        next_path(VILLAGE, level, [VILLAGE + last])


@pytest.mark.parametrize(
    ("name", "taken", "proposed"),
    [
        ("王海斌", [], "wanghaibin"),
        ("王海斌", ["wanghaibin", "wanghaibin2"], "wanghaibin3"),
        ("欧阳 建国", [], "ouyangjianguo"),
        ("阿不都·买买提", [], "abudoumaimaiti"),
        ("Li Ming", [], "liming"),
        ("···", [], "user"),
    ],
)
def test_a_user_name_is_proposed_in_pinyin_and_free(name: str, taken: list[str], proposed: str) -> None:
    assert proposed_username(name, taken) == proposed


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (VILLAGE, None),
        ("441900003001", None),  # 东莞 has towns right below the city
        ("14032120120", "digits"),
        ("100321201205", "province"),
        ("140021201205", "city"),
        ("140321000205", "town"),
        ("140321201000", "village"),
    ],
)
def test_why_a_code_is_no_villages(code: str, fault: str | None) -> None:
    assert code_fault(code) == fault


def test_a_code_may_be_copied_with_wide_digits_and_spaces() -> None:
    assert plain_digits(" １４０３２１ 201-205 ") == VILLAGE
