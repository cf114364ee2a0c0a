"""The rule that the phone has too (`contracts/cases/card-tokens.json`, run by vitest as well)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wuyicun.domains.registry.tokens import read

CASES = json.loads((Path(__file__).parents[3] / "contracts/cases/card-tokens.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: repr(case["text"]))
def test_a_card_is_read_as_the_phone_reads_it(case: dict[str, Any]) -> None:
    assert read(case["text"]) == case["token"]
