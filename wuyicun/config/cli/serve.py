"""`wuyi serve`: PostgreSQL, up-to-date tables, the check, then the web server and the jobs until Ctrl-C."""

import argparse
import contextlib
from collections.abc import Callable

from wuyicun.config import environment
from wuyicun.config.cli import check, database, ports
from wuyicun.config.cli.console import say
from wuyicun.config.cli.services import Services, interruptible
from wuyicun.config.environment import Environment
from wuyicun.kernel.database.embedded import Server


def configure(parser: argparse.ArgumentParser) -> None:
    """It takes no arguments: settings come from the environment (docs/settings.md)."""


def run(arguments: argparse.Namespace) -> int:
    interruptible()
    read = environment.read()
    ports.check(read.host, read.port)
    with database.opened() as server:
        database.migrate()
        return until_stopped(read, server)


def until_stopped(read: Environment, server: Server | None, greet: Callable[[], None] = lambda: None) -> int:
    """Serve until Ctrl-C, with tables just migrated, unless the check finds something.

    greet: called when the pages answer.
    """
    if not check.passed(read, just_migrated=True):
        return 1
    say("启动网页服务 / Starting the web server")
    services = Services(read, read.port, server)
    with services.running():
        greet()
        say(f"已启动(Ctrl-C 停止)/ Serving (Ctrl-C stops): {services.base_url}")
        with contextlib.suppress(KeyboardInterrupt):
            services.watch()
        say("正在停止 / Stopping")
    return 0
