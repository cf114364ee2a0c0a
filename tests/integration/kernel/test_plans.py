"""Plans made while a table was empty do not outlive its growth."""

from __future__ import annotations

import pytest

from wuyicun.kernel.database.plans import Plans
from wuyicun.kernel.database.statements import execute

pytestmark = pytest.mark.django_db


def plan() -> str:
    return "\n".join(line for (line,) in execute("EXPLAIN (COSTS OFF) EXECUTE look_up(ARRAY[1, 2])"))


def test_a_table_that_has_grown_is_looked_up_by_its_index() -> None:
    execute("CREATE TEMP TABLE grown (number int PRIMARY KEY, word text) ON COMMIT DROP")
    execute("ANALYZE grown")
    execute("SET LOCAL plan_cache_mode = force_generic_plan")
    execute("PREPARE look_up (int[]) AS SELECT word FROM grown JOIN unnest($1) AS wanted ON wanted = number")
    empty = plan()
    execute("INSERT INTO grown SELECT number, 'x' FROM generate_series(1, 50000) AS number")
    Plans(every=3600).make_anew_when_due()
    assert plan() == empty
    assert "Seq Scan on grown" in empty
    Plans(every=0).make_anew_when_due()
    assert "Index Scan using grown_pkey" in plan()
