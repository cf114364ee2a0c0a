"""`wuyi contracts`: write what other programs may rely on, made from the code, to `contracts/`."""

from __future__ import annotations

import argparse
from pathlib import Path

from wuyicun.config.environment import ROOT
from wuyicun.domains.laboratory import openapi as laboratory
from wuyicun.fieldsync import openapi
from wuyicun.interop import openapi as reading

FOLDER = ROOT / "contracts"
DOCUMENTS = {"openapi.json": openapi.text, "reading.json": reading.text, "laboratory.json": laboratory.text}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="只检查,不改文件 / change nothing, fail when it is not as the code says"
    )


def run(arguments: argparse.Namespace) -> int:
    changed = [_write(FOLDER / name, text(), check=arguments.check) for name, text in DOCUMENTS.items()]
    return 1 if arguments.check and any(changed) else 0


def _write(path: Path, made: str, *, check: bool) -> bool:
    """Write a document, unless it is only looked at; whether it has changed."""
    same = path.exists() and path.read_text(encoding="utf-8") == made
    if not check:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    name = path.relative_to(ROOT)
    print(f"{name} 未变 / unchanged" if same else f"{name} 有变化 / has changed")
    return not same
