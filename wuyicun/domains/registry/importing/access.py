"""The only way from an address to an import or to something undecided: fetched and checked in one step."""

from __future__ import annotations

from uuid import UUID

from wuyicun.domains.registry.models import Conflict, ImportBatch, Pairing
from wuyicun.kernel.accounts.models import Village
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope


def may_import(scope: Scope, village: Village) -> None:
    """Whether somebody may import into the whole village, which is what a roster is about.

    Raises:
        NotYours: they may not.
    """
    if not scope.permits(Permission.IMPORT_ROSTER, village.area_path):
        raise NotYours


def batch(scope: Scope, village: Village, batch_id: UUID) -> ImportBatch:
    """The batch.

    Raises:
        NotYours: there is none, or they may not import.
    """
    may_import(scope, village)
    found = ImportBatch.rows().filter(village_id=village.pk, pk=batch_id).first()
    if found is None:
        raise NotYours
    return found


def may_decide(scope: Scope, village: Village) -> None:
    """Whether somebody may decide what an import left open, and who is registered twice.

    Raises:
        NotYours: they may not.
    """
    if not scope.permits(Permission.DECIDE_CONFLICTS, village.area_path):
        raise NotYours


def conflict(scope: Scope, village: Village, conflict_id: UUID) -> Conflict:
    """The conflict, decided or not.

    Raises:
        NotYours: there is none, or they may not decide.
    """
    may_decide(scope, village)
    found = Conflict.rows().filter(village_id=village.pk, pk=conflict_id).first()
    if found is None:
        raise NotYours
    return found


def pairing(scope: Scope, village: Village, pairing_id: UUID) -> Pairing:
    """What was decided of two who look alike.

    Raises:
        NotYours: there is none, or they may not decide.
    """
    may_decide(scope, village)
    found = Pairing.rows().filter(village_id=village.pk, pk=pairing_id).first()
    if found is None:
        raise NotYours
    return found
