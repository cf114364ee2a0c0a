"""`wuyi demo`: a synthetic village to look at. `--check`: the main path over HTTP, in a database of its own."""

import argparse
import contextlib
import fcntl
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from wuyicun.config import environment
from wuyicun.config.cli import database, ports, serve
from wuyicun.config.cli.console import say
from wuyicun.config.cli.services import Services, interruptible
from wuyicun.kernel.failure import Failure

Account = Mapping[str, str]  # role, user_name, password


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="走一遍主流程,输出 JSON / walk the main path, print JSON")


def run(arguments: argparse.Namespace) -> int:
    interruptible()
    # Everybody tries out everything: nobody sets up a second factor for that, unless they want to see it.
    os.environ.setdefault("WUYI_SECOND_FACTOR", "optional")
    return _check() if arguments.check else _show()


def _show() -> int:
    read = environment.read()
    ports.check(read.host, read.port)
    with database.opened() as server:
        accounts = _village()
        return serve.until_stopped(read, server, lambda: print(table(accounts), flush=True))


def _check() -> int:
    with _alone(environment.read().data), database.apart("_check") as (read, server):
        accounts = _village()
        services = Services(read, ports.free(read.host), server)
        with services.running():
            say("走一遍主流程 / Walking the main path")
            command = [sys.executable, "-m", "wuyicun", "demo-check", services.base_url]
            if subprocess.run(command, input=json.dumps(accounts), text=True, check=False).returncode:
                raise Failure("check_failed", "主流程没有走通,原因见上。", "The main path failed: see above.")
    return 0


def table(accounts: Sequence[Account]) -> str:
    """An account per role, in columns; a Chinese character is two columns wide."""
    rows = [(account["role"], account["user_name"], account["password"]) for account in accounts]
    widths = [max(map(_columns, cells)) for cells in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _village() -> list[Account]:
    """Fill in the village, in a process of its own; return an account per role."""
    command = [sys.executable, "-m", "wuyicun", "demo-village"]
    filled = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if filled.returncode:
        raise Failure("village_failed", "写入虚拟村庄失败,原因见上。", "The village could not be filled in: see above.")
    accounts: list[Account] = json.loads(filled.stdout)
    return accounts


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Two checks would share one database: the second is told so."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "check.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(
                "check_running", f"{data} 里已有一个检查在运行。", f"A check is already running in {data}."
            ) from None
        yield
