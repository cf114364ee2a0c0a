"""The command line. COMMANDS is the one list: `./wuyi --help`, the launcher and `python -m wuyicun` all read it.

A command is a module with `configure(parser)` and `run(arguments) -> int`. It is imported only when it is asked for,
after what it needs is there; so its module may import models at its top. This module needs the standard library only.
"""

import argparse
import enum
import errno
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NamedTuple

from wuyicun.config.cli.console import complain, say, speak_utf8, tell
from wuyicun.kernel.failure import Failure


class Needs(enum.Enum):
    """What is made ready before a command is imported."""

    NOTHING = "nothing"
    DJANGO = "Django set up"
    SERVER = "a running database, Django set up"
    TABLES = "a running database with up-to-date tables, Django set up"


class Command(NamedTuple):
    """module: where it lives; pages: it needs the built front end; hidden: other commands start it."""

    module: str
    help: str
    needs: Needs = Needs.NOTHING
    pages: bool = False
    hidden: bool = False


HERE = "wuyicun.config.cli"
COMMANDS: dict[str, Command] = {
    "demo": Command(f"{HERE}.demo", "打开一个虚拟村庄 / Show a synthetic village in the browser", pages=True),
    "serve": Command(f"{HERE}.serve", "启动系统 / Serve for real use", pages=True),
    "check": Command(f"{HERE}.check", "检查能否启动 / Say what stands in the way of serving", pages=True),
    "test": Command(f"{HERE}.test", "运行全部测试 / Run all tests", pages=True),
    "bench": Command(f"{HERE}.bench", "测量性能 / Measure speed, with the raw limit beside it"),
    "manage": Command(f"{HERE}.manage", "运行 Django 管理命令 / Run a management command of Django", Needs.SERVER),
    "roster": Command(f"{HERE}.roster", "导入名册 / Import a roster", Needs.TABLES),
    "account": Command(
        f"{HERE}.account", "重设账号、换一次性码 / Reset an account, or renew the set-up code", Needs.SERVER
    ),
    "audit": Command(f"{HERE}.audit", "核验审计记录 / Verify the audit", Needs.TABLES),
    "backup": Command(f"{HERE}.backup", "备份到一个文件 / Back up into one file", Needs.SERVER),
    "restore": Command(f"{HERE}.restore", "从备份恢复 / Restore from a backup"),
    "texts": Command(f"{HERE}.texts", "收集要翻译的文字 / Collect the texts to translate"),
    "contracts": Command(f"{HERE}.contracts", "写出接口文件 / Write the interface's OpenAPI document", Needs.DJANGO),
    "jobs": Command(f"{HERE}.jobs", "后台任务 / Work off the background jobs", Needs.SERVER, hidden=True),
    "demo-village": Command(f"{HERE}.demo_village", "写入虚拟村庄 / Fill in the village", Needs.TABLES, hidden=True),
    "demo-check": Command(f"{HERE}.demo_check", "走一遍主流程 / Walk the main path", Needs.SERVER, hidden=True),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when all went well. What a person must put right is said in one line."""
    speak_utf8()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        tell(help_text())
        return 0
    name, rest = arguments[0], arguments[1:]
    try:
        return _run(name, find(name), rest)
    except Failure as failure:
        complain(failure)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        complain(Failure("disk_full", "磁盘已满。", "No space left on the disk."))
        return 1
    except KeyboardInterrupt:
        return 130


def find(name: str) -> Command:
    """Return the command of this name. Raises Failure when there is none."""
    if name not in COMMANDS:
        raise Failure(
            "command_unknown",
            f"没有命令 {name},用 ./wuyi --help 查看全部命令。",
            f"There is no command {name}: ./wuyi --help lists them all.",
        )
    return COMMANDS[name]


def help_text() -> str:
    """All commands, one line each."""
    shown = {name: command.help for name, command in COMMANDS.items() if not command.hidden}
    width = max(map(len, shown))
    lines = [f"  {name:<{width}}  {text}" for name, text in shown.items()]
    return "\n".join(["./wuyi COMMAND [--help]", "", *lines])


def _run(name: str, command: Command, rest: Sequence[str]) -> int:
    if command.needs is Needs.NOTHING:
        return _call(name, command, rest)
    if command.needs is Needs.DJANGO:
        _set_up_django()
        return _call(name, command, rest)
    # By name: the launcher imports this module before anything is installed.
    database = importlib.import_module(f"{HERE}.database")
    with database.opened():
        _set_up_django()
        if command.needs is Needs.TABLES:
            say("更新数据表 / Bringing the tables up to date")
            importlib.import_module("django.core.management").call_command("migrate", database="owner", verbosity=0)
        return _call(name, command, rest)


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wuyicun.config.settings")
    importlib.import_module("django").setup()


def _call(name: str, command: Command, rest: Sequence[str]) -> int:
    module = importlib.import_module(command.module)
    parser = argparse.ArgumentParser(prog=f"wuyi {name}", description=command.help)
    module.configure(parser)
    return int(module.run(parser.parse_args(rest)))
