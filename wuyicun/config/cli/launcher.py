"""What `./wuyi` does: look whether it can work here, set up what is missing, go on in the virtual environment.

Standard library only, like everything that it imports: nothing is installed yet.
"""

import os
import sys
from collections.abc import Sequence

from wuyicun.config import environment
from wuyicun.config.cli import Command, Needs, find, help_text, ports, setup
from wuyicun.config.cli.console import complain, speak_utf8, tell
from wuyicun.config.environment import ROOT
from wuyicun.kernel.database import system_user
from wuyicun.kernel.database.layout import Layout
from wuyicun.kernel.failure import Failure


def launch(argv: Sequence[str]) -> int:
    """Run a command of the launcher; returns only when something stands in the way or nothing needs to be set up."""
    speak_utf8()
    if not argv or argv[0] in {"-h", "--help", "help"}:
        tell(help_text())
        return 0
    try:
        command = find(argv[0])
        look_ahead(argv, command)
        setup.prepare(ROOT, tests=argv[0] == "test", pages=command.pages)
    except Failure as failure:
        complain(failure)
        return 1
    except OSError as error:
        complain(setup.explain_system(error))
        return 1
    except KeyboardInterrupt:
        return 130
    _go_on(argv)
    return 1


def look_ahead(argv: Sequence[str], command: Command) -> None:
    """Raise Failure for what would fail in the end, before minutes are spent on setting up."""
    keeps_data = command.needs in {Needs.SERVER, Needs.TABLES} or (command.pages and argv[0] != "test")
    if keeps_data and not os.environ.get("DATABASE_URL"):
        system_user.check_data_folder(Layout(environment.data_folder(os.environ)))
    if argv[0] in {"serve", "demo"} and "--check" not in argv:
        ports.check(environment.host(os.environ), environment.port(os.environ))


def _go_on(argv: Sequence[str]) -> None:
    """Become `python -m wuyicun …`, so that signals reach it as they would reach us."""
    programs = ROOT / setup.VENV / "bin"
    variables = {**os.environ, "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)])}
    python = str(programs / "python")
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(python, [python, "-m", "wuyicun", *argv], variables)
