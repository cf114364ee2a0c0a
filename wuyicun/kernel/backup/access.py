"""Who may see the backups, and who may take one away; to everybody else they do not exist."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.backup.models import Run
from wuyicun.kernel.backup.rules import RunState
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.scope import Scope


def backups(scope: Scope) -> None:
    """The page, and making one now. Raises NotYours."""
    if not scope.permits(Permission.BACK_UP):
        raise NotYours


def keeps(scope: Scope) -> bool:
    """Whether this account may take an archive away and set the passphrase.

    An archive holds every village of the installation: so must the account.
    """
    villages = accounts.all_villages()
    return bool(villages) and all(scope.permits(Permission.KEEP_BACKUPS, each.area_path) for each in villages)


def keeper(scope: Scope) -> None:
    """Setting the passphrase. Raises NotYours."""
    if not keeps(scope):
        raise NotYours


def archive(scope: Scope, run_id: UUID) -> tuple[Run, Path]:
    """A good archive whose file is there, to take away. Raises NotYours."""
    keeper(scope)
    run = Run.objects.filter(pk=run_id, state=RunState.GOOD).first()
    if run is None or not run.path or not Path(run.path).is_file():
        raise NotYours
    return run, Path(run.path)
