"""From a file to a roster, as its columns were proposed, remembered or mapped by hand."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from wuyicun.domains.registry import roster as rosters
from wuyicun.domains.registry import words
from wuyicun.domains.registry.importing import files
from wuyicun.domains.registry.models import ColumnMapping
from wuyicun.domains.registry.roster import Book, Roster, RosterRefused, SheetKind, SheetLayout
from wuyicun.kernel.errors import Refusal


class FileRefused(Refusal):
    """A file that cannot be read as a roster; its code is in the data."""

    code = "file_refused"
    status = 422
    words = _("这个文件读不了：%(words)s")

    def __init__(self, refusal: RosterRefused) -> None:
        super().__init__(
            refused=refusal.code,
            sheet=refusal.sheet,
            row=refusal.row,
            column=refusal.column,
            words=words.refusal(refusal),
        )


class FileGone(Refusal):
    """The file is not kept any longer."""

    code = "import_file_gone"
    status = 410
    words = _("上传的文件已按规定删除，请重新上传。")


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


def read(path: Path, *, name: str, heard: Callable[[bytes], object] | None = None) -> Book:
    """The sheets of a file. Raises FileRefused."""
    try:
        return rosters.read(path, name=name, heard=heard)
    except RosterRefused as refusal:
        raise FileRefused(refusal) from None


def read_kept(batch_id: UUID, file_name: str) -> Book:
    """The cells of a file that `files` keeps: as they were read before, else from the file.

    Raises:
        FileRefused: it can't be read.
        FileGone: it isn't kept any longer.
    """
    said = files.cells(batch_id) if files.is_kept(batch_id) else None
    if said is not None:
        return rosters.read_back(file_name, said)
    heard: list[bytes] = []
    with contextlib.ExitStack() as stack:
        try:
            path = stack.enter_context(files.opened(batch_id, file_name))
        except FileNotFoundError:
            raise FileGone from None
        book = read(path, name=file_name, heard=heard.append)
    files.keep_cells(batch_id, heard)
    return book


def lay_out(book: Book, *, village_id: UUID | None = None) -> Reading:
    """What the sheets are taken for: as proposed, or as somebody has mapped a file with the same titles before.

    Args:
        book: the file.
        village_id: whose remembered mappings are used; None for a village that isn't there yet.
    """
    layouts = rosters.propose(book)
    if village_id is None:
        return Reading(book, layouts)
    signatures = [layout.signature for layout in layouts if layout.header_rows]
    rows = ColumnMapping.rows().filter(village_id=village_id, signature__in=signatures)
    remembered = {row.signature: row for row in rows}
    known = (remembered.get(layout.signature) for layout in layouts)
    return Reading(
        book,
        tuple(
            layout if row is None else with_choice(layout, row.kind, row.columns)
            for layout, row in zip(layouts, known, strict=True)
        ),
    )


def with_choice(layout: SheetLayout, kind: str, columns: Mapping[str, str]) -> SheetLayout:
    """The sheet as somebody said it is."""
    said = SheetKind(kind)
    taken = layout if said in (layout.kind, SheetKind.IGNORE) else rosters.taken_for(layout, said)
    return taken.with_kind(said).with_columns(columns)


def as_json(layouts: Sequence[SheetLayout]) -> str:
    """What the sheets are taken for, to be kept sealed."""
    return msgspec.json.encode(layouts).decode()


def from_json(outline: str) -> tuple[SheetLayout, ...]:
    """What `as_json` has written."""
    return msgspec.json.decode(outline, type=tuple[SheetLayout, ...])
