"""The server's processes, known by the folder they work in and never by the number in postmaster.pid alone."""

import contextlib
import signal
import time
from pathlib import Path

import psutil

IN_ORDER_SECONDS = 60.0  # a checkpoint of a full cache on a slow disk
AT_ONCE_SECONDS = 10.0
GONE = (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied)


def postmaster(cluster: Path) -> psutil.Process | None:
    """Return the living main process of this cluster; None when the number now belongs to another process."""
    try:
        number = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(abs(number))
    except (FileNotFoundError, ValueError, *GONE):
        return None
    return process if _works_in(process, cluster) else None


def end(process: psutil.Process) -> None:
    """Stop a server: in order without waiting for its clients (SIGINT); when that takes too long, at once (SIGQUIT)."""
    for number, seconds in ((signal.SIGINT, IN_ORDER_SECONDS), (signal.SIGQUIT, AT_ONCE_SECONDS), (signal.SIGKILL, 10)):
        with contextlib.suppress(*GONE):
            process.send_signal(number)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if _ended(process):
                return
            time.sleep(0.02)


def _ended(process: psutil.Process) -> bool:
    """In a container nobody may be there to take note of the end: a zombie has ended as well."""
    try:
        return not process.is_running() or bool(process.status() == psutil.STATUS_ZOMBIE)
    except GONE:
        return True


def end_leftovers(cluster: Path) -> None:
    """End what is left of a server whose main process is gone, so that nobody writes beside the next one."""
    processes = [process for process in psutil.process_iter() if _works_in(process, cluster)]
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for process in processes:
            with contextlib.suppress(*GONE):
                process.send_signal(number)
        _, processes = psutil.wait_procs(processes, timeout=AT_ONCE_SECONDS)


def _works_in(process: psutil.Process, cluster: Path) -> bool:
    """PostgreSQL's processes all work in their cluster's folder."""
    try:
        return process.name() == "postgres" and Path(process.cwd()) == cluster.resolve()
    except GONE:
        return False
