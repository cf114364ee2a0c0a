"""People's names as they are written."""

from __future__ import annotations

import re

from wuyicun.domains.registry.rules import plain

_DOTS = re.compile(r"[\u2022\u30fb\u2027\u2219\uff65\uff0e.]")
_BETWEEN_HAN = re.compile(r"(?<=[\u2e80-\u9fff\U00020000-\U0003ffff])\s+(?=[\u2e80-\u9fff\U00020000-\U0003ffff])")


def read_name(text: str) -> str:
    """A name with plain characters, one kind of dot, and no spaces between Chinese characters ('张 三' is 张三)."""
    name = " ".join(plain(text).split())
    if name.isascii():
        return name
    return _DOTS.sub("·", _BETWEEN_HAN.sub("", name))
