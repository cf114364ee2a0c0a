"""Delimited text: UTF-8, GB18030 or UTF-16; comma, semicolon or tab."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from pathlib import Path

from wuyicun.domains.registry.roster.book import Cell, RosterRefused, error_shown
from wuyicun.domains.registry.roster.reading.portions import SheetSender

_SAMPLE = 64 * 1024
_LONGEST_CELL = 32 * 1024
_ENCODINGS = ("utf-8", "gb18030")
_DELIMITERS = ",;\t"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_QUOTED = re.compile(r'"[^"]*"')
_PROTECTED = re.compile(r'="(.*)"')


def send(path: Path, name: str, sender: SheetSender) -> None:
    """Sends a delimited text file as one sheet; a record is a row.

    Raises:
        RosterRefused: it is no text, or a quote that was never closed has swallowed rows.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as stream:
        sample = stream.read(_SAMPLE)
    if _CONTROL.search(sample):
        raise RosterRefused("not_a_workbook")
    csv.field_size_limit(_LONGEST_CELL)
    delimiter, usual = _delimiter(sample)
    sender.begin(name)
    with path.open(encoding=encoding, newline="") as stream:
        records = csv.reader(stream, delimiter=delimiter)
        number = 1
        try:
            for number, record in enumerate(records, 1):
                if any("\n" in text and _has_swallowed_rows(text, delimiter, usual) for text in record):
                    raise RosterRefused("corrupt", row=number)
                sender.add([_cell(text) for text in record])
        except csv.Error:
            raise RosterRefused("corrupt", row=number + 1) from None


def _has_swallowed_rows(text: str, delimiter: str, usual: int) -> bool:
    return usual > 1 and any(line.count(delimiter) >= usual for line in text.splitlines()[1:])


def _encoding(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates: tuple[str, ...] = ("utf-16",)
    elif head.startswith(codecs.BOM_UTF8):
        candidates = ("utf-8-sig",)
    elif zeros := head.count(0):
        candidates = ("utf-16-le",) if head[1::2].count(0) * 2 >= zeros else ("utf-16-be",)
    else:
        candidates = _ENCODINGS
    for encoding in candidates:
        if _decodes(path, encoding):
            return encoding
    raise RosterRefused("not_a_workbook")


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as stream:
            while stream.read(_SAMPLE):
                pass
    except UnicodeError:
        return False
    return True


def _delimiter(sample: str) -> tuple[str, int]:
    """The separator that most lines have equally often, outside quoted cells, and how often."""
    lines = [_QUOTED.sub("", line) for line in sample.splitlines()[:40] if line.strip()]
    best = (0, _DELIMITERS[0], 0)
    for delimiter in _DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines)
        counts.pop(0, None)
        fits = [(lines_with * min(each, 30), delimiter, each) for each, lines_with in counts.items()]
        best = max([best, *fits], key=lambda fit: fit[0])
    return best[1], best[2]


def _cell(text: str) -> Cell:
    bare = text.strip(" \t\r\n\u3000\ufeff")
    if not bare:
        return None
    if error := error_shown(bare):
        return error
    protected = _PROTECTED.fullmatch(bare)
    return (protected[1] or None) if protected else bare
