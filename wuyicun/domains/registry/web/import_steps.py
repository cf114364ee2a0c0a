"""What each step of an import shows, and what its form sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wuyicun.domains.registry import words
from wuyicun.domains.registry.importing import batches, files, reports
from wuyicun.domains.registry.models import Conflict, ImportBatch
from wuyicun.domains.registry.roster import ColumnLayout, Field, Severity, SheetKind, SheetLayout
from wuyicun.domains.registry.rules import BatchState, RowStatus
from wuyicun.domains.registry.web import import_working
from wuyicun.kernel.accounts import queries as accounts
from wuyicun.kernel.accounts.middleware import ScopedRequest

_SURE = 0.7
_NUMBER_DIGITS = 11
_STEP_OF_STATE = {
    BatchState.READ: "kinds",
    BatchState.WORKING: "working",
    BatchState.PREVIEWED: "preview",
    BatchState.COMMITTED: "done",
    BatchState.UNDONE: "done",
    BatchState.DROPPED: "done",
}


@dataclass(frozen=True)
class SheetChoice:
    """A sheet and what it may be taken for."""

    field_name: str
    layout: SheetLayout
    rows: int
    kinds: Sequence[tuple[str, words.Words]]


@dataclass(frozen=True)
class ColumnChoice:
    """A column of theirs, three samples of it, and what it is taken for."""

    field_name: str
    column: ColumnLayout
    samples: Sequence[str]
    unsure: bool


@dataclass(frozen=True)
class SheetColumns:
    """The columns of a sheet, unsure ones first."""

    layout: SheetLayout
    kind: words.Words
    columns: Sequence[ColumnChoice]
    fields: Sequence[tuple[str, words.Words]]


@dataclass(frozen=True)
class Count:
    """A figure that opens its rows."""

    number: int
    word: words.Words
    url: str
    tone: str
    here: bool


def step_of(batch: ImportBatch, asked: str) -> str:
    """Which step the page shows: where the batch stands, or an earlier one that was asked for."""
    if asked in ("kinds", "columns") and batch.state in (BatchState.READ, BatchState.PREVIEWED):
        return asked
    return _STEP_OF_STATE[BatchState(batch.state)]


def _kinds(request: ScopedRequest, batch: ImportBatch) -> dict[str, Any]:
    rows = batch.counts.get("rows", {})
    sheets = [
        SheetChoice(f"kind-{place}", layout, rows.get(layout.sheet, 0), list(words.SHEET_KIND.items()))
        for place, layout in enumerate(batches.layouts_of(batch))
    ]
    listed = sum(sheet.layout.kind is not SheetKind.IGNORE for sheet in sheets)
    return {"sheets": sheets, "listed": listed}


def kinds_of(posted: QueryDict, batch: ImportBatch) -> dict[str, str]:
    """The kinds that the form sent, by the sheet's name."""
    return {
        layout.sheet: kind
        for place, layout in enumerate(batches.layouts_of(batch))
        if (kind := posted.get(f"kind-{place}", "")) in words.SHEET_KIND
    }


_FIELDS_OF: Mapping[SheetKind, Sequence[Field]] = {
    SheetKind.PLACES: (
        Field.NAME, Field.PLACE_KIND, Field.SECTION, Field.MICRO_GRID, Field.MANAGER, Field.PHONE, Field.ADDRESS,
        Field.NOTE, Field.SEQUENCE,
    ),
}  # fmt: skip
_OF_PLACES_ONLY = {Field.PLACE_KIND, Field.MANAGER}


def _columns(request: ScopedRequest, batch: ImportBatch) -> dict[str, Any]:
    sheets = [
        _sheet(place, layout)
        for place, layout in enumerate(batches.layouts_of(batch))
        if layout.kind is not SheetKind.IGNORE
    ]
    unsure = sum(choice.unsure for sheet in sheets for choice in sheet.columns)
    nameless = [sheet.layout.sheet for sheet in sheets if Field.NAME not in sheet.layout.index_of]
    return {"sheets": sheets, "unsure": unsure, "nameless": nameless}


def _sheet(place: int, layout: SheetLayout) -> SheetColumns:
    choices = [
        ColumnChoice(
            f"column-{place}-{column.letters}",
            column,
            [masked(sample) for sample in column.samples],
            _is_unsure(column),
        )
        for column in layout.columns
    ]
    choices.sort(key=lambda choice: not choice.unsure)
    fields = _FIELDS_OF.get(layout.kind) or [field for field in Field if field not in _OF_PLACES_ONLY]
    options = [(str(field), words.FIELD[field]) for field in fields]
    return SheetColumns(layout, words.SHEET_KIND[layout.kind], choices, options)


def _is_unsure(column: ColumnLayout) -> bool:
    return column.confidence < _SURE if column.field else column.confidence < 1 and bool(column.samples)


def masked(sample: str) -> str:
    """A sample that may be a number, without its middle."""
    digits = sum(character.isdigit() for character in sample)
    if digits < _NUMBER_DIGITS:
        return sample
    return f"{sample[:4]}{'*' * (len(sample) - 6)}{sample[-2:]}"


