"""Every text is Chinese in the source, goes through gettext, and has its English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch

import pytest
from babel.messages.pofile import read_po

from tests.architecture.source import CHINESE, PACKAGE, python_files
from wuyicun.config import texts

GETTEXT = frozenset(texts.KEYWORDS)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]|\{(\w+)\}")

# Chinese that is no text of a screen, by file, and why.
NOT_A_TEXT = {
    "wuyicun/config/cli/*": "the shell says one line in both languages, before there is any gettext",
    "wuyicun/config/environment.py": "so do the failures of a start",
    "wuyicun/kernel/backup/archive/faults.py": "so do a backup's and a restore's; a page shows the reader's half",
    "wuyicun/kernel/database/cluster.py": "so do the failures of a start",
    "wuyicun/kernel/database/embedded.py": "so do the failures of a start",
    "wuyicun/kernel/database/system_user.py": "so do the failures of a start",
    "wuyicun/config/demo/*": "the made-up village's own names, and its progress in both languages",
    "wuyicun/domains/profiles/migrations/*": "names of official documents",
    "wuyicun/domains/registry/roster/*": "how clerks' files are worded, read and written",
    "wuyicun/domains/laboratory/layouts.py": "how laboratories call their columns",
    "wuyicun/domains/laboratory/rules.py": "how laboratories word a result",
    "wuyicun/domains/laboratory/parsing.py": "how laboratories write a time",
    "wuyicun/kernel/spelling.py": "surnames with a reading of their own",
    "wuyicun/domains/registry/naming.py": "a house's number as it stands on its door",
    "wuyicun/domains/registry/importing/shell.py": "endings of villages' names, and the name of one without",
    "wuyicun/domains/registry/web/import_steps.py": "endings of villages' names",
    "wuyicun/domains/territory/naming.py": "names of units, kept like any other",
    "wuyicun/domains/microgrids/naming.py": "names of new micro-grids, kept like any other",
    "wuyicun/domains/microgrids/geojson.py": "how the properties of points are called in files",
    "wuyicun/domains/microgrids/tables.py": "how the columns of points are called in files",
    "wuyicun/kernel/documents/filling/block.py": "how an office's form closes its list: totals, signatures",
    "wuyicun/domains/territory/actions.py": "未入网 is the name of an area, kept like any other",
}
TEMPLATE_EXCEPTIONS = {"components/language.html": "the switch of the language shows each in its own"}


def test_every_text_has_its_english() -> None:
    assert not "\n".join(texts.untranslated())


def test_every_placeholder_of_a_text_is_in_its_english() -> None:
    with texts.ENGLISH.open("rb") as file:
        catalog = read_po(file, locale="en")
    wrong = []
    for message in catalog:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = {found.group() for found in PLACEHOLDER.finditer(ids[-1])}
        wrong += [text for text in strings if text and {m.group() for m in PLACEHOLDER.finditer(text)} != wanted]
    assert wrong == []


def test_no_english_holds_chinese() -> None:
    with texts.ENGLISH.open("rb") as file:
        catalog = read_po(file, locale="en")
    strings = [each for m in catalog if m.id for each in (m.string if isinstance(m.string, tuple) else (m.string,))]
    assert [each for each in strings if CHINESE.search(each.replace("中", ""))] == []


def literals(module: ast.Module) -> Iterator[ast.Constant]:
    """The strings of a module, but docstrings and what gettext is called with."""
    aside: set[ast.AST] = set()
    for node in ast.walk(module):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            aside.update(each.value for each in node.body if isinstance(each, ast.Expr))
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in GETTEXT:
                aside.update(ast.walk(node))
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in aside:
            yield node


def test_no_chinese_in_python_stays_outside_of_gettext() -> None:
    found = [
        f"{path}:{node.lineno} {node.value!r}"
        for path, module in python_files().items()
        if not any(fnmatch(path, pattern) for pattern in NOT_A_TEXT)
        for node in literals(module)
        if CHINESE.search(str(node.value))
    ]
    assert found == []


@pytest.mark.parametrize("pattern", NOT_A_TEXT)
def test_no_exception_outlives_its_reason(pattern: str) -> None:
    mine = [module for path, module in python_files().items() if fnmatch(path, pattern)]
    assert any(CHINESE.search(str(node.value)) for module in mine for node in literals(module))


TRANSLATED = re.compile(
    r"\{#.*?#\}|<!--.*?-->"
    r"|\{%\s*comment\b.*?endcomment\s*%\}"
    r"|\{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}"
    r"|\{%\s*trans(?:late)?\s+(?:\"[^\"]*\"|'[^']*').*?%\}"
    r"|_\((?:\"[^\"]*\"|'[^']*')\)",
    re.DOTALL,
)
TYPST = re.compile(r'(?<![\w.-])t\(\s*"(?:[^"\\]|\\.)*"|//[^\n]*')


@pytest.mark.parametrize(("ending", "translated"), [("html", TRANSLATED), ("typ", TYPST)])
def test_no_chinese_in_a_template_stays_outside_of_gettext(ending: str, translated: re.Pattern[str]) -> None:
    templates = PACKAGE / "templates"
    found = [
        f"{name}: {line.strip()}"
        for path in sorted(templates.rglob(f"*.{ending}"))
        if (name := str(path.relative_to(templates))) not in TEMPLATE_EXCEPTIONS
        for line in translated.sub("", path.read_text(encoding="utf-8")).splitlines()
        if CHINESE.search(line)
    ]
    assert found == []
