"""Whatever records come in: what the program keeps is what a recount from the records alone comes to."""

from __future__ import annotations

import random
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.screening.oracle import agrees
from tests.integration.screening.sending import Phone, send
from tests.integration.screening.story import Story, begin
from tests.integration.screening.test_any_order import ACTS, _envelopes
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.screening import queries
from wuyicun.kernel import clock


@settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=ACTS, seed=st.integers(0, 2**16))
def test_what_is_kept_is_what_the_records_come_to_after_every_step(story: Story, acts: Any, seed: int) -> None:
    chance = random.Random(seed)
    with transaction.atomic():
        cast, round_ = story.cast, begin(story.cast).round
        phones = [Phone(cast, round_), Phone(cast, round_)]
        made = _envelopes(cast, phones, acts)
        chance.shuffle(made)
        for device, envelope in made:
            send(cast, phones[device].device, [envelope])
            found = agrees(round_, clock.now())
        if made:
            village = round_.village_id
            flags = {
                swab.id: swab.flag for swab in queries.swabs(village, round_.pk) if swab.flag not in ("", "voided")
            }
            assert flags == found.flags
            results = {tube.code: tube.result for tube in queries.tubes(village, round_, clock.now()) if tube.result}
            assert results == found.results
            child = queries.retests(village, round_).roll_id
            owed = [each for each in rolls.entries(village, child) if not each.base_reason] if child else []
            assert {each.subject_id: each.state for each in owed} == found.retests
        transaction.set_rollback(True)
