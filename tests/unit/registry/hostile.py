"""Files that are meant to harm, or that only look like workbooks."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from tests.unit.registry.clerk import HEADER, old_workbook, person, workbook

_ROW = b"<row><c><v>1</v></c></row>"
_SHEET = "xl/worksheets/sheet1.xml"


def zip_bomb(path: Path, *, megabytes: int, said_bytes: int | None = None) -> Path:
    """A workbook whose sheet unpacks to that many megabytes of cells, whatever its table of contents says.

    It is written without zipfile, which would need the time to unpack and could not lie.
    """
    source = workbook(path.with_suffix(".source"), {"村民": [HEADER, person(1, "王大明")]})
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != _SHEET}
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    rows = _ROW * (1024 * 1024 // len(_ROW))
    tail = b"</sheetData></worksheet>"
    packed = _deflated(head, zlib.Z_FULL_FLUSH) + _deflated(rows, zlib.Z_FULL_FLUSH) * megabytes + _deflated(tail)
    checksum = zlib.crc32(head)
    for _ in range(megabytes):
        checksum = zlib.crc32(rows, checksum)
    checksum = zlib.crc32(tail, checksum)
    said = said_bytes if said_bytes is not None else len(head) + len(rows) * megabytes + len(tail)
    with path.open("wb") as stream:
        contents = b""
        for name, body in parts.items():
            contents += _add(stream, name, _deflated(body), zlib.crc32(body), len(body))
        contents += _add(stream, _SHEET, packed, checksum, said)
        at = stream.tell()
        stream.write(contents)
        stream.write(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(parts) + 1, len(parts) + 1, len(contents), at, 0))
    return path


def _deflated(body: bytes, ending: int = zlib.Z_FINISH) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush(ending)


def _add(stream: BinaryIO, name: str, data: bytes, checksum: int, size: int) -> bytes:
    """Writes one part; gives its line in the table of contents."""
    at = stream.tell()
    facts = struct.pack("<5H3I2H", 20, 0, 8, 0, 33, checksum, len(data), size, len(name), 0)
    stream.write(b"PK\3\4" + facts + name.encode() + data)
    return b"PK\1\2\x14\0" + facts + struct.pack("<3H2I", 0, 0, 0, 0, at) + name.encode()


def encrypted_xlsx(path: Path) -> Path:
    """What Excel writes with a password: a compound file whose stream is called EncryptedPackage."""
    raw = bytearray(old_workbook(path, {"村民": [HEADER]}).read_bytes())
    at = raw.find("Workbook".encode("utf-16-le"))
    name = "EncryptedPackage".encode("utf-16-le")
    raw[at : at + len(name)] = name
    raw[at + 64 : at + 66] = struct.pack("<H", len(name) + 2)
    path.write_bytes(raw)
    return path


def encrypted_xls(path: Path) -> Path:
    """An .xls whose second record says that what follows is encrypted (FILEPASS)."""
    raw = bytearray(old_workbook(path, {"村民": [HEADER]}).read_bytes())
    second_record = raw.find(b"\x09\x08\x10\x00") + 20
    raw[second_record : second_record + 2] = b"\x2f\x00"
    path.write_bytes(raw)
    return path


def with_part(source: Path, target: Path, part: str, body: bytes) -> Path:
    """The same zip with one part changed, or with only that part if the source does not exist."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        if source.exists():
            with zipfile.ZipFile(source) as old:
                for name in old.namelist():
                    new.writestr(name, body if name == part else old.read(name))
        else:
            new.writestr(part, body)
    return target
