"""What is asked of checks: how often, in which period, when a household was last checked, who is behind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wuyicun.domains.registry import queries as registry
from wuyicun.domains.verification.models import Check, Period, Plan
from wuyicun.domains.verification.rules import DEFAULT_EVERY_DAYS
from wuyicun.kernel.database.statements import execute
from wuyicun.kernel.scope import span

PeriodRow = Period


@dataclass(frozen=True)
class Checked:
    """A check of a household."""

    id: UUID
    household_id: UUID
    result: str
    note: str
    at: datetime
    by: UUID | None
    taken_back: bool = False


@dataclass(frozen=True)
class Freshness:
    """How a micro-grid stands.

    Attributes:
        fresh: how many of its households were checked since the moment that was asked for.
        never: how many have never been checked.
        oldest: of those that were checked, the one whose last check lies furthest back.
    """

    area_path: str
    households: int
    fresh: int
    never: int
    oldest: datetime | None


def every_days(village_id: UUID) -> int:
    """Every how many days each household is to be checked; 0 for never."""
    found: int | None = Plan.rows().filter(village_id=village_id).values_list("every_days", flat=True).first()
    return DEFAULT_EVERY_DAYS if found is None else found


def current(village_id: UUID) -> Period | None:
    """The period that runs."""
    return Period.rows().filter(village_id=village_id, closed_at__isnull=True).first()


def periods(village_id: UUID, limit: int) -> Sequence[Period]:
    """The latest periods, latest first."""
    return list(Period.rows().filter(village_id=village_id).order_by("-number")[:limit])


LIVE = """NOT EXISTS (SELECT 1 FROM verification_withdrawal w
  WHERE w.village_id = c.village_id AND w.check_id = c.id AND (NOT w.early OR w.by IS NOT DISTINCT FROM c.by))"""

_LAST = f"""
SELECT last.id, g.household_id, last.result, last.note, last.at, last.by
FROM unnest(%s::uuid[]) AS g (household_id)
CROSS JOIN LATERAL (
  SELECT c.id, c.result, c.note, c.at, c.by FROM verification_check c
  WHERE c.village_id = %s AND c.household_id = g.household_id AND {LIVE} ORDER BY c.at DESC, c.id DESC LIMIT 1) last
"""


def last_checks(village_id: UUID, households: Collection[UUID]) -> Mapping[UUID, Checked]:
    """The last check of each household that was not taken back."""
    found = [Checked(*row) for row in execute(_LAST, list(households), village_id)]
    return {each.household_id: each for each in found}


_FRESHNESS = """
SELECT h.area_path, count(*), count(*) FILTER (WHERE last.at >= %s), count(*) FILTER (WHERE last.at IS NULL),
  min(last.at)
FROM registry_household h
LEFT JOIN verification_lastcheck last ON last.village_id = h.village_id AND last.household_id = h.id
WHERE h.village_id = %s AND h.area_path >= %s AND h.area_path < %s GROUP BY h.area_path
"""


def freshness(village_id: UUID, since: datetime, area_path: str = "") -> Mapping[str, Freshness]:
    """How each micro-grid with households stands, by its path; of those below an area."""
    rows = execute(_FRESHNESS, since, village_id, *span(area_path))
    return {row[0]: Freshness(*row) for row in rows}


_OF_HOUSEHOLD = f"""
SELECT c.id, c.household_id, c.result, c.note, c.at, c.by, NOT ({LIVE}) FROM verification_check c
WHERE c.village_id = %s AND c.household_id = %s ORDER BY c.at DESC, c.id DESC LIMIT %s
"""


def checks(village_id: UUID, household_id: UUID, limit: int) -> Sequence[Checked]:
    """The checks of a household, latest first, those taken back included."""
    return [Checked(*row) for row in execute(_OF_HOUSEHOLD, village_id, household_id, limit)]


def household_of(village_id: UUID, check_id: UUID) -> UUID | None:
    """The household that a check is of."""
    return Check.rows().filter(village_id=village_id, pk=check_id).values_list("household_id", flat=True).first()


def names_of(village_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The households of those of the ids that are checks, as people call them."""
    found = dict(Check.rows().filter(village_id=village_id, pk__in=ids).values_list("pk", "household_id"))
    houses = registry.household_briefs(village_id, set(found.values()))
    return {check: houses[household].house for check, household in found.items() if household in houses}


def have_checks(village_id: UUID, households: Collection[UUID]) -> set[UUID]:
    """Those of the households that somebody has checked."""
    rows = Check.rows().filter(village_id=village_id, household_id__in=households)
    return set(rows.values_list("household_id", flat=True).distinct())
