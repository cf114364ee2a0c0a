"""Sends a sheet's rows in portions and counts them against the limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wuyicun.domains.registry.roster.book import Cell, Limits, MergedRange, RosterRefused
from wuyicun.domains.registry.roster.reading import wire

_PORTION = 2_000
_AS_THEY_ARE = {str, float, bool, type(None)}
_CELLS_PER_ROW = 60


class SheetSender:
    """Takes rows one by one, from row 1 of each sheet on."""

    def __init__(self, writer: wire.Writer, limits: Limits) -> None:
        self._writer = writer
        self.limits = limits
        self._waiting: list[list[Any]] = []
        self._blank = 0
        self._filled = 0
        self._cells = 0
        self._sheet = ""

    def begin(self, name: str, *, hidden: bool = False, merged: Sequence[MergedRange] = ()) -> None:
        """The following rows belong to this sheet."""
        self._flush()
        self._sheet = name
        self._writer.send(wire.SheetBegins(name, hidden, [(m.top, m.left, m.bottom, m.right) for m in merged]))

    def add(self, row: Sequence[Cell]) -> None:
        """The next row; blank cells at its end and blank rows at the sheet's end are left out.

        Raises:
            RosterRefused: too many rows or cells in the file.
        """
        cells = [cell if type(cell) in _AS_THEY_ARE else wire.pack(cell) for cell in row[: self.limits.columns]]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            self._blank += 1
            return
        self._count(len(cells))
        while self._blank:
            portion = min(self._blank, _PORTION)
            self._waiting.extend([] for _ in range(portion))
            self._blank -= portion
            self._send_full_portions()
        self._waiting.append(cells)
        self._send_full_portions()

    def _count(self, cells: int) -> None:
        self._filled += 1
        self._cells += cells
        if self._filled > self.limits.rows:
            raise RosterRefused("too_many_rows", {"limit": str(self.limits.rows)}, sheet=self._sheet)
        most = self.limits.rows * _CELLS_PER_ROW
        if self._cells > most:
            raise RosterRefused("too_large", {"reason": "cells", "limit": str(most)}, sheet=self._sheet)

    def _send_full_portions(self) -> None:
        if len(self._waiting) >= _PORTION:
            self._send_waiting()

    def _send_waiting(self) -> None:
        self._writer.send(wire.Rows(self._waiting))
        self._waiting = []

    def _flush(self) -> None:
        self._blank = 0
        if self._waiting:
            self._send_waiting()

    def finish(self, file_format: str) -> None:
        """All sheets were sent.

        Raises:
            RosterRefused: there was nothing in any of them.
        """
        self._flush()
        if not self._filled:
            raise RosterRefused("empty")
        self._writer.send(wire.Finished(file_format))
