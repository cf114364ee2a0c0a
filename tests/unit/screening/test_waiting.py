"""How long a queue waits."""

from __future__ import annotations

import pytest

from wuyicun.domains.screening.rules import wait_minutes


@pytest.mark.parametrize(
    ("queue", "lately", "expected"), [(10, 5, 30), (10, 0, None), (0, 5, 0), (1, 30, 1), (24, 20, 18)]
)
def test_a_queue_waits_as_long_as_its_people_take_at_the_present_pace(
    queue: int, lately: int, expected: int | None
) -> None:
    assert wait_minutes(queue, lately, 15) == expected
