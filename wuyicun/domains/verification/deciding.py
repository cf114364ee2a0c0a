"""Which check settles a household's entry in a period (the first that was not taken back), and which was the last.

Both are decided again from all that is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from wuyicun.domains.rolls import deciding as entries
from wuyicun.domains.rolls.deciding import Debtor, Settlement, execute
from wuyicun.domains.verification.queries import LIVE
from wuyicun.kernel.ids import uuid7

_CONCERNED = """
SELECT DISTINCT p.village_id, p.roll_id, g.household_id
FROM json_to_recordset(%s) AS g (village_id uuid, household_id uuid, at timestamptz)
JOIN verification_period p ON p.village_id = g.village_id AND g.at >= p.opened_at
  AND (p.closed_at IS NULL OR g.at < p.closed_at)
"""

_SETTLING = f"""
SELECT g.village_id, g.roll_id, g.subject_id, first.id
FROM json_to_recordset(%s) AS g (village_id uuid, roll_id uuid, subject_id uuid)
JOIN verification_period p ON p.village_id = g.village_id AND p.roll_id = g.roll_id
LEFT JOIN LATERAL (
  SELECT c.id FROM verification_check c
  WHERE c.village_id = g.village_id AND c.household_id = g.subject_id AND c.at >= p.opened_at
    AND (p.closed_at IS NULL OR c.at < p.closed_at) AND {LIVE} ORDER BY c.at, c.id LIMIT 1) first ON true
"""


def decide(named: Iterable[tuple[UUID, UUID, datetime]], at: datetime) -> None:
    """Decide entries again.

    Args:
        named: (village, household, moment of a check); the period is the one that was open at the moment.
        at: the server's time.
    """
    given = [{"village_id": village, "household_id": house, "at": moment} for village, house, moment in named]
    debtors = [Debtor(*row) for row in execute(_CONCERNED, given)] if given else []
    if debtors:
        entries.lock(debtors)
        entries.settle([Settlement(*row) for row in execute(_SETTLING, debtors)], at)


_ADD_LAST = """
INSERT INTO verification_lastcheck (id, village_id, household_id)
SELECT DISTINCT ON (village_id, household_id) id, village_id, household_id
FROM json_to_recordset(%s) AS g (id uuid, village_id uuid, household_id uuid) ORDER BY village_id, household_id
ON CONFLICT (village_id, household_id) DO NOTHING
"""

_LOCK_LAST = """
SELECT l.id FROM json_to_recordset(%s) AS g (village_id uuid, household_id uuid)
JOIN verification_lastcheck l USING (village_id, household_id) ORDER BY l.village_id, l.household_id FOR UPDATE OF l
"""

_SET_LAST = f"""
UPDATE verification_lastcheck l SET at = last.at
FROM json_to_recordset(%s) AS g (village_id uuid, household_id uuid)
LEFT JOIN LATERAL (
  SELECT c.at FROM verification_check c
  WHERE c.village_id = g.village_id AND c.household_id = g.household_id AND {LIVE} ORDER BY c.at DESC LIMIT 1
) last ON true
WHERE l.village_id = g.village_id AND l.household_id = g.household_id AND l.at IS DISTINCT FROM last.at
"""


def remember_last(households: Iterable[tuple[UUID, UUID]]) -> None:
    """Say anew when households were checked last; the rows are locked first, so that all is seen that was committed.

    Args:
        households: (village, household).
    """
    given = [
        {"id": uuid7(), "village_id": village, "household_id": house} for village, house in sorted(set(households))
    ]
    if given:
        for statement in (_ADD_LAST, _LOCK_LAST, _SET_LAST):
            execute(statement, given)
