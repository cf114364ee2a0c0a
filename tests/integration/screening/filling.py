"""A row in each further table of testing, for the tests of the whole (see tests/architecture/village.py)."""

from __future__ import annotations

from collections.abc import Mapping

from tests.cast import Cast
from tests.integration.screening.marking import mark
from tests.integration.screening.sending import Phone
from wuyicun.domains.screening import plans, proving, queries, series, setups, visits
from wuyicun.domains.screening.plans import Wish
from wuyicun.kernel import clock


def fill(cast: Cast) -> Mapping[str, object]:
    """A walk to 甲06, a plan and a printed proof in the round that runs, and a series of the other section."""
    mark(cast, "甲06")
    round_ = queries.open_rounds(cast.village.pk)[-1]
    visits.plan_outings(village_id=cast.village.pk, round_=round_, teams=[""], start=None, by=None, at=clock.now())
    wish = Wish(clock.now(), None, {})
    plans.propose(village_id=cast.village.pk, round_=round_, wish=wish, by=None, at=clock.now())
    plan = queries.plan(cast.village.pk, round_.pk)
    assert plan is not None
    begun = series.begin(
        village_id=cast.village.pk, area_path=cast.areas["北头岭"].area_path, scheme="daily", by=None, at=clock.now()
    )
    proving.prove(
        village_id=cast.village.pk,
        village_path=cast.village.area_path,
        round_=round_,
        area="西头岭",
        typeset=lambda _code, _digest: b"%PDF",
        by=None,
        at=clock.now(),
    )
    station = queries.stations(cast.village.pk, round_.pk)[0].pk
    setups.tick(village_id=cast.village.pk, station_id=station, item="tent", by=None, at=clock.now())
    phone = Phone(cast, round_)
    said = phone.make("waiting.passed", station=station, people=2)
    assert [each.outcome for each in phone.send(said)] == ["accepted"]
    ids = {"station_id": station, "said_id": said.id, "item": "tent"}
    return {**ids, "slot_id": plan.slots[0].id, "series_id": begun.pk}
