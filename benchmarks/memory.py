"""How much memory a process and those that it has started hold, all together, at the worst moment."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

EVERY_SECONDS = 0.02
PROC = Path("/proc")


def run(command: Sequence[str], folder: Path) -> tuple[bytes, int]:
    """Run a command; what it prints, and the most bytes that it held (0 where a system does not tell).

    Raises:
        CalledProcessError: it failed.
    """
    most = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder) as process:
        while process.poll() is None:
            most = max(most, held(process.pid))
            time.sleep(EVERY_SECONDS)
        printed = process.stdout.read() if process.stdout else b""
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return printed, most


def held(pid: int) -> int:
    """The bytes that a process and its children hold now."""
    if sys.platform != "linux":
        return 0
    try:
        status = (PROC / str(pid) / "status").read_text()
        children = (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    except OSError:  # it has just ended
        return 0
    own = next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0)
    return own + sum(held(int(child)) for child in children)
