"""Finds the built files of the front end by the manifest that Vite writes."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from django.templatetags.static import static

BUILT = Path(__file__).resolve().parents[2] / "static" / "built"
MANIFEST = BUILT / "manifest.json"
ICONS = "icons.svg"

Manifest: TypeAlias = dict[str, dict[str, Any]]


def manifest() -> Manifest:
    """What was built; empty when nothing was. Read again when the file changes."""
    try:
        changed = MANIFEST.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    return _read(MANIFEST, changed)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Manifest:
    return msgspec.json.decode(path.read_bytes(), type=Manifest)


def address(source: str) -> str | None:
    """The address of the file built from `source`, or None when it was not built."""
    entry = manifest().get(source)
    return None if entry is None else static(f"built/{entry['file']}")


def styles_and_scripts(entry: str) -> tuple[list[str], list[str]]:
    """The style sheets and the module scripts of an entry (`pages/main.ts`), addresses in the order of loading."""
    built = manifest()
    if entry not in built:
        return [], []
    styles: list[str] = []
    for part in _with_imports(built, entry):
        styles += [static(f"built/{file}") for file in built[part].get("css", ())]
    return list(dict.fromkeys(styles)), [static(f"built/{built[entry]['file']}")]


def _with_imports(built: Manifest, entry: str) -> list[str]:
    seen: list[str] = []
    waiting = [entry]
    while waiting:
        part = waiting.pop()
        if part not in seen:
            seen.append(part)
            waiting += built[part].get("imports", ())
    return seen[::-1]
