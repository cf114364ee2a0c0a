"""Permissions and the roles that carry them. A role is one line here; who holds it where is a grant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """What can be allowed."""

    VIEW_BOARD = "view_board"
    VIEW_PEOPLE = "view_people"
    EDIT_PEOPLE = "edit_people"
    IMPORT_ROSTER = "import_roster"
    EXPORT_LEDGER = "export_ledger"
    DECIDE_CONFLICTS = "decide_conflicts"
    REVEAL = "reveal"
    PRINT_CARDS = "print_cards"
    OPEN_ROUND = "open_round"
    CLOSE_ROUND = "close_round"
    SAMPLE = "sample"
    CARRY_TUBES = "carry_tubes"
    ENTER_RESULTS = "enter_results"
    EXCUSE = "excuse"
    DISINFECT = "disinfect"
    DECIDE_RECORDS = "decide_records"
    ARRANGE_GRIDS = "arrange_grids"
    MANAGE_POSTS = "manage_posts"
    SET_ROUTINES = "set_routines"
    MANAGE_ACCOUNTS = "manage_accounts"
    VIEW_AUDIT = "view_audit"
    BACK_UP = "back_up"
    KEEP_BACKUPS = "keep_backups"


@dataclass(frozen=True)
class Role:
    """A role: its code (kept in grants and posts), its name and what it may do."""

    code: str
    name: str | Promise
    permissions: frozenset[Permission]


_P = Permission
_SEES = {_P.VIEW_BOARD, _P.VIEW_PEOPLE}
_BACKUPS = {_P.BACK_UP, _P.KEEP_BACKUPS}
SECOND_FACTOR = frozenset({_P.EXPORT_LEDGER, _P.MANAGE_POSTS, _P.MANAGE_ACCOUNTS, _P.VIEW_AUDIT, *_BACKUPS})
"""Who exports or administers proves with a second factor that it is them."""
GIVEN_BY_WHO_FILLS_POSTS = frozenset({_P.VIEW_AUDIT, _P.KEEP_BACKUPS})
"""Not held by who leads: whoever fills posts may appoint an auditor or an administrator. All else only who holds it."""
_TESTS = {_P.SAMPLE, _P.CARRY_TUBES}
_DOOR = _SEES | {_P.EDIT_PEOPLE, _P.EXCUSE, _P.SAMPLE, _P.REVEAL, _P.PRINT_CARDS, _P.DISINFECT}


def _role(code: str, name: str | Promise, *permissions: Permission) -> Role:
    return Role(code, name, frozenset(permissions))


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role("secretary", _("村书记"), *(set(_P) - {_P.VIEW_AUDIT, _P.KEEP_BACKUPS})),
        _role("office", _("防控办公室"), *(set(_P) - {_P.MANAGE_POSTS, _P.MANAGE_ACCOUNTS, _P.VIEW_AUDIT, *_BACKUPS})),
        _role("grid_leader", _("网格长"), *_DOOR, *_TESTS, _P.EXPORT_LEDGER),
        _role("grid_worker", _("网格员"), *_DOOR),
        _role("micro_grid_leader", _("微网格长"), *_DOOR),
        _role("doctor", _("村医"), *_SEES, *_TESTS, _P.ENTER_RESULTS, _P.EXCUSE, _P.REVEAL, _P.DISINFECT),
        _role("sampler", _("采样员"), *_SEES, _P.SAMPLE, _P.DISINFECT),
        _role("tube_runner", _("转运员"), _P.VIEW_BOARD, _P.CARRY_TUBES),
        _role("guard", _("卡口值守员"), _P.VIEW_BOARD),
        _role("storekeeper", _("物资保管员"), _P.VIEW_BOARD),
        _role("disinfector", _("消杀员"), _P.VIEW_BOARD, _P.DISINFECT),
        _role("liaison", _("企业工地联络员"), _P.VIEW_BOARD),
        _role("supervisor", _("上级督导"), _P.VIEW_BOARD),
        _role("member", _("单位成员"), _P.VIEW_BOARD),
        _role("administrator", _("系统管理员"), _P.MANAGE_POSTS, _P.MANAGE_ACCOUNTS, _P.VIEW_BOARD, *_BACKUPS),
        _role("auditor", _("审计员"), _P.VIEW_AUDIT, _P.VIEW_BOARD),
    )
}
