"""Taking turns in a village: many writers side by side whose row locks are enough, or one alone.

Side by side go those that add facts which meet at rows they lock anyway. Alone goes what looks at the whole of a
village's records: a void whose record may just be arriving, a laboratory's result, the closing of a round. A turn lasts
until the end of the transaction, and is taken before any row is locked.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from wuyicun.kernel.database.statements import array, execute


def take(*, side_by_side: Iterable[UUID] = (), alone: Iterable[UUID] = ()) -> None:
    """Wait for our turn in these villages; whoever is named twice goes alone.

    The key of a village is the random half of its id; two that share one wait for each other without need.
    """
    execute("SELECT records_take_turns(%s::uuid[], %s::uuid[])", array(side_by_side), array(alone))
