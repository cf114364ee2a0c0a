"""`wuyi contracts`: write what other programs may rely on, made from the code, to `contracts/`."""

from __future__ import annotations

import argparse

from wuyicun.config.environment import ROOT
from wuyicun.fieldsync import openapi

OPENAPI = ROOT / "contracts" / "openapi.json"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="只检查,不改文件 / change nothing, fail when it is not as the code says"
    )


def run(arguments: argparse.Namespace) -> int:
    made = openapi.text()
    same = OPENAPI.exists() and OPENAPI.read_text(encoding="utf-8") == made
    if not arguments.check:
        OPENAPI.parent.mkdir(exist_ok=True)
        OPENAPI.write_text(made, encoding="utf-8")
    name = OPENAPI.relative_to(ROOT)
    print(f"{name} 未变 / unchanged" if same else f"{name} 有变化 / has changed")
    return 1 if arguments.check and not same else 0
