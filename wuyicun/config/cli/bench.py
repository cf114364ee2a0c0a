"""`wuyi bench [NAME]`: what is measured, with the raw limit of the same PostgreSQL beside it.

What needs a database works in one of its own, which is dropped afterwards, on the same server with the settings of real
use.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys

import django

from wuyicun.config.cli import database
from wuyicun.config.cli.console import say
from wuyicun.config.cli.services import interruptible
from wuyicun.config.environment import ROOT
from wuyicun.kernel.failure import Failure

NAMES = ("ingest", "board", "registry", "import", "laboratory", "partition", "routes", "rounds", "faults")
MODULES = {"import": "importing"}  # whose file may not be called so
WITHOUT_DATABASE = {"partition", "routes", "rounds", "faults"}  # or with a server of its own, which it kills


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", choices=NAMES, help="只测一项 / only this one")
    small = "只用很少的数据,看能不能跑 / with little data, to see whether it runs"
    parser.add_argument("--small", action="store_true", help=small)
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def run(arguments: argparse.Namespace) -> int:
    interruptible()
    if not (ROOT / "benchmarks").is_dir():
        english = "Benchmarks run in a clone of the source only."
        raise Failure("benchmarks_missing", "性能测试只能在源代码目录中运行。", english)
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wuyicun.config.settings")
    for name in [arguments.name] if arguments.name else NAMES:
        _measure(name, as_json=arguments.json, small=arguments.small)
    return 0


def _measure(name: str, *, as_json: bool, small: bool) -> None:
    """Measure one thing and print it: the table, or JSON in one line."""
    report = importlib.import_module("benchmarks.report")
    module = f"benchmarks.{MODULES.get(name, name)}"
    if name in WITHOUT_DATABASE:
        results = importlib.import_module(module).measure(say)
    else:
        with database.apart("_bench") as (read, server):
            database.migrate()
            django.setup()
            results = importlib.import_module(module).measure(read, server, say, small=small)
    print(json.dumps({"name": name, "results": results}) if as_json else report.table(name, results), flush=True)
