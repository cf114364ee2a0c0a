"""Export to CSV, for other programs. People get a workbook: Excel rounds long numbers of a CSV."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from .cells import Cell, in_words, inert, type_of_number

_MARK = "\ufeff"


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The lines of a CSV file, for a streaming response: byte order mark (Excel needs it for Chinese), titles, rows."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield _MARK + cast("str", writer.writerow([inert(title) for title in titles]))
    for row in rows:
        yield cast("str", writer.writerow([_plain(value) for value in row]))


def _plain(value: Cell) -> str:
    words = in_words(value)
    return words if isinstance(value, type_of_number) else inert(words)
