"""Says what a file is by its content, and sends its sheets: the child's side of the reading."""

from __future__ import annotations

from pathlib import Path

from wuyicun.domains.registry.roster.book import Limits, RosterRefused
from wuyicun.domains.registry.roster.reading import archive, delimited, wire, workbook
from wuyicun.domains.registry.roster.reading.portions import SheetSender

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK_ENDINGS = {".xlsx", ".xlsm", ".xltx", ".xlsb", ".xls", ".xlt", ".et", ".ods", ".pdf", ".doc", ".docx"}


def send(path: Path, name: str, limits: Limits, writer: wire.Writer) -> None:
    """Reads the file and sends all its sheets.

    Raises:
        RosterRefused: it cannot be read.
    """
    with path.open("rb") as stream:
        head = stream.read(8)
    if not head:
        raise RosterRefused("empty")
    sender = SheetSender(writer, limits)
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        archive.check(path, limits)
        workbook.send(path, sender)
    elif head == _COMPOUND:
        workbook.send_compound(path, sender)
    elif Path(name).suffix.lower() in _WORKBOOK_ENDINGS:
        raise RosterRefused("not_a_workbook")
    else:
        delimited.send(path, Path(name).stem, sender)
        sender.finish("csv")
        return
    sender.finish("workbook")
