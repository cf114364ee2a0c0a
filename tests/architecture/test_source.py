"""Habits that no linter knows: where imports stand, and that a clone says nothing of whose machine it was made on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.source import PACKAGE, ROOT, python_files, tracked_texts

IMPORTS_INSIDE = {
    "wuyicun/kernel/documents/typesetter.py": "`resource` is not there on Windows; the process goes on without",
}
# Folders of somebody's machine.
OF_A_MACHINE = re.compile(r"(?<![\w.:/-])/(?:work|root|home|Users|opt|tmp)/\w")
# Hosts that a tracked file may name: this machine, XML's own names, a licence, and names that never resolve (RFC 2606).
HOST = re.compile(r"https?://([^\s/:\"'<>()`\[\]{}]+)")
HOSTS = {"127.0.0.1", "localhost", "www.w3.org", "www.apache.org", "schemas.openxmlformats.org", "creativecommons.org"}
RESERVED = (".example", "example.com", "example.org", ".invalid", ".test")


def imports_inside(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from (each.lineno for each in ast.walk(node) if isinstance(each, (ast.Import, ast.ImportFrom)))


def test_no_import_stands_inside_a_function() -> None:
    found = {path: list(imports_inside(module)) for path, module in python_files().items()}
    assert {path for path, lines in found.items() if lines} == set(IMPORTS_INSIDE)


def test_no_signal_is_received() -> None:
    """Effects between rooms go through config/reactions.py."""
    found = [
        path
        for path, module in python_files().items()
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and str(node.module).endswith(("signals", "dispatch"))
    ]
    assert found == []


def test_no_tracked_file_names_a_folder_of_somebodys_machine() -> None:
    found = [
        f"{name}: {match.group()}" for name, text in tracked_texts().items() for match in OF_A_MACHINE.finditer(text)
    ]
    assert found == []


def test_no_tracked_file_names_a_registry_or_another_host() -> None:
    found = {
        f"{name}: {host}"
        for name, text in tracked_texts().items()
        for host in HOST.findall(text)
        if not name.startswith(("tests/", "frontend/package-lock"))
        and host not in HOSTS
        and not host.endswith(RESERVED)
    }
    assert found == set()


def test_the_lock_files_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements/base.txt", "requirements/test.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-zA-Z0-9._\[\]-]+==", text, re.MULTILINE)
        assert pinned
        assert text.count("--hash=sha256:") >= len(pinned), name
        assert "://" not in text, name
    lock = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 100


def test_what_a_room_leaves_owed_is_handed_over_with_an_area() -> None:
    """A room that opens rolls tells in `config/hooks.py` (OPEN_WORK) what is open in an area."""
    rooms = PACKAGE / "domains"
    opening = {
        path.relative_to(rooms).parts[0]
        for path in rooms.rglob("*.py")
        if "open_roll(" in path.read_text(encoding="utf-8")
    }
    told = (PACKAGE / "config" / "hooks.py").read_text(encoding="utf-8")
    assert not [room for room in opening - {"rolls"} if f"domains.{room} import queries" not in told]
