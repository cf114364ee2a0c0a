"""How laboratories word a result, and how a tube's code is written."""

from __future__ import annotations

import pytest

from wuyicun.domains.laboratory.rules import read_code, read_result


@pytest.mark.parametrize(
    "text", ["阴性", " 阴 性 ", "阴性(-)", "阴性（－）", "(-)", "-", "Negative", "未检出", "新冠核酸阴性"]
)
def test_words_for_negative(text: str) -> None:
    assert read_result(text) == "negative"


@pytest.mark.parametrize("text", ["阳性", "阳性（+）", "＋", "POS", "检出", "弱阳性", "N基因阳性"])
def test_words_for_positive(text: str) -> None:
    assert read_result(text) == "positive"


@pytest.mark.parametrize("text", ["无效", "需复检", "可疑", "样本不合格"])
def test_words_for_no_result_at_all(text: str) -> None:
    assert read_result(text) == "invalid"


@pytest.mark.parametrize("text", ["待检", "检测中", "/"])
def test_words_for_a_result_that_is_still_to_come(text: str) -> None:
    assert read_result(text) == "pending"


@pytest.mark.parametrize("text", ["非阴性", "未见阳性", "阴性/阳性", "合格", "详见报告", "不是阳性", "36.5"])
def test_what_cannot_be_told_for_sure_is_not_guessed(text: str) -> None:
    assert read_result(text) is None


def test_codes_in_full_width_and_with_spaces_are_the_same_codes() -> None:
    assert read_code(" Ｘ－０１ 73 ") == "X-0173"
