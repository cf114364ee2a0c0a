"""Each ledger and report that leaves the program is written down: in the audit, and for the page that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from wuyicun.domains.registry.ledgers.lines import Wanted
from wuyicun.domains.registry.ledgers.shelf import Ledger
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


@dataclass(frozen=True)
class Leaving:
    """What leaves the program.

    Attributes:
        code: of the ledger or report.
        covers: the path of the area that the lines can be of.
        rows: how many lines it has.
        narrowed: it was filtered above its columns.
        clear: numbers are in clear.
    """

    code: str
    title: str
    how: How
    covers: str
    rows: int
    narrowed: bool = False
    clear: bool = False
    why: Why = field(default_factory=Why)


@transaction.atomic
def log(
    *,
    village_id: UUID,
    ledger: Ledger,
    title: str,
    how: How,
    wanted: Wanted,
    covers: str,
    rows: int,
    why: Why,
    by: UUID,
    at: datetime,
) -> None:
    """Write down that a ledger left the program.

    Args:
        covers: the path of the area that the lines can be of.
        rows: how many lines it has.
    """
    leaving = Leaving(ledger.code, title, how, covers, rows, bool(wanted.further), wanted.clear, why)
    _keep(village_id, leaving, by, at)
    data: dict[str, object] = {"ledger": ledger.code, "area": wanted.area_path, "clear": wanted.clear, "rows": rows}
    if why.reason:
        data["reason"] = why.reason
    if wanted.further:
        data["filters"] = [each.field for each in wanted.further]
    audit(f"registry.{_ACTION[how]}_ledger", by=by, at=at, village_id=village_id, data=data)


@transaction.atomic
def log_report(*, village_id: UUID, leaving: Leaving, by: UUID, at: datetime) -> None:
    """Write down that a report left the program."""
    _keep(village_id, leaving, by, at)
    data: dict[str, object] = {
        "report": leaving.code, "area": leaving.covers, "clear": leaving.clear, "rows": leaving.rows
    }  # fmt: skip
    if leaving.why.reason:
        data["reason"] = leaving.why.reason
    audit(f"registry.{_ACTION[leaving.how]}_report", by=by, at=at, village_id=village_id, data=data)


def _keep(village_id: UUID, leaving: Leaving, by: UUID, at: datetime) -> None:
    LedgerTaken.rows().create(
        village_id=village_id, ledger=leaving.code, title=leaving.title, how=leaving.how, area_path=leaving.covers,
        narrowed=leaving.narrowed, clear=leaving.clear, reason=leaving.why.reason, note=leaving.why.note,
        rows_taken=leaving.rows, at=at, by=by,
    )  # fmt: skip


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
