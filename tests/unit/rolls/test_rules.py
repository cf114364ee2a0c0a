"""Counts and what follows from them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wuyicun.domains.rolls.rules import STATE_OF, Counts, State, Statement

NUMBERS = st.integers(0, 10_000)
COUNTS = st.builds(Counts, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)


def test_coverage_leaves_the_excused_out() -> None:
    counts = Counts(opening=347, owed=15, done=302, excused=27, unreachable=2, refused=1)
    assert (counts.current, counts.due, counts.missing) == (347, 320, 18)
    assert counts.coverage == 302 / 320


def test_where_nobody_is_due_everything_is_done() -> None:
    assert Counts().coverage == 1.0
    assert Counts(excused=5).coverage == 1.0


@given(COUNTS)
def test_coverage_lies_between_nothing_and_everything(counts: Counts) -> None:
    assert 0.0 <= counts.coverage <= 1.0
    assert counts.current == counts.due + counts.excused == counts.missing + counts.done + counts.excused


@given(COUNTS, COUNTS)
def test_counts_of_areas_add_up(one: Counts, other: Counts) -> None:
    both = one + other
    assert both.current == one.current + other.current
    assert both.due == one.due + other.due
    assert both.opening == one.opening + other.opening
    assert one + Counts() == one


def test_every_statement_leads_to_a_state_of_its_own() -> None:
    assert set(STATE_OF) == set(Statement)
    assert len(set(STATE_OF.values())) == len(Statement)
    assert not {State.OWED, State.DONE} & set(STATE_OF.values())


def test_a_state_travels_by_its_name() -> None:
    assert [state.code for state in State] == ["owed", "done", "excused", "unreachable", "refused"]
