"""`wuyi test [TIER …] [pytest's options]`: everything, the fast tiers first; or only the tiers that are named."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from wuyicun.config.cli import scratch, test_tools
from wuyicun.config.cli.console import say
from wuyicun.config.environment import ROOT
from wuyicun.kernel.failure import Failure

PYTHON = sys.executable
PROGRAMS = Path(PYTHON).parent
TIERS = ("lint", "frontend", "unit", "architecture", "integration", "browser")
SIDE_BY_SIDE = {"unit": "load", "architecture": "load", "integration": "load", "browser": "loadfile"}
"""Tiers that run on several processors, and what a worker takes at a time: the walks of a file share what they saw."""
WITH_LONERS = {"integration"}  # tests that other transactions of the cluster would disturb
MOST_WORKERS = 4
WORKERS_FOR_TWO = 3
"""For two processors: half of its time a test waits for PostgreSQL, a server or the browser."""


class Step(NamedTuple):
    """One command of a tier, run in `folder` of the clone."""

    name: str
    command: Sequence[str]
    folder: str = "."


class Outcome(NamedTuple):
    """How a step went."""

    name: str
    passed: bool
    seconds: float


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar=f"[{' '.join(TIERS)}] [pytest …]")


def run(arguments: argparse.Namespace) -> int:
    tiers, options = split(arguments.arguments)
    if not (ROOT / "tests").is_dir():
        raise Failure("tests_missing", "测试只能在源代码目录中运行。", "Tests run in a clone of the source only.")
    if "browser" in tiers:
        test_tools.chinese_font()
        os.environ["WUYI_CHROMIUM"] = test_tools.chromium()
    with scratch.folder() as data:
        os.environ["WUYI_DATA"] = str(data)  # for the tools that read the settings
        os.environ.setdefault("WUYI_TEST_DATA", str(data))
        outcomes = [_take(step) for tier in tiers for step in steps(tier, options)]
    print(summary(outcomes), flush=True)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the tiers that are named first from pytest's options; no tier means all."""
    count = next((index for index, argument in enumerate(arguments) if argument not in TIERS), len(arguments))
    named = arguments[:count]
    return [tier for tier in TIERS if tier in named or not named], list(arguments[count:])


def steps(tier: str, options: Sequence[str]) -> Iterator[Step]:
    """Yield the commands of a tier. options: for pytest."""
    if tier == "lint":
        yield Step("ruff check", [str(PROGRAMS / "ruff"), "check", "."])
        yield Step("ruff format", [str(PROGRAMS / "ruff"), "format", "--check", "."])
        yield Step("mypy", [PYTHON, "-m", "mypy"])
        yield Step("import-linter", [str(PROGRAMS / "lint-imports")])
    elif tier == "frontend":
        yield Step("vitest", [str(PROGRAMS / "npm"), "test"], "frontend")
        yield Step("vue-tsc", [str(PROGRAMS / "npm"), "run", "check"], "frontend")
    elif options:
        yield Step(tier, [PYTHON, "-m", "pytest", f"tests/{tier}", *options])
    else:
        workers = str(min((os.cpu_count() or 1) * WORKERS_FOR_TWO // 2, MOST_WORKERS))
        side_by_side = ["-n", workers, "--dist", SIDE_BY_SIDE[tier]]
        yield Step(tier, [PYTHON, "-m", "pytest", f"tests/{tier}", "-m", "not alone", *side_by_side])
        if tier in WITH_LONERS:
            yield Step(f"{tier}, alone", [PYTHON, "-m", "pytest", f"tests/{tier}", "-m", "alone"])


def summary(outcomes: Sequence[Outcome]) -> str:
    """One line for each step."""
    width = max(len(outcome.name) for outcome in outcomes)
    return "\n".join(
        f"{'✓' if outcome.passed else '✗'} {outcome.name:<{width}}  {outcome.seconds:6.1f} s" for outcome in outcomes
    )


def _take(step: Step) -> Outcome:
    say(step.name)
    began = time.monotonic()
    done = subprocess.run(step.command, cwd=ROOT / step.folder, check=False)
    return Outcome(step.name, done.returncode == 0, time.monotonic() - began)
