"""A row in each further table of testing, for the tests of the whole (see tests/architecture/village.py)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.cast import Cast
from tests.integration.screening.marking import mark
from wuyicun.domains.screening import queries, visits
from wuyicun.kernel import clock


def fill(cast: Cast) -> Mapping[str, object]:
    """A walk to 甲06 in the round that runs."""
    mark(cast, "甲06")
    round_ = queries.open_rounds(cast.village.pk)[-1]
    visits.plan_outings(village_id=cast.village.pk, round_=round_, teams=[""], start=None, by=None, at=clock.now())
    return {}
