"""What houses and numbers are called."""

from __future__ import annotations

import pytest

from wuyicun.domains.registry.naming import house_label, masked_id


@pytest.mark.parametrize(
    ("section", "number", "address", "label"),
    [
        ("北头岭", "106", "北头岭1号", "北头岭 1 号"),
        ("北头岭", "106", "", "北头岭 106 号"),
        ("北头岭", "106", "幸福路12号院3单元", "北头岭 106 号"),
        ("", "7", "", "7 号"),
        ("西头岭", "12-1", "", "西头岭 12-1 号"),
    ],
)
def test_a_house_is_called_by_its_door_else_by_its_number(section: str, number: str, address: str, label: str) -> None:
    assert house_label(section, number, address) == label


@pytest.mark.parametrize(("number", "shown"), [("14039919810329661X", "1403**********661X"), ("E1234567", "********")])
def test_an_id_number_is_masked(number: str, shown: str) -> None:
    assert masked_id(number) == shown
