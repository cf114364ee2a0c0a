"""Who has to be looked at twice: missed two rounds running, or what a round and the registry say of them.

A list for each cause (`Cause`); somebody may stand on several.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from wuyicun.domains.rolls.rules import State
from wuyicun.domains.screening.drawing import HERE
from wuyicun.domains.screening.models import Round
from wuyicun.domains.screening.rules import RoundState
from wuyicun.kernel.database.statements import execute


class Cause(StrEnum):
    """Why somebody is on a list."""

    MISSED_TWICE = "missed_twice"
    SAMPLED_WHILE_AWAY = "sampled_while_away"
    SAID_GONE = "said_gone"  # 'left' or 'died' at the door, and still in the registry
    PERHAPS_MOVED = "perhaps_moved"
    AWAY_WITHOUT_END = "away_without_end"
    AWAY = "away"
    ISOLATED = "isolated"
    LEFT = "left"
    DIED = "died"


@dataclass(frozen=True)
class Suspect:
    """Somebody on a list.

    Attributes:
        before: the state of the entry in the round before, where it is about that.
        round_before: its title.
    """

    person_id: UUID
    before: State | None
    round_before: str


_MISSED = f"({State.OWED:d}, {State.UNREACHABLE:d}, {State.REFUSED:d})"
_HERE = "({})".format(", ".join(f"'{each.value}'" for each in HERE))

# Each cause is a condition; `b` is the entry in the last round before this one on which the person stands.
_CONDITIONS: Mapping[Cause, str] = {
    Cause.MISSED_TWICE: f"e.state IN {_MISSED} AND b.state IN {_MISSED}",
    Cause.SAMPLED_WHILE_AWAY: f"e.state = {State.DONE:d} AND (p.left_at IS NOT NULL OR p.whereabouts NOT IN {_HERE})",
    Cause.SAID_GONE: f"e.state = {State.EXCUSED:d} AND e.reason IN ('left', 'died') AND p.left_at IS NULL",
    Cause.PERHAPS_MOVED: f"e.state = {State.UNREACHABLE:d} AND e.reason IN ('moved', 'away_unconfirmed')",
    Cause.AWAY_WITHOUT_END: f"e.state = {State.EXCUSED:d} AND e.reason = 'away' AND e.until IS NULL",
    Cause.AWAY: f"e.state = {State.EXCUSED:d} AND e.reason = 'away' AND e.until IS NOT NULL",
    Cause.ISOLATED: f"e.state = {State.EXCUSED:d} AND e.reason = 'isolated'",
    Cause.LEFT: f"e.state = {State.EXCUSED:d} AND e.reason = 'left' AND p.left_at IS NOT NULL",
    Cause.DIED: f"e.state = {State.EXCUSED:d} AND e.reason = 'died' AND p.left_at IS NOT NULL",
}

_FROM = f"""
FROM rolls_entry e JOIN registry_person p ON p.village_id = e.village_id AND p.id = e.subject_id
LEFT JOIN LATERAL (
  SELECT pe.state, r.title FROM screening_round r
    JOIN rolls_entry pe ON pe.village_id = r.village_id AND pe.roll_id = r.roll_id AND pe.subject_id = e.subject_id
  WHERE r.village_id = e.village_id AND r.number < %s AND r.state <> '{RoundState.CANCELLED}' AND e.state IN {_MISSED}
  ORDER BY r.number DESC LIMIT 1) b ON true
WHERE e.village_id = %s AND e.roll_id = %s AND e.area_id = ANY (%s::uuid[]) AND p.merged_into_id IS NULL
"""

_COUNTS = "SELECT {} {}".format(
    ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in _CONDITIONS.values()), _FROM
)


def counts(village_id: UUID, round_: Round, area_ids: Collection[UUID]) -> Mapping[Cause, int]:
    """How many people stand on each list."""
    (row,) = execute(_COUNTS, round_.number, village_id, round_.roll_id, list(area_ids))
    return dict(zip(_CONDITIONS, row, strict=True))


def suspects(
    village_id: UUID, round_: Round, cause: Cause, area_ids: Collection[UUID], *, after: UUID | None, limit: int
) -> Sequence[Suspect]:
    """Those of a list that come after a person, by their ids."""
    sql = (
        f"SELECT p.id, b.state, coalesce(b.title, '') {_FROM} AND ({_CONDITIONS[cause]})"
        " AND p.id > %s ORDER BY p.id LIMIT %s"
    )
    start: list[Any] = [round_.number, village_id, round_.roll_id, list(area_ids), after or UUID(int=0), limit]
    return [
        Suspect(person, None if before is None else State(before), title)
        for person, before, title in execute(sql, *start)
    ]
