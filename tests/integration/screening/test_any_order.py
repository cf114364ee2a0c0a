"""State never depends on the order in which records arrive."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.cast import Cast, make_cast
from tests.integration.screening.sending import Phone, open_round, send
from wuyicun.domains.rolls import queries as rolls
from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening import queries
from wuyicun.domains.screening.models import Round, Sample
from wuyicun.domains.standing.models import Standing
from wuyicun.kernel import clock, scope
from wuyicun.kernel.records.kinds import Envelope

TUBES = ("A-1", "A-2", "B-1")
PEOPLE = tuple(f"甲{number:02d}" for number in range(1, 8))


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


Data = tuple[str, dict[str, Any]]
KINDS: dict[str, Callable[[str, UUID, datetime], Data]] = {
    "open": lambda code, who, at: ("tube.open", {"tube": code, "pool": 3}),
    "single": lambda code, who, at: ("tube.open", {"tube": code, "pool": 1}),
    "sample": lambda code, who, at: ("sample", {"tube": code, "person": who}),
    "retest": lambda code, who, at: ("sample", {"tube": code, "person": who, "retest": True}),
    "close": lambda code, who, at: ("tube.close", {"tube": code, "count": 2, "reason": "no_more_people"}),
    "lost": lambda code, who, at: ("tube.end", {"tube": code, "state": "lost"}),
    "negative": lambda code, who, at: ("tube.result", {"tube": code, "result": "negative"}),
    "positive": lambda code, who, at: ("tube.result", {"tube": code, "result": "positive"}),
    "handover": lambda code, who, at: (
        "tube.handover",
        {"tubes": [code], "counted": 1, "giver": "甲", "receiver": "乙"},
    ),
    "unreachable": lambda code, who, at: (
        "outcome",
        {"person": who, "outcome": "unreachable", "reason": "nobody_home"},
    ),
    "refused": lambda code, who, at: ("outcome", {"person": who, "outcome": "refused", "reason": "refused_ill"}),
    "excuse": lambda code, who, at: ("excuse", {"person": who, "reason": "ill", "until": at + timedelta(days=9)}),
}

# An act: (device 0 or 1, what, tube index, person index, minutes since the opening).
ACTS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from([*KINDS, *("sample",) * 3, "void"]),
        st.integers(0, 2),
        st.integers(0, len(PEOPLE) - 1),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=24,
)


def _envelopes(
    cast: Cast, phones: Sequence[Phone], acts: Sequence[tuple[int, str, int, int, int]]
) -> list[tuple[int, Envelope]]:
    made: list[tuple[int, Envelope]] = []
    for device, what, tube, person, minutes in acts:
        at = phones[0].round.opened_at + timedelta(minutes=minutes)
        if what in KINDS:
            kind, data = KINDS[what](TUBES[tube], cast.people[PEOPLE[person]].pk, at)
        elif made:
            kind, data = "void", {"record": made[person % len(made)][1].id, "reason": "undo"}
        else:
            continue
        made.append((device, phones[device].make(kind, at=at, **data)))
    return made


def _state(cast: Cast, round_: Round) -> dict[str, Any]:
    village = cast.village.pk
    child = queries.retests(village, round_).roll_id
    assert rolls.drift(village, round_.roll_id) == []
    assert child is None or rolls.drift(village, child) == []
    return {
        "entries": _entries(village, round_.roll_id),
        "retests": _entries(village, child) if child else {},
        "samples": dict(Sample.rows().filter(round_id=round_.pk).values_list("pk", "fit")),
        "tubes": {
            tube.code: (
                tube.state,
                tube.pool,
                tube.swabs,
                tube.closed_count,
                tube.result,
                tube.result_at,
                tube.handed_at,
            )
            for tube in queries.tubes(village, round_, clock.now())
        },
        "held": {
            row.pk: (row.held_until, row.last_negative_at)
            for row in Standing.rows()
            if row.held_until or row.last_negative_at
        },
    }


def _entries(village: UUID, roll: UUID) -> dict[UUID, tuple[State, str, UUID | None]]:
    found = {entry.subject_id: (entry.state, entry.reason, entry.settled_by) for entry in rolls.entries(village, roll)}
    return {subject: each for subject, each in found.items() if each[1] != "withdrawn"}


def _after(
    cast: Cast, phones: Sequence[Phone], order: Sequence[tuple[int, Envelope]], sizes: random.Random
) -> dict[str, Any]:
    """The state after the envelopes came in this order, in batches of random sizes; taken back afterwards."""
    with transaction.atomic():
        rest = list(order)
        while rest:
            batch = [rest.pop(0)]
            while rest and rest[0][0] == batch[0][0] and sizes.random() < 0.6:
                batch.append(rest.pop(0))
            send(cast, phones[batch[0][0]].device, [envelope for _, envelope in batch])
        state = _state(cast, phones[0].round)
        transaction.set_rollback(True)
    return state


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=ACTS, seed=st.integers(0, 2**16))
def test_shuffled_and_repeated_records_lead_to_the_same_state(cast: Cast, acts: Any, seed: int) -> None:
    chance = random.Random(seed)
    with scope.enter(cast.scope()), transaction.atomic():
        round_ = open_round(cast)
        phones = [Phone(cast, round_), Phone(cast, round_)]
        made = _envelopes(cast, phones, acts)
        expected = _after(cast, phones, made, chance)
        for _ in range(3):
            order = [*made, *chance.sample(made, len(made) // 2)]
            chance.shuffle(order)
            found = _after(cast, phones, order, chance)
            assert {key: found[key] for key in found if found[key] != expected[key]} == {}
        transaction.set_rollback(True)
