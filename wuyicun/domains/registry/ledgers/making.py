"""Making, changing, sharing and retiring the village's own ledgers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry.ledgers.definition import Definition, faults
from wuyicun.domains.registry.ledgers.subjects import listed
from wuyicun.domains.registry.models import Ledger
from wuyicun.kernel.audit.actions import audit, digest
from wuyicun.kernel.errors import Refusal

LONGEST_TITLE = 60


class LedgerFaulty(Refusal):
    """What somebody put together is no ledger."""

    code = "ledger_faulty"
    status = 422
    words = _("这本台账还不能存：%(words)s")


class LedgerChanged(Refusal):
    """Somebody else has changed or retired the ledger meanwhile."""

    code = "ledger_changed"
    words = _("这本台账刚被别人改过。请重新打开再改，或另存一本")


FAULT_WORDS = {
    "no_title": _("请写上名称"),
    "no_column": _("至少要选一列"),
    "too_many": _("列或条件太多了"),
    "unknown_column": _("有一列没有这个内容"),
    "unknown_order": _("没有这种排列"),
    "unknown_condition": _("有一个条件填得不对"),
}


@transaction.atomic
def make(
    *, village_id: UUID, title: str, about: str, definition: Definition, copied_from: str, by: UUID, at: datetime
) -> Ledger:
    """A new ledger of somebody's own. Raises LedgerFaulty."""
    _check(title, definition)
    made = Ledger.rows().create(
        village_id=village_id,
        title=title,
        about=about,
        definition=definition.to_data(),
        copied_from=copied_from,
        owner_id=by,
        made_at=at,
        updated_at=at,
        updated_by=by,
    )
    _tell("make", made, by, at, copied_from=copied_from, definition=digest(made.definition))
    return made


@transaction.atomic
def change(
    *,
    village_id: UUID,
    ledger_id: UUID,
    title: str,
    about: str,
    definition: Definition,
    seen_at: datetime | None,
    by: UUID,
    at: datetime,
) -> Ledger:
    """Change a ledger. Raises LedgerFaulty, LedgerChanged."""
    _check(title, definition)
    current = _locked(village_id, ledger_id)
    if current.updated_at != seen_at:
        raise LedgerChanged
    current.title, current.about, current.definition = title, about, definition.to_data()
    _save(current, by, at)
    _tell("change", current, by, at, definition=digest(current.definition))
    return current


@transaction.atomic
def share(*, village_id: UUID, ledger_id: UUID, area_path: str, by: UUID, at: datetime) -> Ledger:
    """Let all who work in an area use a ledger; '' takes that back. Raises LedgerChanged."""
    current = _locked(village_id, ledger_id)
    current.shared_path = area_path
    _save(current, by, at)
    _tell("share", current, by, at, area=area_path)
    return current


@transaction.atomic
def retire(*, village_id: UUID, ledger_id: UUID, by: UUID, at: datetime) -> Ledger:
    """Put a ledger away; nothing is deleted. Raises LedgerChanged."""
    current = _locked(village_id, ledger_id)
    current.retired_at = at
    _save(current, by, at)
    _tell("retire", current, by, at)
    return current


@transaction.atomic
def take_back(*, village_id: UUID, ledger_id: UUID, by: UUID, at: datetime) -> Ledger:
    """Use a ledger again that was put away."""
    current = Ledger.rows().select_for_update().get(village_id=village_id, pk=ledger_id)
    current.retired_at = None
    _save(current, by, at)
    _tell("take_back", current, by, at)
    return current


def _check(title: str, definition: Definition) -> None:
    found = [*([] if title.strip() else ["no_title"]), *faults(definition, listed(definition).known)]
    if found:
        raise LedgerFaulty(faults=found, words=" · ".join(str(FAULT_WORDS[code]) for code in found))


def _locked(village_id: UUID, ledger_id: UUID) -> Ledger:
    found = Ledger.rows().select_for_update().filter(village_id=village_id, pk=ledger_id, retired_at=None).first()
    if found is None:
        raise LedgerChanged
    return found


def _save(ledger: Ledger, by: UUID, at: datetime) -> None:
    ledger.updated_by, ledger.updated_at = by, at
    ledger.save()


def _tell(verb: str, ledger: Ledger, by: UUID, at: datetime, **data: Any) -> None:
    audit(
        f"registry.{verb}_ledger", by=by, at=at, village_id=ledger.village_id, subject=("ledger", ledger.pk), data=data
    )
