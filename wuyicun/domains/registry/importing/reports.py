"""What is asked of imports: the batches, the lines and problems of one, in the words of the page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.domains.registry import labels, words
from wuyicun.domains.registry.models import Household, ImportBatch, ImportProblem, ImportRow, Person, Place
from wuyicun.domains.registry.roster import Problem
from wuyicun.domains.registry.rules import BatchState, RowStatus
from wuyicun.kernel.accounts import queries as accounts

PAGE = 50
UNSHOWN = ("problems", "unread", "id_kind")
"""Cells that go with others and say nothing by themselves."""

KIND: Mapping[str, words.Words] = {"P": gettext_lazy("人"), "H": gettext_lazy("户"), "L": gettext_lazy("点位")}
STATE: Mapping[str, words.Words] = {
    BatchState.READ: gettext_lazy("还没有导入"),
    BatchState.WORKING: gettext_lazy("正在处理"),
    BatchState.PREVIEWED: gettext_lazy("还没有导入"),
    BatchState.COMMITTED: gettext_lazy("已导入"),
    BatchState.UNDONE: gettext_lazy("已撤销"),
    BatchState.DROPPED: gettext_lazy("已放弃"),
}


@dataclass(frozen=True)
class Earlier:
    """A batch in the list of imports."""

    id: UUID
    file_name: str
    state: str
    word: words.Words
    at: datetime
    by: str
    figures: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """A cell that changes: what it is called, what was there, what comes."""

    name: words.Words
    before: str
    after: str
    disputed: bool


@dataclass(frozen=True)
class Line:
    """What a batch means for somebody or something."""

    number: int
    kind: words.Words
    name: str
    about: str
    place: str
    changes: Sequence[Change]
    subject_id: UUID | None


@dataclass(frozen=True)
class Finding:
    """A problem in words."""

    number: int
    severity: str
    severity_word: words.Words
    sheet: str
    row: int | None
    column: str
    name: str
    sentence: str
    person_id: UUID | None


@dataclass(frozen=True)
class Left:
    """Whom an undo left as they are, and why."""

    kind: words.Words
    name: str
    reason: words.Words


def batches(village_id: UUID, *, limit: int = 20) -> Sequence[Earlier]:
    """The last imports, latest first; those that were dropped are left out."""
    rows = list(
        ImportBatch.rows().filter(village_id=village_id).exclude(state=BatchState.DROPPED).order_by("-made_at")[:limit]
    )
    names = accounts.names_of([row.made_by for row in rows if row.made_by])
    return [
        Earlier(
            row.pk,
            row.file_name,
            row.state,
            STATE[row.state],
            row.committed_at or row.made_at,
            names.get(row.made_by, "") if row.made_by else _("命令行"),
            row.counts.get("figures", {}),
        )
        for row in rows
    ]


def lines(
    village_id: UUID, batch_id: UUID, status: str, *, kind: str = "P", after: int = 0, limit: int = PAGE
) -> tuple[Sequence[Line], int | None]:
    """Lines of a status in the file's order, and the number to go on after."""
    found = ImportRow.rows().filter(
        village_id=village_id, batch_id=batch_id, kind=kind, status=status, number__gt=after
    )
    rows = list(found.order_by("number")[: limit + 1])
    shown = [_line(row) for row in rows[:limit]]
    return shown, rows[limit - 1].number if len(rows) > limit else None


def _line(row: ImportRow) -> Line:
    place = f"{row.sheet} {_('第 %(row)s 行') % {'row': row.row}}" if row.sheet else ""
    code, _bar, where = row.about.partition("|")
    about = " ".join(filter(None, (str(_ABOUT.get(code, "")), where)))
    changes = [
        Change(cell_word(cell), said(cell, before), said(cell, after), outcome == "disputed")
        for cell, (before, after, outcome) in sorted(row.cells.items())
        if cell not in UNSHOWN
    ]
    return Line(row.number, KIND[row.kind], row.name, about, place, changes, row.subject_id)


