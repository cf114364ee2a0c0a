"""消杀台账: what is owed on top, what was done below it, and the log as an Excel file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_GET

from wuyicun.domains.hygiene import queries
from wuyicun.domains.hygiene.access import reaches
from wuyicun.domains.hygiene.queries import Line, Owed
from wuyicun.domains.hygiene.words import FIELDS, METHODS, Words
from wuyicun.kernel import clock
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest
from wuyicun.kernel.audit.actions import audit
from wuyicun.kernel.documents.cells import Cell
from wuyicun.kernel.documents.workbook import Column, Sheet, workbook
from wuyicun.kernel.errors import NotYours
from wuyicun.kernel.roles import Permission
from wuyicun.kernel.web.responses import attachment

PAGE = 50
OFFICIAL_LANGUAGE = "zh-hans"
_BETWEEN = "_"
_TEXTS = ("point", "method", "agent", "operator", "note")


@dataclass(frozen=True)
class Shown:
    """A line of the log on the page."""

    line: Line
    method: Words
    by: str
    may_take_back: bool


@require_GET
def disinfections(request: ScopedRequest) -> HttpResponse:
    """What is owed, and the log."""
    _look(request)
    village_id = request.village.pk
    paths = request.scope.paths(Permission.DISINFECT)
    owed = queries.owed(village_id)
    lines = queries.log(village_id, PAGE + 1, _after(request.GET.get("after", "")))
    said, tone = _sentence(owed)
    context = {
        "sentence": said,
        "tone": tone,
        "owed": [(each, reaches(paths, each.area_path)) for each in owed],
        "lines": _shown(request, lines[:PAGE]),
        "next": _cursor(lines[PAGE - 1]) if len(lines) > PAGE else "",
        "may_write": bool(paths),
    }
    return render(request, "hygiene/disinfections.html", context)


def _look(request: ScopedRequest) -> None:
    if not request.scope.permits(Permission.VIEW_BOARD):
        raise NotYours


def _sentence(owed: Sequence[Owed]) -> tuple[str, str]:
    if not owed:
        return _("没有待消杀的点位"), "done"
    return ngettext("还有 %(count)s 处待消杀", "还有 %(count)s 处待消杀", len(owed)) % {"count": len(owed)}, "owed"


def _shown(request: ScopedRequest, lines: Sequence[Line]) -> Sequence[Shown]:
    names = accounts.names_of([each.by for each in lines if each.by])
    whole = request.scope.permits(Permission.DISINFECT, request.village.area_path)
    return [
        Shown(
            each,
            METHODS.get(each.method, each.method),
            names.get(each.by, "") if each.by else "",
            not each.voided and (whole or each.by == request.account.pk),
        )
        for each in lines
    ]


def _cursor(line: Line) -> str:
    return f"{line.done_at.isoformat()}{_BETWEEN}{line.id}"


def _after(cursor: str) -> tuple[datetime, UUID] | None:
    moment, _between, line_id = cursor.partition(_BETWEEN)
    try:
        found = datetime.fromisoformat(moment), UUID(line_id)
    except ValueError:
        return None
    return found if found[0].tzinfo else None


@require_GET
def export(request: ScopedRequest) -> FileResponse:
    """The log under its official title."""
    _look(request)
    now, village = clock.now(), request.village
    with override(OFFICIAL_LANGUAGE):
        title = f"{village.name}{_('消杀台账')}"
        columns = [Column(str(FIELDS["done_at"]), "moment"), *(Column(str(FIELDS[each])) for each in _TEXTS)]
        sheet = Sheet(_("消杀台账"), columns, _rows(village.pk), official_title=title)
        file = workbook([sheet], made_by=request.account.name, made_at=timezone.localtime(now))
    audit("hygiene.export", by=request.account.pk, at=now, village_id=village.pk)
    return attachment(file, f"{title}.xlsx")


def _rows(village_id: UUID) -> Iterator[Sequence[Cell]]:
    for each in queries.every_line(village_id):
        method = str(METHODS.get(each.method, each.method))
        yield (each.done_at, each.point, method, each.agent, each.operator, each.note)
