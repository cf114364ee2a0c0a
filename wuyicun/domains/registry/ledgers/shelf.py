"""Which ledgers there are for somebody: those of the plan, their own, and those that were shared with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from wuyicun.domains.registry.ledgers.builtin import BUILTIN, Builtin
from wuyicun.domains.registry.ledgers.definition import Column, Definition, from_data
from wuyicun.domains.registry.ledgers.fields import Words
from wuyicun.domains.registry.ledgers.subjects import LISTED
from wuyicun.domains.registry.models import Ledger as Row
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope


@dataclass(frozen=True)
class Ledger:
    """A ledger as it can be used.

    Attributes:
        code: in the address: a built-in one's code, or the id of the village's own.
        owner_id: whose it is; None for a built-in one.
        shared_path: the area whose workers may use it; '' for the owner alone.
        updated_at: its last change; None for a built-in one.
    """

    code: str
    title: Words
    about: Words
    definition: Definition
    owner_id: UUID | None = None
    shared_path: str = ""
    updated_at: datetime | None = None

    @property
    def is_builtin(self) -> bool:
        """Whether it came with the program and can only be copied."""
        return self.owner_id is None

    def may_be_changed(self, scope: Scope) -> bool:
        """By its owner; a shared one also by who exports for all of its area."""
        if self.owner_id is None:
            return False
        shared = bool(self.shared_path) and scope.permits(Permission.EXPORT_LEDGER, self.shared_path)
        return self.owner_id == scope.account_id or shared


def find(scope: Scope, village_id: UUID, code: str) -> Ledger:
    """The ledger with this code.

    Raises:
        NotYours: there is none, or it is somebody else's and not shared with the asker.
    """
    if code in BUILTIN:
        return _of_builtin(BUILTIN[code])
    try:
        found = Row.rows().filter(village_id=village_id, pk=UUID(code), retired_at__isnull=True).first()
    except ValueError:
        raise NotYours from None
    if found is None or not _may_see(scope, found):
        raise NotYours
    return _of_row(found)


def to_change(scope: Scope, village_id: UUID, code: str) -> Ledger:
    """The same, to be changed.

    Raises:
        NotYours: there is none that the asker may change.
    """
    found = find(scope, village_id, code)
    if not found.may_be_changed(scope):
        raise NotYours
    return found


def builtin() -> Sequence[Ledger]:
    """Those of the plan, in its order."""
    return [_of_builtin(each) for each in BUILTIN.values()]


def made_here(scope: Scope, village_id: UUID) -> Sequence[Ledger]:
    """Those that were made in the village and that the asker may use: their own first, then the shared, by title."""
    rows = Row.rows().filter(village_id=village_id, retired_at__isnull=True).order_by("title", "pk")
    found = [_of_row(row) for row in rows if _may_see(scope, row)]
    return sorted(found, key=lambda each: each.owner_id != scope.account_id)


def retired(scope: Scope, village_id: UUID) -> Sequence[Ledger]:
    """Those that the asker may take back into use, latest first."""
    rows = Row.rows().filter(village_id=village_id, retired_at__isnull=False).order_by("-retired_at")
    return [each for each in map(_of_row, rows[:50]) if each.may_be_changed(scope)]


def may_have_form(scope: Scope, village_path: str, ledger: Ledger) -> bool:
    """Who says which form of the office a ledger fills: for one of the plan who exports for the village, for one that
    was made here who may change it."""
    if ledger.is_builtin:
        return scope.permits(Permission.EXPORT_LEDGER, village_path)
    return ledger.may_be_changed(scope)


def heading(definition: Definition, column: Column) -> Words:
    """The title of a column: as it was written, else the field's official one."""
    if column.heading:
        return gettext(column.heading)
    return LISTED[definition.subject].field_by_code[column.field].title


def _may_see(scope: Scope, row: Row) -> bool:
    """The owner; and, when it is shared, whoever sees people anywhere in its area."""
    if row.owner_id == scope.account_id:
        return True
    paths = scope.paths(Permission.VIEW_PEOPLE)
    return bool(row.shared_path) and any(
        path.startswith(row.shared_path) or row.shared_path.startswith(path) for path in paths
    )


def _of_builtin(one: Builtin) -> Ledger:
    return Ledger(one.code, one.title, one.about, one.definition)


def _of_row(row: Row) -> Ledger:
    return Ledger(
        str(row.pk), row.title, row.about, from_data(row.definition), row.owner_id, row.shared_path, row.updated_at
    )
