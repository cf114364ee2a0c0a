"""From a file to a roster, as its columns were proposed, remembered or mapped by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import roster as rosters
from wuyicun.domains.registry import words
from wuyicun.domains.registry.models import ColumnMapping
from wuyicun.domains.registry.roster import Book, Roster, RosterRefused, SheetKind, SheetLayout
from wuyicun.kernel.errors import Refusal


class FileRefused(Refusal):
    """A file that cannot be read as a roster; its code is in the data."""

    code = "file_refused"
    status = 422
    words = _("这个文件读不了:%(words)s")

    def __init__(self, refusal: RosterRefused) -> None:
        super().__init__(
            refused=refusal.code,
            sheet=refusal.sheet,
            row=refusal.row,
            column=refusal.column,
            words=words.refusal(refusal),
        )


@dataclass(frozen=True)
class Reading:
    """A file that could be read, and what its sheets are taken for."""

    book: Book
    layouts: tuple[SheetLayout, ...]

    def roster(self, at: datetime) -> Roster:
        """What it says. Raises FileRefused when no sheet lists anybody."""
        try:
            return rosters.parse(self.book, self.layouts, on=at.date())
        except RosterRefused as refusal:
            raise FileRefused(refusal) from None


def read(path: Path, *, name: str) -> Book:
    """The sheets of a file. Raises FileRefused."""
    try:
        return rosters.read(path, name=name)
    except RosterRefused as refusal:
        raise FileRefused(refusal) from None


def lay_out(book: Book, *, village_id: UUID | None = None, chosen: Sequence[Mapping[str, Any]] = ()) -> Reading:
    """What the sheets are taken for: as proposed, changed by what was remembered, changed by what was chosen.

    Args:
        book: the file.
        village_id: whose remembered mappings are used; None for a village that isn't there yet.
        chosen: what `as_json` gave, perhaps changed by hand since.
    """
    layouts = rosters.propose(book)
    if village_id is not None:
        signatures = [layout.signature for layout in layouts]
        rows = ColumnMapping.rows().filter(village_id=village_id, signature__in=signatures)
        remembered = {row.signature: row for row in rows}
        layouts = tuple(
            with_choice(layout, remembered[layout.signature].kind, remembered[layout.signature].columns)
            if layout.signature in remembered
            else layout
            for layout in layouts
        )
    by_sheet = {str(choice["sheet"]): choice for choice in chosen}
    return Reading(
        book,
        tuple(
            with_choice(layout, by_sheet[layout.sheet]["kind"], by_sheet[layout.sheet]["columns"])
            if layout.sheet in by_sheet
            else layout
            for layout in layouts
        ),
    )


def with_choice(layout: SheetLayout, kind: str, columns: Mapping[str, str]) -> SheetLayout:
    """The sheet as somebody said it is."""
    return layout.with_kind(SheetKind(kind)).with_columns(columns)


def as_json(layouts: Sequence[SheetLayout]) -> list[dict[str, Any]]:
    """What the sheets are taken for, as a batch keeps it; no value of the file is in it."""
    return [
        {"sheet": layout.sheet, "kind": str(layout.kind), "signature": layout.signature, "columns": layout.mapping}
        for layout in layouts
    ]
