"""The process that reads a file for `roster.read`: limited in memory and time, it can die without harm.

Run as ``python -m wuyicun.domains.registry.roster.child JOB`` with the job as JSON; answers on its standard output.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import msgspec

from wuyicun.domains.registry.roster.book import Limits, RosterRefused
from wuyicun.domains.registry.roster.reading import files, wire

if sys.platform != "win32":  # Windows has no such limits; the parent's clock and the size checks remain there.
    import resource


class Job(msgspec.Struct):
    """What to read, and how much may be used for it."""

    path: str
    name: str
    limits: Limits


def _limit_this_process(limits: Limits) -> None:
    if sys.platform != "win32":
        for kind, most in (
            (resource.RLIMIT_AS, limits.memory_bytes),
            (
                resource.RLIMIT_CPU,
                math.ceil(limits.seconds) + 5,
            ),  # the parent's clock is first, while there is a parent
            (resource.RLIMIT_CORE, 0),
        ):
            _, hard = resource.getrlimit(kind)
            allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (allowed, allowed))


def main(job_text: str) -> None:
    """Reads the file of the job and answers with its sheets, or with why it is refused."""
    job = msgspec.json.decode(job_text, type=Job)
    _limit_this_process(job.limits)
    writer = wire.Writer(sys.stdout.buffer)
    try:
        files.send(Path(job.path), job.name, job.limits, writer)
    except RosterRefused as refusal:
        writer.send(wire.Refused(refusal.code, dict(refusal.data), refusal.sheet, refusal.row))
    except MemoryError:
        writer.send(wire.Refused("too_large", {"reason": "memory", "limit": str(job.limits.memory_bytes)}))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
