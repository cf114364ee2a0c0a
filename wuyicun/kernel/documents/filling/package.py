"""The zip around a workbook: what is taken, where its parts are, and how it is written again."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wuyicun.kernel.documents.filling.xml import inside, scan
from wuyicun.kernel.errors import Refusal

MOST_BYTES = 5 * 1024 * 1024
_MOST_UNPACKED = 40 * 1024 * 1024
_MOST_PARTS = 500
_LARGEST_SHEET = 12 * 1024 * 1024
_COMPOUND = b"\xd0\xcf\x11\xe0"
_ENCRYPTED_FLAG = 0x1
_ACTIVE = re.compile(
    r"vbaproject|activex/|embeddings/|externallinks/|connections\.xml|querytables/|webextensions/|customui|ctrlprops/"
    r"|macrosheets/|dialogsheets/",
    re.IGNORECASE,
)
UNREADABLE = (ValueError, KeyError, EOFError, OSError, NotImplementedError, zipfile.BadZipFile, zlib.error)
"""What reading a damaged part can raise; `NotXml` is a ValueError."""
WORKBOOK = "xl/workbook.xml"
CONTENT_TYPES = "[Content_Types].xml"


class FormRefused(Refusal):
    """A file that is not taken as a form to fill; `why` says which reason."""

    code = "form_refused"
    status = 422
    words = _("这个表格用不了：%(words)s")

    def __init__(self, why: str) -> None:
        super().__init__(why=why, words=WHY[why])


WHY: Mapping[str, str | Promise] = {
    "too_large": _("文件太大，模板不超过 5 MB，也不要带上万行空行"),
    "encrypted": _("文件加了密码。请先取消密码再上传"),
    "old_format": _("这是老格式（.xls）。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传"),
    "not_a_workbook": _("这不是 Excel 表格（.xlsx）"),
    "corrupt": _("文件损坏，打不开"),
    "active": _("表格里有宏、外部链接或嵌入的文件，为了安全不收。请去掉后另存为 .xlsx"),
    "no_such_sheet": _("找不到这张工作表"),
    "no_columns": _("没有找到表头。表头要有“姓名”等列名"),
    "too_many_rows": _("人数超过了一张表能放的行数"),
}


@dataclass(frozen=True)
class Package:
    """An opened workbook.

    Attributes:
        sheets: the part of each sheet by its name, in order.
    """

    archive: zipfile.ZipFile
    sheets: Mapping[str, str]

    def read(self, part: str) -> bytes:
        """A part's bytes."""
        return self.archive.read(part)

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part in self.archive.NameToInfo

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that a part points to by a kind of relation ('drawing', 'table' …)."""
        return [target for name, target in relations(self, part) if name == kind and self.has(target)]


def check(file: BinaryIO) -> None:
    """Whether a file can be a form at all; nothing is unpacked but the list of its parts. Raises FormRefused."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    if size > MOST_BYTES:
        raise FormRefused("too_large")
    if head == _COMPOUND:
        raise FormRefused("encrypted" if _is_encrypted(file) else "old_format")
    if head != b"PK\x03\x04":
        raise FormRefused("not_a_workbook")
    try:
        with zipfile.ZipFile(file) as archive:
            _check_parts(archive)
    except UNREADABLE:
        raise FormRefused("corrupt") from None
    finally:
        file.seek(0)


def _is_encrypted(file: BinaryIO) -> bool:
    """An encrypted .xlsx is a compound file with this stream in it, an old .xls one without."""
    content = file.read()
    file.seek(0)
    return "EncryptedPackage".encode("utf-16-le") in content


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise FormRefused("too_large")
    if any(part.file_size > _LARGEST_SHEET for part in parts if part.filename.endswith(".xml")):
        raise FormRefused("too_large")
    if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
        raise FormRefused("encrypted")
    names = [part.filename for part in parts]
    if len(set(names)) < len(names):
        raise FormRefused("corrupt")
    if WORKBOOK not in names or CONTENT_TYPES not in names:
        raise FormRefused("not_a_workbook")
    if any(_ACTIVE.search(name) for name in names):
        raise FormRefused("active")
    for name in names:
        if name.endswith(".rels"):
            _check_relations(archive.read(name))


def _check_relations(content: bytes) -> None:
    for relation in scan(content, ("Relationship",)):
        outside = relation.attributes.get("TargetMode") == "External"
        if outside and not relation.attributes.get("Type", "").endswith("/hyperlink"):
            raise FormRefused("active")


def opened(file: BinaryIO) -> Package:
    """A checked file, opened. Raises FormRefused."""
    try:
        archive = zipfile.ZipFile(file)
        package = Package(archive, {})
        targets = dict(_by_id(package, WORKBOOK))
        sheets = {
            tag.attributes.get("name", ""): targets.get(_relation_id(tag.attributes), "")
            for tag in scan(package.read(WORKBOOK), ("sheet",))
        }
    except UNREADABLE:
        raise FormRefused("corrupt") from None
    return Package(archive, {name: part for name, part in sheets.items() if package.has(part)})


def strings(package: Package) -> list[str]:
    """The shared texts, by number."""
    part = "xl/sharedStrings.xml"
    if not package.has(part):
        return []
    content = package.read(part)
    found: list[str] = []
    for tag in scan(content, ("si", "t", "rPh")):
        if tag.name == "si":
            found.append("")
        elif tag.name == "t" and found:
            found[-1] += inside(content, tag)
    return found


def relations(package: Package, part: str) -> Iterator[tuple[str, str]]:
    """The kind and the target of each relation of a part."""
    for tag in _relation_tags(package, part):
        kind = tag.get("Type", "").rsplit("/", 1)[-1]
        yield kind, _target(part, tag.get("Target", ""))


def _by_id(package: Package, part: str) -> Iterator[tuple[str, str]]:
    for tag in _relation_tags(package, part):
        yield tag.get("Id", ""), _target(part, tag.get("Target", ""))


def _relation_tags(package: Package, part: str) -> list[Mapping[str, str]]:
    rels = relations_part(part)
    if not package.has(rels):
        return []
    return [tag.attributes for tag in scan(package.read(rels), ("Relationship",))]


def relations_part(part: str) -> str:
    """Where a part's relations stand."""
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def _target(part: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def _relation_id(attributes: Mapping[str, str]) -> str:
    return next((value for name, value in attributes.items() if name.endswith(":id")), "")


def write(package: Package, changed: Mapping[str, bytes | BinaryIO], removed: frozenset[str], to: IO[bytes]) -> None:
    """The same zip with some parts changed and some left out, in the same order."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as out:
        for info in package.archive.infolist():
            if info.filename in removed:
                continue
            entry = zipfile.ZipInfo(info.filename, info.date_time)
            entry.compress_type, entry.external_attr = info.compress_type, info.external_attr
            new = changed.get(info.filename)
            with out.open(entry, "w", force_zip64=not (new is None or isinstance(new, bytes))) as place:
                if new is None:
                    place.write(package.read(info.filename))
                elif isinstance(new, bytes):
                    place.write(new)
                else:
                    while piece := new.read(1 << 20):
                        place.write(piece)
