"""CSV files for other programs: UTF-8 with its mark, so that Excel reads the characters too."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from typing import BinaryIO

from wuyicun.kernel.documents.cells import Cell, in_words, type_of_number

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def delimited(titles: Sequence[str], rows: Iterable[Sequence[Cell]], foot: str) -> BinaryIO:
    """A .csv file at its first byte, nameless on disk and gone when it is closed (`FileResponse` does).

    The rows are read while this runs: call it inside the scope that they need.

    Args:
        foot: the last line's only cell: who took it, when and what for.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow(titles)
        writer.writerows([_written(cell) for cell in row] for row in rows)
        writer.writerow([_written(foot)])
        text.detach()
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _written(cell: Cell) -> str:
    """A cell as text; what Excel would take for a formula gets an apostrophe in front, a number does not."""
    words = in_words(cell)
    return f"'{words}" if words.startswith(_FORMULA) and not isinstance(cell, type_of_number) else words
