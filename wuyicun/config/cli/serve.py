"""`wuyi serve`: PostgreSQL, up-to-date tables, the check, then the web server and the jobs until Ctrl-C."""

import argparse
import contextlib
import subprocess
import sys
from collections.abc import Callable

import psycopg

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
        return until_stopped(read, server, lambda: _first_use(read))


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


def _first_use(read: Environment) -> None:
    """While nobody has an account: where to set up, and a new one-time code."""
    with psycopg.connect(read.owner_url) as connection:
        found = connection.execute("SELECT EXISTS (SELECT FROM accounts_account)").fetchone()
    if found is not None and not found[0]:
        subprocess.run([sys.executable, "-m", "wuyicun", "account", "code"], stdout=sys.stderr, check=False)
