"""Each ledger and report that leaves the program is written down: in the audit, and for the page that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from wuyicun.domains.registry.listing import Page
from wuyicun.domains.registry.models import LedgerTaken
from wuyicun.domains.territory import queries as territory
from wuyicun.kernel.accounts.queries import names_of
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope


class How(StrEnum):
    """As what a ledger was taken."""

    EXCEL = "excel"
    PDF = "pdf"
    TEMPLATE = "template"
    CSV = "csv"


_ACTION = {How.EXCEL: "export", How.PDF: "print", How.TEMPLATE: "fill", How.CSV: "export"}


@dataclass(frozen=True)
class Why:
    """What a ledger was taken for: a code of `labels.REVEAL_REASON` and words; both may be empty when it is masked."""

    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class Taken:
    """A line of the log."""

    id: UUID
    at: datetime
    by: str
    title: str
    how: str
    area: str
    narrowed: bool
    rows: int
    clear: bool
    why: Why


class Sort(StrEnum):
    """What leaves, as the audit calls it."""

    LEDGER = "ledger"
    REPORT = "report"


@dataclass(frozen=True)
class Leaving:
    """What leaves the program.

    Attributes:
        code: of the ledger or report.
        asked: the path of the area that was asked for, '' for all.
        covers: the path of the area that the lines can be of.
        rows: how many lines it has.
        filters: the fields by which it was narrowed above its columns.
        clear: numbers are in clear.
    """

    sort: Sort
    code: str
    title: str
    how: How
    asked: str
    covers: str
    rows: int
    filters: Sequence[str] = ()
    clear: bool = False
    why: Why = field(default_factory=Why)


@transaction.atomic
def log(*, village_id: UUID, leaving: Leaving, by: UUID, at: datetime) -> None:
    """Write down that a ledger or report left the program."""
    why = leaving.why
    LedgerTaken.rows().create(
        village_id=village_id, ledger=leaving.code, title=leaving.title, how=leaving.how, area_path=leaving.covers,
        narrowed=bool(leaving.filters), clear=leaving.clear, reason=why.reason, note=why.note,
        rows_taken=leaving.rows, at=at, by=by,
    )  # fmt: skip
    said = {"reason": why.reason, "filters": list(leaving.filters)}
    data: dict[str, object] = {
        leaving.sort.value: leaving.code, "area": leaving.asked, "clear": leaving.clear, "rows": leaving.rows,
        **{name: value for name, value in said.items() if value},
    }  # fmt: skip
    audit(f"registry.{_ACTION[leaving.how]}_{leaving.sort}", by=by, at=at, village_id=village_id, data=data)


def taken(scope: Scope, village_id: UUID, *, after: UUID | None = None, limit: int = 50) -> Page[Taken]:
    """What was taken of the areas for which the asker exports, and what they took themselves; latest first."""
    seen = scope.covering(Permission.EXPORT_LEDGER) | Q(by=scope.account_id)
    rows = LedgerTaken.rows().filter(seen, village_id=village_id)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: limit + 1])
    return Page(_told(village_id, found[:limit]), found[limit - 1].pk if len(found) > limit else None)


def _told(village_id: UUID, rows: Sequence[LedgerTaken]) -> list[Taken]:
    people = names_of([row.by for row in rows])
    areas = territory.names(village_id)
    return [
        Taken(
            row.pk, row.at, people.get(row.by, ""), row.title, row.how, areas.get(row.area_path, ""), row.narrowed,
            row.rows_taken, row.clear, Why(row.reason, row.note),
        )
        for row in rows
    ]  # fmt: skip
