"""Collecting the program's texts for translation: Python, Django templates and typst templates, with Babel.

The msgid is Chinese; English stands in `wuyicun/locale/en/LC_MESSAGES/django.po`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from wuyicun.kernel.documents import words

PACKAGE = Path(__file__).resolve().parent.parent
ENGLISH = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}

Message = str | tuple[str, ...]


def collect() -> Catalog:
    """A catalogue of all texts, each with the files where it stands."""
    catalog = Catalog(locale="en", project="wuyicun", charset="utf-8")
    for place, message, context in _messages():
        catalog.add(message, locations=[(place, 1)], context=context)
    return catalog


def refresh(path: Path = ENGLISH) -> tuple[int, list[str]]:
    """Bring the English catalogue in line with the texts; how many there are, and those without a translation."""
    collected = collect()
    merged = collected
    if path.exists():
        with path.open("rb") as file:
            merged = read_po(file, locale="en")
        merged.update(collected, no_fuzzy_matching=True)
        merged.obsolete.clear()
    merged.fuzzy = False  # Babel compiles no catalogue that says it is a draft
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        # Without the files where texts stand: every text that moves would change a line, and two people's meet there.
        write_po(file, merged, omit_header=False, sort_output=True, no_location=True, width=120)
    compile_to_machine(path)
    return len(collected), untranslated(path)


def compile_to_machine(path: Path = ENGLISH) -> None:
    """Write what gettext reads beside a catalogue."""
    with path.open("rb") as source, path.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, read_po(source, locale="en"))


def untranslated(path: Path = ENGLISH) -> list[str]:
    """The texts that have no English, or none in the catalogue at all, each after the file where it stands."""
    with path.open("rb") as file:
        known = read_po(file, locale="en")
    missing = []
    for message in collect():
        if not message.id:
            continue
        found = known.get(message.id, message.context)
        strings = () if found is None else (found.string if isinstance(found.string, tuple) else (found.string,))
        if not strings or not all(strings) or (found is not None and found.fuzzy):
            text = message.id if isinstance(message.id, str) else message.id[0]
            missing.append(f"{message.locations[0][0]}: {text}")
    return missing


def _messages() -> Iterator[tuple[str, Message, str | None]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield from _named(path, extract_from_file("python", path, keywords=KEYWORDS))
    for path in sorted((PACKAGE / "templates").rglob("*.html")):
        # Django's own reading of a template leaves calls among blanked-out text; indented as the text was.
        lines = templatize(path.read_text(encoding="utf-8"), origin=str(path)).splitlines()
        source = "\n".join(line.lstrip() for line in lines)
        found = extract_python(BytesIO(source.encode()), KEYWORDS, [], {"encoding": "utf-8"})
        yield from _from_calls(path, found)
    for path in sorted((PACKAGE / "templates" / "print").glob("*.typ")):
        for _line, message in words.messages(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(PACKAGE)), message, None


def _named(path: Path, found: Iterable[Any]) -> Iterator[tuple[str, Message, str | None]]:
    for _line, message, _comments, context in found:
        yield str(path.relative_to(PACKAGE)), message, context


def _from_calls(path: Path, found: Iterable[Any]) -> Iterator[tuple[str, Message, str | None]]:
    place = str(path.relative_to(PACKAGE))
    for _line, function, given, _comments in found:
        parts = [part for part in (given if isinstance(given, (tuple, list)) else (given,)) if part]
        if not parts:
            continue
        if function in ("ngettext", "ngettext_lazy"):
            yield place, tuple(parts[:2]), None
        elif function in ("pgettext", "pgettext_lazy"):
            yield place, parts[1], parts[0]
        else:
            yield place, parts[0], None
