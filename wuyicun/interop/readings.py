"""What other programs have read is written down: in the audit, and for the page that shows who reads what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, Q

from wuyicun.domains.registry.listing import Page
from wuyicun.domains.territory import queries as territory
from wuyicun.interop.models import Reading, ReadToken
from wuyicun.interop.tokens import PERMISSION, Reader
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.accounts.queries import names_of
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.database.statements import execute
from wuyicun.kernel.ids import uuid7
from wuyicun.kernel.scope import Scope

_COUNT = """
INSERT INTO interop_reading (id, village_id, token_id, "by", day, what, area_path, reason, times, rows_read, last_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1, %s, %s)
ON CONFLICT (village_id, token_id, day, what, area_path) DO UPDATE SET times = interop_reading.times + 1,
  rows_read = interop_reading.rows_read + EXCLUDED.rows_read,
  last_at = greatest(interop_reading.last_at, EXCLUDED.last_at)
"""


@dataclass(frozen=True)
class Told:
    """A line of the log: what a program read on a day."""

    id: UUID
    day: date
    last_at: datetime
    program: str
    by: str
    what: str
    area: str
    times: int
    rows: int
    reason: str


@transaction.atomic
def log(*, reader: Reader, village: Village, what: str, area_path: str, rows: int, reason: str, at: datetime) -> None:
    """Write down that a page of a list was read.

    Args:
        area_path: the area that was asked for, '' for all that the account may take along.
        reason: what numbers were read in clear for; '' when none were.
    """
    covers = reader.scope.covered(PERMISSION, village.area_path)
    day = at.astimezone(ZoneInfo(village.time_zone)).date()
    execute(_COUNT, uuid7(), village.pk, reader.token_id, reader.account_id, day, what, covers, reason, rows, at)
    data: dict[str, object] = {"what": what, "area": area_path, "rows": rows, "clear": bool(reason)}
    if reason:
        data["reason"] = reason
    subject = ("read_token", reader.token_id)
    audit("interop.read", by=reader.account_id, at=at, village_id=village.pk, subject=subject, data=data)


def told(scope: Scope, village_id: UUID, *, after: UUID | None = None, limit: int = 50) -> Page[Told]:
    """What was read of the areas for which the asker exports, and with their own tokens; latest day first."""
    rows = Reading.rows().filter(scope.covering(PERMISSION) | Q(by=scope.account_id), village_id=village_id)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: limit + 1])
    return Page(_told(village_id, found[:limit]), found[limit - 1].pk if len(found) > limit else None)


def _told(village_id: UUID, rows: Sequence[Reading]) -> list[Told]:
    programs = dict(ReadToken.objects.filter(pk__in=[row.token_id for row in rows]).values_list("pk", "name"))
    people = names_of([row.by for row in rows])
    areas = territory.names(village_id)
    return [
        Told(
            row.pk, row.day, row.last_at, programs.get(row.token_id, ""), people.get(row.by, ""), row.what,
            areas.get(row.area_path, ""), row.times, row.rows_read, row.reason,
        )
        for row in rows
    ]  # fmt: skip


def last_read(token_ids: Collection[UUID]) -> Mapping[UUID, datetime]:
    """When each of the tokens last read; one that never did is missing."""
    rows = Reading.rows().filter(token_id__in=list(token_ids)).values_list("token_id")
    return dict(rows.annotate(last=Max("last_at")))
