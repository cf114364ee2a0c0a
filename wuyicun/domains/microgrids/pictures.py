"""Sketches that are uploaded: kind and size of a picture, from its first bytes. Nothing else is let in."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from wuyicun.kernel.errors import Refusal

MOST_BYTES = 5_000_000
MOST_SIDE = 20_000


class NotAPicture(Refusal):
    """Only PNG and JPEG, not too large."""

    code = "not_a_picture"
    status = 400
    words = _("请上传 PNG 或 JPG 图片，不超过 5 MB")


@dataclass(frozen=True, slots=True)
class Sketch:
    """A picture; width and height in pixels."""

    content: bytes
    media_type: str
    width: int
    height: int


def read(content: bytes) -> Sketch:
    """Look at a picture's head.

    Raises:
        NotAPicture: it is none, or too large.
    """
    if len(content) > MOST_BYTES:
        raise NotAPicture
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        media_type = "image/png"
    elif content.startswith(b"\xff\xd8\xff"):
        width, height = _of_jpeg(content)
        media_type = "image/jpeg"
    else:
        raise NotAPicture
    if not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE):
        raise NotAPicture
    return Sketch(content, media_type, width, height)


def _of_jpeg(content: bytes) -> tuple[int, int]:
    """From the frame's header (SOF0 … SOF15 but the tables' markers)."""
    at = 2
    while at + 9 < len(content):
        if content[at] != 0xFF:
            raise NotAPicture
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 1 if marker == 0xFF else 2 + int.from_bytes(content[at + 2 : at + 4])
    raise NotAPicture