def cell_word(cell: str) -> words.Words:
    """What a cell is called."""
    return words.CELL.get(cell, cell)


_ABOUT: Mapping[str, words.Words] = {**labels.RESIDENCE, **labels.PLACE_KIND}
_CODES: Mapping[str, Mapping[str, words.Words]] = {
    "sex": labels.SEX,
    "residence": labels.RESIDENCE,
    "whereabouts": labels.WHEREABOUTS,
    "id_kind": labels.ID_KIND,
    "kind": labels.PLACE_KIND,
    "party_member": {"true": gettext_lazy("是"), "false": gettext_lazy("否")},
    "sampling_code": {"true": gettext_lazy("已注册"), "false": gettext_lazy("未注册")},
    "home_visit": {"true": gettext_lazy("是"), "false": gettext_lazy("否")},
}


def said(cell: str, value: str | None) -> str:
    """A cell's value as a page shows it; of a number only that there is one."""
    if not value:
        return ""
    if cell in ("id_number", "phone"):
        return "••••••"
    if cell == "groups":
        return _("、").join(str(labels.GROUP.get(code, code)) for code in value.split(","))
    if cell in ("household", "micro_grid", "area", "house"):
        return value.strip("/").replace("/", " ")
    return str(_CODES.get(cell, {}).get(value, value))


def problems(
    village_id: UUID, batch_id: UUID, severities: Iterable[str], *, after: int = 0, limit: int = PAGE
) -> tuple[Sequence[Finding], int | None]:
    """Problems of these severities in the file's order, and the number to go on after."""
    found = ImportProblem.rows().filter(
        village_id=village_id, batch_id=batch_id, severity__in=list(severities), number__gt=after
    )
    rows = list(found.order_by("number")[: limit + 1])
    shown = [
        Finding(
            row.number, row.severity, words.SEVERITY[row.severity], row.sheet, row.row, row.column, row.name,
            words.problem(row.code, row.data), row.person_id,
        )
        for row in rows[:limit]
    ]  # fmt: skip
    return shown, rows[limit - 1].number if len(rows) > limit else None


def problems_of_file(village_id: UUID, batch_id: UUID) -> tuple[Problem, ...]:
    """All problems of a batch as the returned workbook takes them."""
    rows = ImportProblem.rows().filter(village_id=village_id, batch_id=batch_id).order_by("number")
    return tuple(Problem(row.code, row.sheet, row.row, row.column or None, row.name, row.data) for row in rows)


_REASONS: Mapping[str, words.Words] = {
    "later": gettext_lazy("后来又有改动"),
    "in_use": gettext_lazy("已有检测等记录"),
}


def left(village_id: UUID, batch: ImportBatch) -> Sequence[Left]:
    """Whom the undo of a batch left as they are, by name."""
    listed = [(kind, UUID(subject), reason) for kind, subject, reason in batch.counts.get("left", [])]
    return in_words(village_id, listed)


def in_words(village_id: UUID, left: Sequence[tuple[str, UUID, str]]) -> Sequence[Left]:
    """Those by name whom an undo leaves as they are."""
    names = names_of(village_id, [subject for _kind, subject, _reason in left])
    return [Left(KIND[kind], names.get(subject, ""), _REASONS[reason]) for kind, subject, reason in left]


def names_of(village_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """How people, places and households are called in these lists."""
    names: dict[UUID, str] = {}
    for model in (Person, Place):
        names.update(model.rows().filter(village_id=village_id, pk__in=ids).values_list("pk", "name"))
    numbers = Household.rows().filter(village_id=village_id, pk__in=ids).values_list("pk", "number")
    names.update({pk: _("%(number)s 号户") % {"number": number} for pk, number in numbers})
    return names


def absent(village_id: UUID, batch_id: UUID) -> int:
    """How many known people the file of a batch does not list."""
    return ImportRow.rows().filter(village_id=village_id, batch_id=batch_id, kind="P", status=RowStatus.ABSENT).count()
