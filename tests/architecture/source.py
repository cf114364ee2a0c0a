"""The program's own source as the tests of it read it."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

from wuyicun.config.environment import ROOT

PACKAGE = ROOT / "wuyicun"
CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@cache
def python_files() -> dict[str, ast.Module]:
    """Every module of the package by its path in the repository."""
    files = sorted(PACKAGE.rglob("*.py"))
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in files}


@cache
def tracked_texts() -> dict[str, str]:
    """Every tracked text file by its path; in an unpacked archive without git, all that lies there."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = done.stdout.split("\0") if done.returncode == 0 else [str(p.relative_to(ROOT)) for p in ROOT.rglob("*")]
    return {name: text for name in names if name and (text := _text(ROOT / name)) is not None}


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, IsADirectoryError, FileNotFoundError):
        return None
