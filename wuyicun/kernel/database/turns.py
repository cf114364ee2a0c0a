"""Taking turns in a village: many writers side by side whose row locks are enough, or one alone.

Side by side go those that add facts which meet at rows they lock anyway. Alone goes what looks at the whole of a
village's records: a void whose record may just be arriving, a laboratory's result, the closing of a round. A turn lasts
until the end of the transaction, and is taken before any row is locked.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from wuyicun.kernel.database.statements import execute

# One statement, in the order of the keys, so that nobody waits in a circle.
_TAKE = """
SELECT CASE WHEN alone THEN pg_advisory_xact_lock(key) ELSE pg_advisory_xact_lock_shared(key) END IS NULL
FROM (SELECT * FROM unnest(%s::bigint[], %s::boolean[]) AS given (key, alone) ORDER BY key) AS sorted
"""


def take(*, side_by_side: Iterable[UUID] = (), alone: Iterable[UUID] = ()) -> None:
    """Wait for our turn in these villages; whoever is named twice goes alone."""
    turns = {_key(village): False for village in side_by_side} | {_key(village): True for village in alone}
    if turns:
        execute(_TAKE, list(turns), list(turns.values()))


def _key(village: UUID) -> int:
    """The random half of the id; two villages that share a key wait for each other without need."""
    return int.from_bytes(village.bytes[8:], signed=True)
