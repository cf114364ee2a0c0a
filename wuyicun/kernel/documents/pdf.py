"""PDF pages, typeset by typst from the templates in `wuyicun/templates/print`.

Data are values and never typst markup: they travel as JSON, in memory, so that a name like `*x*` prints as itself and
nothing personal touches the disk. The same data give the same bytes: no clock, no random id.
"""

import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

import msgspec

from . import typesetter
from .words import translated

_PACKAGE = Path(__file__).parents[2]
_TEMPLATES = _PACKAGE / "templates" / "print"
_NPM_FONTS = _PACKAGE.parent / "frontend" / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
_LAYOUT = "layout.typ"

_TIMEOUT_SECONDS = 120
_at_once = BoundedSemaphore(2)
"""A long ledger takes half a gigabyte while it is typeset: no more than two at a time in one server process."""


class NotTypeset(RuntimeError):
    """typst refused the data (a key is missing: a defect of the caller) or needed too much time or memory."""


class FontMissing(NotTypeset):
    """No font with Chinese characters was found: a page would be a row of boxes."""


def render(template: str, data: object, *, language: str) -> bytes:
    """One PDF from the template `<template>.typ`, in about 0.2 s; 3,700 rows of twelve columns in 2.5 s; some 15,000
    such rows are the most.

    `data` is a dataclass, msgspec struct or dict with the keys that the comment at the head of the template lists;
    texts in it (names, times, reasons) are shown as they come, so the caller formats and translates them. `language`
    is a Django language code; the template's own words come from its catalogue.

    Raises `NotTypeset`, `FontMissing`.
    """
    layout, page = ((_TEMPLATES / name).read_text("utf-8") for name in (_LAYOUT, f"{template}.typ"))
    words = {"language": language, "messages": translated((layout, page), language)}
    files = {"main.typ": page, _LAYOUT: layout, "words.json": _json(words), "data.json": _json(data)}
    return _typeset({"files": files, "fonts": [str(folder) for folder in font_folders()], "format": "pdf"})


def png(drawing: str) -> bytes:
    """An SVG as a picture for papers that cannot hold one, with the same fonts. Raises as `render`."""
    page = '#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(json("data.json")), format: "svg")'
    files = {"main.typ": page, "data.json": _json(drawing)}
    return _typeset({"files": files, "fonts": [str(folder) for folder in font_folders()], "format": "png"})


def font_folders() -> tuple[Path, ...]:
    """Where fonts are looked for, in this order: the installed package, the front end's npm packages (regular and bold
    only, of nine weights), Debian's fonts-noto-cjk, which also has the rare characters of names."""
    candidates = (
        _PACKAGE / "static" / "fonts",
        _NPM_FONTS / "400Regular",
        _NPM_FONTS / "700Bold",
        Path("/usr/share/fonts/opentype/noto"),
    )
    return tuple(folder for folder in candidates if folder.is_dir())


def _json(data: object) -> str:
    return msgspec.json.encode(data, enc_hook=str).decode()


def _typeset(order: object) -> bytes:
    command = [sys.executable, "-I", typesetter.__file__]
    with _at_once:
        try:
            done = subprocess.run(
                command, input=msgspec.json.encode(order), capture_output=True, timeout=_TIMEOUT_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as late:
            raise NotTypeset(f"not typeset within {_TIMEOUT_SECONDS} seconds") from late
    if done.returncode == typesetter.NO_FONT:
        raise FontMissing("Noto Sans SC: run the front end's set-up, or install fonts-noto-cjk")
    if done.returncode != 0:
        raise NotTypeset(f"exit {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout
