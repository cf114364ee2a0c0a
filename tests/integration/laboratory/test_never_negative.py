"""Nobody becomes negative from a tube that no laboratory has read, whatever files come in whatever order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.laboratory.bench import DOCTOR, Bench
from wuyicun.domains.laboratory import actions, deliveries, stepping
from wuyicun.domains.laboratory.entering import Author
from wuyicun.domains.laboratory.parsing import Said, whom
from wuyicun.domains.laboratory.rules import Source, Step
from wuyicun.domains.standing.models import Standing
from wuyicun.kernel import clock
from wuyicun.kernel.ids import uuid7

IN_TUBES = {"A-1": ("甲01", "甲02", "甲03"), "A-2": ("甲04",), "A-3": ("甲05", "甲06"), "N-1": ("甲09",)}
"""N-1 is opened and filled by a phone that comes online before the files or after them."""

LINES = st.lists(
    st.tuples(
        st.integers(0, 2),  # the delivery
        st.sampled_from(["A-1", "a-1", "A-2", "A-3", "N-1", "Z-1"]),
        st.sampled_from(["negative", "negative", "positive", "invalid"]),
        st.sampled_from(["", "", *sum(IN_TUBES.values(), ()), "丙01"]),
    ),
    max_size=12,
)
Line = tuple[int, str, str, str]


def meant(lines: Sequence[Line]) -> dict[str, str]:
    """What each tube must say in the end: what those lines agree on that name nobody, or somebody in it."""
    said: dict[str, set[str]] = {code: set() for code in IN_TUBES}
    for _delivery, code, result, name in lines:
        people = IN_TUBES.get(code.upper())
        if people is not None and (not name or name in people):
            said[code.upper()].add(result)
    return {code: "disputed" if len(results) > 1 else next(iter(results), "") for code, results in said.items()}


def after(bench: Bench, lines: Sequence[Line], order: Sequence[int], *, early: bool) -> dict[str, str]:
    """What the tubes say after the deliveries came in this order; taken back afterwards."""
    cast, at = bench.desk.cast, clock.now()
    by = cast.accounts[DOCTOR].pk
    with transaction.atomic():
        if early:
            bench.fill("N-1", ["甲09"])
        for which in order:
            of_it = [line for line in lines if line[0] == which]
            said = [
                Said(place, code, result, None, *whom(name, ""), "")
                for place, (_delivery, code, result, name) in enumerate(of_it, 1)
            ]
            delivery = deliveries.take_in_said(
                village=cast.village, round_id=bench.desk.round.pk, source=Source.FILE, laboratory="", said=said, by=by,
                at=at, delivery_id=uuid7(),
            )  # fmt: skip
            stepping.begin(village=cast.village, delivery=delivery, step=Step.ENTER, by=by, at=at)
        if not early:
            bench.fill("N-1", ["甲09"])
        actions.match_again(author=Author(cast.village, by, at), round_id=bench.desk.round.pk, at=at)
        found = {tube.code: tube.result for tube in bench.desk.tubes()}
        negative = set(Standing.rows().exclude(last_negative_at=None).values_list("pk", flat=True))
        read = [name for code, names in IN_TUBES.items() if found[code] == "negative" for name in names]
        assert negative == {bench.desk.person(name) for name in read}
        transaction.set_rollback(True)
    return found


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lines=LINES, seed=st.integers(0, 2**16))
def test_tubes_say_what_was_said_of_them_and_nothing_else(bench: Bench, lines: Any, seed: int) -> None:
    order = [0, 1, 2]
    random.Random(seed).shuffle(order)
    assert after(bench, lines, [0, 1, 2], early=True) == meant(lines)
    assert after(bench, lines, order, early=False) == meant(lines)
