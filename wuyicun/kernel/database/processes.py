"""The server's processes, known by where they work and never by the number in postmaster.pid alone."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil

GONE = (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied)
NAMES = {"postgres", "postgres.exe"}


def postmaster(cluster: Path) -> psutil.Process | None:
    """Return the living main process of this cluster. A number that belongs to another process by now is nobody's."""
    try:
        number = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(abs(number))
    except (FileNotFoundError, ValueError, *GONE):
        return None
    return process if works_in(process, cluster) else None


def works_in(process: psutil.Process, cluster: Path) -> bool:
    """PostgreSQL's processes all work in their cluster's folder."""
    try:
        return process.name() in NAMES and Path(process.cwd()) == cluster.resolve()
    except GONE:
        return False


def leftovers(cluster: Path) -> Iterator[psutil.Process]:
    """Every process of this cluster, with or without its main process."""
    for process in psutil.process_iter():
        if works_in(process, cluster):
            yield process


def end_leftovers(cluster: Path, within_seconds: float = 10) -> None:
    """End what is left of a server whose main process is gone, so that nobody writes to the cluster beside the next one."""
    processes = list(leftovers(cluster))
    for final in (False, True):
        for process in processes:
            with contextlib.suppress(*GONE):
                process.send_signal(signal.SIGKILL if final else signal.SIGQUIT)
        _, processes = psutil.wait_procs(processes, timeout=within_seconds)


def end(process: psutil.Process, within_seconds: float = 60) -> None:
    """Stop a server: quickly but in order (SIGINT: no waiting for clients), at once (SIGQUIT) when that takes too long."""
    for number, seconds in ((signal.SIGINT, within_seconds), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
        try:
            process.send_signal(number)
            process.wait(seconds)
            return
        except psutil.TimeoutExpired:
            continue
        except GONE:
            return
