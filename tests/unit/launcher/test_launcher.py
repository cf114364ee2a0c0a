import ast
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from wuyicun.config import cli
from wuyicun.config.cli import ports
from wuyicun.config.environment import ROOT
from wuyicun.kernel.failure import Failure

LAUNCHER = ROOT / "wuyi"


def run(*arguments: str, variables: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **(variables or {})},
        timeout=60,
        check=False,
    )


def test_help_lists_every_command_in_one_line_before_anything_is_installed() -> None:
    shown = run(sys.executable, "-S", str(LAUNCHER), "--help")
    assert shown.returncode == 0
    for name, command in cli.COMMANDS.items():
        assert (f"  {name} " in shown.stdout) is not command.hidden
        assert "\n" not in command.help


def test_a_reader_that_has_seen_enough_of_the_help_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        command = [sys.executable, "-S", str(LAUNCHER), "--help"]
        shown = subprocess.run(command, stdout=nobody, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (shown.returncode, shown.stderr) == (0, b"")


def test_the_launcher_needs_the_standard_library_only() -> None:
    """-S leaves out every installed package."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import wuyicun.config.cli.launcher"
    assert run(sys.executable, "-S", "-c", code).stderr == ""


def test_an_old_python_can_read_the_launcher() -> None:
    tree = ast.parse(LAUNCHER.read_text(encoding="utf-8"), feature_version=(3, 4))
    too_new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match, ast.AsyncFunctionDef, ast.Starred)
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, too_new)]
    assert not [a.arg for node in ast.walk(tree) if isinstance(node, ast.arguments) for a in node.args if a.annotation]


def test_an_old_python_is_told_in_one_line(tmp_path: Path) -> None:
    code = f"import sys; sys.version_info = (3, 9, 2); exec(open({str(LAUNCHER)!r}, encoding='utf-8').read())"
    told = run(sys.executable, "-c", code, variables={"PATH": str(tmp_path)})
    assert told.returncode == 1
    assert told.stderr.count("\n") == 1
    assert "3.11" in told.stderr
    assert "3.9" in told.stderr


def test_a_newer_python_on_the_path_is_used_instead(tmp_path: Path) -> None:
    newer = tmp_path / "python3.12"
    newer.write_text('#!/bin/sh\necho "newer $2"\n')
    newer.chmod(0o755)
    code = (
        f"import sys; sys.version_info = (3, 9, 2); sys.argv = ['wuyi', 'demo']; __file__ = {str(LAUNCHER)!r};"
        f"exec(open({str(LAUNCHER)!r}, encoding='utf-8').read())"
    )
    assert run(sys.executable, "-c", code, variables={"PATH": str(tmp_path)}).stdout == "newer demo\n"


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dance"]) == 1
    said = capsys.readouterr().err
    assert "没有命令 dance" in said
    assert "no command dance" in said


def test_every_command_has_its_module() -> None:
    for command in cli.COMMANDS.values():
        path = ROOT / Path(*command.module.split("."))
        assert path.with_suffix(".py").exists() or (path / "__init__.py").exists(), command.module


def test_a_busy_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Failure) as refused:
            ports.check("127.0.0.1", port)
        assert refused.value.code == "port_busy"
        assert str(port) in refused.value.chinese
    ports.check("127.0.0.1", ports.free("127.0.0.1"))


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(Failure) as refused:
        ports.check("192.0.2.1", 8000)
    assert refused.value.code == "address_unusable"


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_busy_port_is_said_before_anything_is_installed(command: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        told = run(sys.executable, "-S", str(LAUNCHER), command, variables={"WUYI_PORT": port, "WUYI_DATA": "/tmp"})
    assert told.returncode == 1
    assert "WUYI_PORT" in told.stderr
    assert "Traceback" not in told.stderr
    assert len(told.stderr.splitlines()) == 2
