"""PDF pages, typeset by typst from the templates in `wuyicun/templates/print`.

Data are values and never typst markup: they travel as JSON, in memory, so that a name like `*x*` prints as itself and
nothing personal touches the disk. The same data give the same bytes: no clock, no random id.
"""

from functools import cache
from pathlib import Path

import msgspec
import typst

from .words import translated

_PACKAGE = Path(__file__).parents[2]
_TEMPLATES = _PACKAGE / "templates" / "print"
_NPM_FONTS = _PACKAGE.parent / "frontend" / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
_LAYOUT = "layout.typ"


class FontMissing(RuntimeError):
    """No font with Chinese characters was found: a page would be a row of boxes."""


def render(template: str, data: object, *, language: str) -> bytes:
    """One PDF from the template `<template>.typ`.

    `data` is a dataclass, msgspec struct or dict with the keys that the comment at the head of the template lists;
    texts in it (names, times, reasons) are shown as they come, so the caller formats and translates them. `language`
    is a Django language code; the template's own words come from its catalogue.

    Raises `typst.TypstError` when a key is missing (a defect of the caller), `FontMissing` on a broken installation.
    """
    layout = (_TEMPLATES / _LAYOUT).read_bytes()
    page = (_TEMPLATES / f"{template}.typ").read_bytes()
    words = translated((layout.decode(), page.decode()), language)
    files = {
        "main.typ": page,
        _LAYOUT: layout,
        "words.json": msgspec.json.encode({"language": language, "messages": words}),
        "data.json": msgspec.json.encode(data, enc_hook=str),
    }
    return _compile(files)


def _compile(files: dict[str, bytes]) -> bytes:
    """Compiles `main.typ` of files that exist in memory only (the package's type stub does not know of them)."""
    document: bytes = typst.compile(  # type: ignore[call-overload]
        files, format="pdf", font_paths=fonts(), ignore_system_fonts=True, pdf_tags=False
    )
    return document


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


@cache
def fonts() -> typst.Fonts:
    """The fonts, searched once per process. Raises `FontMissing`."""
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(font_folders()))
    if not any(family in ("Noto Sans SC", "Noto Sans CJK SC") for family in found.families()):
        raise FontMissing("Noto Sans SC: run the front end's set-up, or install fonts-noto-cjk")
    return found
