"""XML as bytes in which some places are replaced and all others stay as they were, prefixes and spaces included."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from xml.parsers import expat
from xml.sax.saxutils import escape

_TAG = re.compile(rb"<[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


class NotXml(ValueError):
    """No XML that a spreadsheet program writes: damaged, with a document type, or not in UTF-8."""


@dataclass(slots=True)
class Tag:
    """One element.

    Attributes:
        name: without its prefix.
        prefix: with the colon; '' for none.
        start, end: where its start tag stands.
        close, stop: where its end tag stands; both `end` when it has none (`<a/>`).
        depth: of the root 0.
    """

    name: str
    prefix: str
    start: int
    end: int
    attributes: Mapping[str, str]
    depth: int
    close: int = 0
    stop: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether it is written without an end tag."""
        return self.close == self.end


Edit = tuple[int, int, bytes]
"""From, to, and what stands there instead."""


def scan(data: bytes, names: Collection[str] = ()) -> list[Tag]:
    """The elements with these names, in the document's order; all for none.

    Raises:
        NotXml: it is none, or none that is taken.
    """
    found: list[Tag] = []
    opened: list[Tag | None] = []
    parser = expat.ParserCreate()

    def begin(name: str, attributes: dict[str, str]) -> None:
        prefix, _colon, local = name.rpartition(":")
        tag = None
        if not names or local in names:
            start = parser.CurrentByteIndex
            end = _tag_end(data, start)
            tag = Tag(local, f"{prefix}:" if prefix else "", start, end, attributes, len(opened))
            found.append(tag)
        opened.append(tag)

    def finish(_name: str) -> None:
        tag = opened.pop()
        if tag is not None:
            empty = data[tag.end - 2 : tag.end] == b"/>"
            tag.close = tag.end if empty else parser.CurrentByteIndex
            tag.stop = tag.end if empty else _tag_end(data, tag.close)

    def refuse(*_: object) -> None:
        raise NotXml("document type")

    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    parser.StartDoctypeDeclHandler = refuse
    parser.XmlDeclHandler = _expect_utf8
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise NotXml(str(error)) from None
    return found


def _expect_utf8(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in ("utf-8", "utf8"):
        raise NotXml(encoding)


def _tag_end(data: bytes, start: int) -> int:
    found = _TAG.match(data, start)
    if found is None:
        raise NotXml("tag")
    return found.end()


def spliced(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with all edits made; they must not overlap."""
    parts, here = [], 0
    for start, end, new in sorted(edits):
        parts += [data[here:start], new]
        here = end
    return b"".join([*parts, data[here:]])


def inside(data: bytes, tag: Tag) -> str:
    """The text of an element that has only text."""
    return unescape(data[tag.end : tag.close].decode())


def text_edit(tag: Tag, text: str) -> Edit:
    """Another text for an element that has one."""
    return tag.end, tag.close, escaped(text)


def attribute_edit(data: bytes, tag: Tag, name: str, value: str) -> Edit:
    """Another value for an attribute; it is added when the tag lacks it."""
    pattern = re.compile(rb"(?<=\s)" + re.escape(name.encode()) + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')")
    found = pattern.search(data, tag.start, tag.end)
    new = f'{name}="{quoted(value)}"'.encode()
    if found:
        return found.start(), found.end(), new
    at = tag.end - (2 if data[tag.end - 2 : tag.end] == b"/>" else 1)
    return at, at, b" " + new


def escaped(text: str) -> bytes:
    """A text as it stands between tags."""
    return escape(text).encode()


def quoted(text: str) -> str:
    """A text as it stands in an attribute."""
    return escape(text, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def as_cell_text(text: str) -> bytes:
    """A text as it stands in a cell: no character that XML forbids, none that Excel would take for an escape."""
    return escape(_LOOKS_ESCAPED.sub("_x005F_", _FORBIDDEN.sub("", text))).encode()
