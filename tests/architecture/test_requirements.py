"""What the code imports is asked for by name in requirements/, and locked with hashes and without addresses."""

import ast
import importlib.metadata
import re
import sys
from pathlib import Path

import pytest

from wuyicun.config.environment import ROOT

OWN = {"wuyicun", "tests", "benchmarks"}
DISTRIBUTIONS = importlib.metadata.packages_distributions()


def asked_for(name: str) -> set[str]:
    text = (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8")
    return {found.lower() for found in re.findall(r"^([A-Za-z][\w.-]*)", text, re.MULTILINE)}


def imported(folder: Path) -> set[str]:
    """Return the distributions that the code in a folder imports."""
    modules: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.split(".")[0])
    others = {module for module in modules if module not in sys.stdlib_module_names and module not in OWN}
    return {DISTRIBUTIONS[module][0].lower().replace("_", "-") for module in others if module in DISTRIBUTIONS}


def test_what_the_program_imports_is_asked_for() -> None:
    assert imported(ROOT / "wuyicun") <= asked_for("base")


def test_what_the_tests_import_is_asked_for() -> None:
    assert imported(ROOT / "tests") <= asked_for("base") | asked_for("test")


@pytest.mark.parametrize("name", ["base", "test"])
def test_every_locked_package_has_its_hashes_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert entries
    assert not [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry]
    assert "://" not in text


@pytest.mark.parametrize("name", ["base", "test"])
def test_what_is_asked_for_is_locked(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert asked_for(name) <= set(re.findall(r"^([\w.-]+)==", text, re.MULTILINE))