def columns_of(posted: QueryDict, batch: ImportBatch) -> dict[str, dict[str, str]]:
    """The fields that the form sent, by the sheet's name and the column's letters."""
    found: dict[str, dict[str, str]] = {}
    for place, layout in enumerate(batches.layouts_of(batch)):
        for column in layout.columns:
            field = posted.get(f"column-{place}-{column.letters}")
            if field is not None and (not field or field in words.FIELD) and field != (column.field or ""):
                found.setdefault(layout.sheet, {})[column.letters] = field
    return found


def _preview(request: ScopedRequest, batch: ImportBatch) -> dict[str, Any]:
    counts = batch.counts
    people = counts["people"]
    said = counts.get("village")
    return {
        **_lists(request, batch),
        "figures": counts["figures"],
        "nothing": not any(
            counts[kind].get(status) for kind in _KINDS.values() for status in (RowStatus.NEW, RowStatus.CHANGED)
        ),
        "new": people.get(RowStatus.NEW, 0),
        "changed": people.get(RowStatus.CHANGED, 0),
        "areas": _area_words(counts.get("areas", [])),
        "other_village": said if said and not _same(said, request.village.name) else "",
    }


def _same(said: str, name: str) -> bool:
    return said.removesuffix("村") in name or name.removesuffix("村") in said


def _area_words(areas: Sequence[Sequence[str]]) -> str:
    return _("、").join(" ".join(filter(None, area)) for area in areas)


_KINDS = {"P": "people", "H": "households", "L": "places"}
_PROBLEMS: Mapping[str, tuple[words.Words, Sequence[Severity], str]] = {
    "decide": (words.SEVERITY[Severity.DECIDE], (Severity.DECIDE,), "owed"),
    "problems": (gettext_lazy("有问题"), (Severity.REFUSED, Severity.CHECK), "owed"),
    "fixed": (words.SEVERITY[Severity.FIXED], (Severity.FIXED,), ""),
}


def _lists(request: ScopedRequest, batch: ImportBatch) -> dict[str, Any]:
    """The figures, and the rows behind the one that was asked for."""
    counts, asked = batch.counts, request.GET.get("show", "")
    kind = request.GET.get("kind", "P")
    kind = kind if kind in _KINDS else "P"
    figures = [
        _count(number, words.ROW_STATUS[status], status, tone, asked) for status, number, tone in _statuses(batch)
    ]
    severities = counts.get("problems", {})
    for show, (word, among, tone) in _PROBLEMS.items():
        number = sum(severities.get(severity, 0) for severity in among)
        if number or show == "problems":
            figures.append(_count(number, word, show, tone, asked))
    after = int(text) if (text := request.GET.get("after", "")).isdecimal() and len(text) < 10 else 0
    shown: dict[str, Any] = {"counts": figures, "show": asked, "kind": kind}
    if asked in _PROBLEMS:
        among = _PROBLEMS[asked][1]
        shown["problems"], shown["next"] = reports.problems(request.village.pk, batch.pk, among, after=after)
    elif asked in words.ROW_STATUS:
        shown["kinds"] = [
            (reports.KIND[letter], _show(asked, letter), letter == kind, counts.get(name, {}).get(asked, 0))
            for letter, name in _KINDS.items()
        ]
        shown["lines"], shown["next"] = reports.lines(request.village.pk, batch.pk, asked, kind=kind, after=after)
    return shown


def _statuses(batch: ImportBatch) -> list[tuple[RowStatus, int, str]]:
    people = batch.counts.get("people", {})
    found = [(status, people.get(status, 0), "") for status in (RowStatus.NEW, RowStatus.CHANGED, RowStatus.UNCHANGED)]
    absent = reports.absent(batch.village_id, batch.pk)
    if absent:
        found.append((RowStatus.ABSENT, absent, "owed"))
    return found


def _count(number: int, word: words.Words, show: str, tone: str, asked: str) -> Count:
    return Count(number, word, _show(show) if number else "", tone, asked == show)


def _show(show: str, kind: str = "P") -> str:
    return f"?show={show}" + (f"&kind={kind}" if kind != "P" else "") + "#rows"


def _done(request: ScopedRequest, batch: ImportBatch) -> dict[str, Any]:
    undone = batch.state != BatchState.COMMITTED
    by = batch.committed_by or batch.made_by
    open_conflicts = Conflict.rows().filter(village_id=batch.village_id, batch_id=batch.pk, decided_at=None).count()
    return {
        **({} if undone else _lists(request, batch)),
        "undone": undone,
        "taken_back": batch.counts if "removed" in batch.counts else None,
        "dropped": batch.state == BatchState.DROPPED,
        "left": reports.left(batch.village_id, batch) if undone else (),
        "figures": batch.counts.get("figures", {}),
        "by": accounts.names_of([by]).get(by, "") if by else _("命令行"),
        "conflicts": open_conflicts,
        "kept": files.is_kept(batch.pk),
    }


def _working(request: ScopedRequest, batch: ImportBatch) -> dict[str, Any]:
    return import_working.working(batch, import_working.asked(batch))


CONTEXT: Mapping[str, Callable[[ScopedRequest, ImportBatch], dict[str, Any]]] = {
    "kinds": _kinds,
    "columns": _columns,
    "preview": _preview,
    "working": _working,
    "done": _done,
}
