"""What an address or a form asks of a ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.domains.registry import access
from wuyicun.domains.registry.labels import REVEAL_REASON
from wuyicun.domains.registry.ledgers import shelf
from wuyicun.domains.registry.ledgers.lines import Wanted
from wuyicun.domains.registry.ledgers.shelf import Ledger
from wuyicun.domains.registry.ledgers.subjects import listed
from wuyicun.domains.registry.ledgers.taking import Why
from wuyicun.domains.registry.web.common import today
from wuyicun.domains.registry.web.ledgers import controls
from wuyicun.domains.territory import queries as territory
from wuyicun.domains.territory.rules import Level
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.errors import Refusal
from wuyicun.kernel.roles import Permission

LONGEST_NOTE = 120


class ReasonMissing(Refusal):
    """Numbers in clear leave the program only with a reason."""

    code = "reason_missing"
    status = 400
    words = gettext_lazy("导出完整号码要说明用途")


@dataclass(frozen=True)
class Asked:
    """A ledger, which of its lines, and why."""

    ledger: Ledger
    wanted: Wanted
    why: Why


def on_screen(request: ScopedRequest, code: str) -> tuple[Ledger, Wanted]:
    """What a page shows: always masked.

    Raises:
        NotYours: no such ledger, or the asker sees nobody.
    """
    access.held(request.scope, Permission.VIEW_PEOPLE)
    found = shelf.find(request.scope, request.village.pk, code)
    return found, wanted_of(found, request.GET)


def to_take(request: ScopedRequest, code: str) -> Asked:
    """What the form under a ledger asks for.

    Raises:
        NotYours: no such ledger; numbers in clear without the permission.
        ReasonMissing: … without a reason.
    """
    clear, why = numbers_asked(request)
    found = shelf.find(request.scope, request.village.pk, code)
    return Asked(found, wanted_of(found, request.POST, clear=clear), why)


def numbers_asked(request: ScopedRequest) -> tuple[bool, Why]:
    """Whether numbers are wanted in clear, and what for.

    Raises:
        NotYours: in clear without the permission; the asker sees nobody.
        ReasonMissing: … without a reason.
    """
    clear = request.POST.get("numbers") == "clear"
    access.held(request.scope, Permission.EXPORT_LEDGER if clear else Permission.VIEW_PEOPLE)
    reason = request.POST.get("reason", "")
    reason = reason if reason in REVEAL_REASON else ""
    if clear and not reason:
        raise ReasonMissing
    note = request.POST.get("note", "").replace("\x00", "").strip()[:LONGEST_NOTE]
    return clear, Why(reason, note)


def wanted_of(ledger: Ledger, data: QueryDict, *, clear: bool = False) -> Wanted:
    """Which lines a form or an address asks for."""
    known = listed(ledger.definition)
    further = controls.usable(controls.read(data, known), known)
    return Wanted(ledger.definition, today(), data.get("area", "")[:32], further, clear)


def title_of(request: ScopedRequest, ledger: Ledger) -> str:
    """The official title: the village's name in front, unless somebody wrote it there already."""
    if str(ledger.title).startswith(request.village.name):
        return str(ledger.title)
    return _("%(village)s%(ledger)s") % {"village": request.village.name, "ledger": ledger.title}


def area_name(request: ScopedRequest, area_path: str) -> str:
    """The name of the area that was asked for, '' for all."""
    return territory.names(request.village.pk).get(area_path, "")


def covered(request: ScopedRequest, area_path: str, permission: Permission) -> str:
    """The path of the area that the lines can be of: what was asked for, or all over which the permission is held."""
    return area_path or request.scope.covered(permission, request.village.area_path)


def areas_to_choose(request: ScopedRequest) -> Sequence[tuple[str, str]]:
    """Paths and names of the grids and micro-grids in which the asker sees people."""
    found = territory.areas(request.village.pk, levels=(Level.GRID, Level.MICRO_GRID, Level.UNPLACED))
    return [
        (area.area_path, area.name) for area in found if request.scope.permits(Permission.VIEW_PEOPLE, area.area_path)
    ]


def areas_to_share(request: ScopedRequest) -> Sequence[tuple[str, str]]:
    """The same, and the whole village for who sees all of it: with whom a ledger can be shared."""
    whole = request.scope.permits(Permission.VIEW_PEOPLE, request.village.area_path)
    village = [(request.village.area_path, request.village.name)] if whole else []
    return [*village, *areas_to_choose(request)]


def counted(subject_unit: str | Promise, number: int) -> str:
    """共 12 人."""
    return _("共 %(count)s %(unit)s") % {"count": number, "unit": subject_unit}
