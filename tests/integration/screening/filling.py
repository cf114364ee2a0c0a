"""A row in each further table of testing, for the tests of the whole (see tests/architecture/village.py)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.cast import Cast
from tests.integration.screening.marking import mark
from wuyicun.domains.screening import plans, queries, visits
from wuyicun.domains.screening.plans import Wish
from wuyicun.kernel import clock


def fill(cast: Cast) -> Mapping[str, object]:
    """A walk to 甲06 and a plan in the round that runs."""
    mark(cast, "甲06")
    round_ = queries.open_rounds(cast.village.pk)[-1]
    visits.plan_outings(village_id=cast.village.pk, round_=round_, teams=[""], start=None, by=None, at=clock.now())
    wish = Wish(clock.now(), None, {})
    plans.propose(village_id=cast.village.pk, round_=round_, wish=wish, by=None, at=clock.now())
    plan = queries.plan(cast.village.pk, round_.pk)
    assert plan is not None
    return {"slot_id": plan.slots[0].id}
